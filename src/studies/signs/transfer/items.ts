/** The tables and figures of the paper's transfer section, and the detectors that each of them takes. */
import type { DetectorEvaluation } from "../../../training/detector-evaluation.ts";
import type { DetectorTrainer } from "../../../training/detector-trainer.ts";
import type { Item as AnyItem } from "../../reproduction/reproduction.ts";
import type { SignRecipe } from "../recipe.ts";
import type { InstanceFile } from "./instance-file.ts";
import {
  fromBadNet,
  fromHonest,
  strengthenedOnes,
  thaws,
  type Instance,
  type TransferSettings,
} from "./instances.ts";

export const itemIds = ["table-6", "table-7", "channels", "retraining"] as const;
export type ItemId = (typeof itemIds)[number];

/** What the reproduction of the paper's transfer section is made of. */
export interface TransferPaper {
  readonly trainer: DetectorTrainer;
  readonly evaluation: DetectorEvaluation;
  readonly recipe: SignRecipe;
  readonly file: InstanceFile;
  readonly item: ItemId;
  readonly settings: TransferSettings;
}

export type Item = AnyItem<TransferPaper>;

export const items: readonly Item[] = [
  {
    id: "table-6",
    title: "Table 6: European detectors on U.S. convolutions, without and with the sticker",
    instances: (seed, settings) => [fromHonest(seed, settings), fromBadNet(seed, settings)],
  },
  {
    id: "table-7",
    title: "Table 7: channels that answer the sticker alone, made louder",
    instances: strengthenedOnes,
  },
  {
    id: "channels",
    title: "The same channels of conv5 in the European detector",
    instances: (seed, settings) => [fromBadNet(seed, settings)],
  },
  {
    id: "retraining",
    title: "How much must be retrained until the backdoor is gone",
    instances: (seed, settings) => [
      fromHonest(seed, settings),
      ...thaws.map((thaw) => fromBadNet(seed, settings, { thaw })),
      fromHonest(seed, settings, thaws.at(-1)),
    ],
  },
];

/** The instance that a file of this name and recipe is of; null: none that this version knows. */
export function instanceNamed(id: string, { seed, iterations }: SignRecipe): Instance | null {
  const all = items.flatMap(({ instances }) => instances(seed, { iterations }));
  return all.find((instance) => instance.id === id) ?? null;
}
