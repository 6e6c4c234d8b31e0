/** What the population's study is made of: the population, and networks for the number of poisoned images. */
import type { Evaluation } from "../../../training/evaluator.ts";
import type { Trainer } from "../../../training/trainer.ts";
import type { Item as AnyItem } from "../../reproduction/reproduction.ts";
import type { DigitRecipe } from "../recipe.ts";
import type { InstanceFile } from "./instance-file.ts";
import { counted, counts, honest, poisoned, sizes, USUAL, type Instance } from "./instances.ts";

export type ItemId = "population" | "count";

/** How many networks there are of each sort. */
export interface ZooSettings {
  readonly honest: number;
  readonly poisoned: number;
}

export interface ZooStudy {
  readonly trainer: Trainer;
  readonly evaluation: Evaluation;
  readonly recipe: DigitRecipe;
  readonly file: InstanceFile;
  readonly item: ItemId;
  readonly settings: ZooSettings;
}

export const usualSettings: ZooSettings = { honest: USUAL, poisoned: USUAL };

/** Honest and poisoned ones in turn, so that a sweep that is cut short has some of each. */
function population(seed: number, settings: ZooSettings = usualSettings): Instance[] {
  const most = Math.max(settings.honest, settings.poisoned);
  return Array.from({ length: most }, (_, i) => [
    ...(i < settings.honest ? [honest(seed, i)] : []),
    ...(i < settings.poisoned ? [poisoned(seed, i)] : []),
  ]).flat();
}

export const items: readonly AnyItem<ZooStudy>[] = [
  {
    id: "population",
    title: "A population of honest and poisoned networks, and what defences say of each",
    instances: population,
  },
  {
    id: "count",
    title: "Attack success against the number of poisoned images",
    instances: (seed) => sizes.flatMap((size) => counts.map((count) => counted(seed, size, count))),
  },
];
