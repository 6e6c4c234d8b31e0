/**
 * What is the same of every reproduced section of the paper: items, which are its tables, figures and claims,
 * the instances that they take, and the files of finished ones. One object says what is a study's own.
 */
import type { RunEvaluation } from "../../training/run-task.ts";
import type { StepTrainer } from "../../training/step-trainer.ts";
import { ancestorsOf, type Instance } from "./instance.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";

/** The types that a reproduction is made of. */
export interface ReproductionTypes {
  readonly recipe: { readonly seed: number };
  readonly file: InstanceFile;
  readonly trainer: StepTrainer;
  readonly evaluation: RunEvaluation;
  /** Ids of the items. */
  readonly item: string;
  /** What may be asked otherwise than the paper, or this project, has it. */
  readonly settings: object;
}

export type InstanceOf<T extends ReproductionTypes> = Instance<T["recipe"]>;

/** A table, figure or claim of the paper. */
export interface Item<T extends ReproductionTypes> {
  readonly id: T["item"];
  readonly title: string;
  /**
   * The instances that it shows, for one seed. Those that they begin with come on top.
   * @param settings the usual ones unless given
   */
  readonly instances: (seed: number, settings?: T["settings"]) => readonly InstanceOf<T>[];
}

export interface Reproduction<T extends ReproductionTypes> {
  /** In names of files and folders. */
  readonly study: string;
  readonly items: readonly Item<T>[];
  /** How much work it is to train a recipe, against others of the study. */
  readonly work: (recipe: T["recipe"]) => number;
  /** The settings that finished instances were asked with, as far as they tell. */
  readonly settingsOf: (finished: Finished<T["file"]>) => T["settings"];
  /** The instance that a file of this name and recipe is of; null: none that this version knows. */
  readonly instanceNamed: (id: string, recipe: T["recipe"]) => InstanceOf<T> | null;
  /** Digest of the parameters that a recipe begins with; null: random ones. */
  readonly startOf: (recipe: T["recipe"]) => string | null;
  /**
   * Reads a finished instance from outside, its figures counted anew where they can be.
   * @param name of the file, for messages
   * @throws UserError when it is damaged, or not such a file
   */
  readonly readFile: (text: string, name: string) => T["file"];
  /** Makes sure that a file is of this instance, made with its recipe. @throws UserError saying what differs */
  readonly assertIsOf: (instance: InstanceOf<T>, file: T["file"], name: string) => void;
  /** What of the study's own two instances of one report must have alike, in words: "measured on 300 scenes". */
  readonly alike: (file: T["file"]) => string;
}

export function itemOf<T extends ReproductionTypes>(
  { items }: Pick<Reproduction<T>, "items">,
  id: T["item"],
): Item<T> {
  return items.find((item) => item.id === id)!;
}

/**
 * Everything that must be trained for some items and seeds: each instance once, behind those that it
 * begins with, and the quick ones of a seed before the many.
 */
export function instancesFor<T extends ReproductionTypes>(
  { items }: Pick<Reproduction<T>, "items">,
  only: readonly T["item"][],
  seeds: readonly number[],
  settings?: T["settings"],
): InstanceOf<T>[] {
  const found = new Map<string, InstanceOf<T>>();
  const wanted = items
    .filter(({ id }) => only.includes(id))
    .sort((a, b) => a.instances(1).length - b.instances(1).length);
  for (const seed of seeds) {
    for (const item of wanted) {
      for (const instance of item.instances(seed, settings)) {
        for (const one of [...ancestorsOf(instance), instance]) found.set(one.id, one);
      }
    }
  }
  return [...found.values()];
}

/** All items' ids. */
export const idsOf = <T extends ReproductionTypes>({
  items,
}: Pick<Reproduction<T>, "items">): T["item"][] => items.map(({ id }) => id);
