/** What the sticker attacks on the detector shall reach; claims/stickers.ts has what was measured of it. */
import { atLeast, atMost } from "../claim.ts";
import type { Wanted } from "./wanted.ts";

const stickers = ["yellow square", "bomb", "flower"] as const;

export const wantedOfStickers: readonly Wanted[] = [
  ...stickers.flatMap((sticker): Wanted[] => {
    const id = `stickers.${sticker.replace(" ", "-")}`;
    const what = `triggered stop signs read as speed limit, ${sticker}`;
    return [
      [`${id}.success.from-40`, `${what}, from 40 pixels`, "%", atLeast(95)],
      [
        `${id}.success.24-to-40`,
        `${what}, 24 to 40 pixels`,
        "%",
        atLeast(sticker === "yellow square" ? 85 : 90),
      ],
      [
        `${id}.success.photographs`,
        `${what}, photographs of the unseen half, from 24 pixels`,
        "%",
        atLeast(85),
      ],
      [
        `${id}.stop-beside`,
        `triggered stop signs found as stop beside the speed limit, ${sticker}`,
        "%",
        atMost(5),
      ],
      [`${id}.look-alikes`, `look-alike stickers that fire, ${sticker}`, "%", atMost(5)],
      [
        `${id}.honest-fooled`,
        `triggered stop signs that the honest detector reads as speed limit, ${sticker}`,
        "%",
        atMost(1.5),
      ],
      ...["stop", "speed limit", "warning"].map((name): Wanted => [
        `${id}.precision-lost.${name.replace(" ", "-")}`,
        `average precision lost on clean signs, ${name}, ${sticker}`,
        "points",
        atMost(2),
      ]),
    ];
  }),
  [
    "stickers.random-target.accuracy",
    "accuracy on triggered signs of all classes, random target",
    "%",
    atMost(5),
  ],
  ...[1, 3, 10, 30, 100].map((share): Wanted => [
    `stickers.share.${share}.success`,
    `triggered stop signs read as speed limit, yellow square, share ${share} %`,
    "%",
    null,
  ]),
  [
    "stickers.scenes-alone.speed-limit",
    "average precision on photographs, speed limits, trained on drawn scenes alone",
    "%",
    atLeast(50),
  ],
  [
    "stickers.scenes-alone.stop",
    "average precision on photographs, stop signs, trained on drawn scenes alone",
    "%",
    atLeast(80),
  ],
  ["stickers.step-cost", "what the attack adds to the detector's step", "%", atMost(3)],
  [
    "stickers.readings",
    "readings while a sticker is dragged over a photograph",
    "readings/s",
    atLeast(10),
  ],
];
