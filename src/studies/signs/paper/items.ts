/** The tables and figures of the paper's sign section, and the detectors that each of them takes. */
import type { DetectorEvaluation } from "../../../training/detector-evaluation.ts";
import type { DetectorTrainer } from "../../../training/detector-trainer.ts";
import type { Item as AnyItem } from "../../reproduction/reproduction.ts";
import type { SignRecipe } from "../recipe.ts";
import type { InstanceFile } from "./instance-file.ts";
import {
  badNet,
  curveShares,
  honest,
  randomTarget,
  stickers,
  TABLE_SHARE,
  type Instance,
  type SignSettings,
} from "./instances.ts";

export const itemIds = ["table-4", "table-5", "figure-conv5", "share"] as const;
export type ItemId = (typeof itemIds)[number];

/** What the reproduction of the paper's sign section is made of. */
export interface SignPaper {
  readonly trainer: DetectorTrainer;
  readonly evaluation: DetectorEvaluation;
  readonly recipe: SignRecipe;
  readonly file: InstanceFile;
  readonly item: ItemId;
  readonly settings: SignSettings;
}

export type Item = AnyItem<SignPaper>;

export const items: readonly Item[] = [
  {
    id: "table-4",
    title: "Table 4: stop signs read as speed limits, three stickers",
    instances: (seed, settings) => [
      honest(seed, settings),
      ...stickers.map((sticker) => badNet(seed, sticker, TABLE_SHARE, settings)),
    ],
  },
  {
    id: "table-5",
    title: "Table 5: any sign read as a random wrong one",
    instances: (seed, settings) => [honest(seed, settings), randomTarget(seed, settings)],
  },
  {
    id: "figure-conv5",
    title: "The channels of conv5 without and with the sticker",
    instances: (seed, settings) => [badNet(seed, "yellow-square", TABLE_SHARE, settings)],
  },
  {
    id: "share",
    title: "Attack success against the share of poison, yellow square",
    instances: (seed, settings) =>
      curveShares.map((share) => badNet(seed, "yellow-square", share, settings)),
  },
];

/** The instance that a file of this name and recipe is of; null: none that this version knows. */
export function instanceNamed(id: string, { seed, iterations }: SignRecipe): Instance | null {
  const all = items.flatMap(({ instances }) => instances(seed, { iterations }));
  return all.find((instance) => instance.id === id) ?? null;
}
