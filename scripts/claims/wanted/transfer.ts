/** What transfer to other signs shall show; claims/transfer.ts has what was measured of it. */
import { atLeast, atMost } from "../claim.ts";
import type { Wanted } from "./wanted.ts";

export const wantedOfTransfer: readonly Wanted[] = [
  [
    "transfer.clean-lost",
    "weighted clean accuracy, honest transfer less the BadNet's",
    "points",
    atMost(2),
  ],
  [
    "transfer.triggered-lost",
    "accuracy lost under the sticker at k = 1, against the same detector's clean accuracy",
    "points",
    atLeast(13),
  ],
  [
    "transfer.strengthened.triggered-lost",
    "accuracy under the sticker, honest transfer less the BadNet's at the best k",
    "points",
    atLeast(25),
  ],
  [
    "transfer.strengthened.clean-lost",
    "clean accuracy lost at the best k, against k = 1",
    "points",
    atMost(6.6),
  ],
  ...["prohibitory", "warning", "mandatory", "other"].map((name): Wanted => [
    `transfer.honest.${name}`,
    `average precision on the unseen half of the photographs, from 24 pixels, honest, ${name}`,
    "%",
    atLeast(60),
  ]),
  [
    "transfer.retrained.difference",
    "triggered accuracy after retraining the whole network, against the honest detector's",
    "points",
    atMost(3),
  ],
];
