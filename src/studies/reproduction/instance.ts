/** The networks that a section of the paper is about: a recipe each, and what it begins with. */

/** One network to be trained and measured. */
export interface Instance<Recipe> {
  /** Its name in files and in the address, for example "all-to-all-pattern-10-s1". */
  readonly id: string;
  /** The same in words. */
  readonly title: string;
  readonly recipe: Recipe;
  /** The instance whose parameters it begins with, as in the paper's retraining; null: none. */
  readonly from: Instance<Recipe> | null;
  /** Whether its neurons are examined after training. */
  readonly examined: boolean;
  /** Whether its parameters are kept, because they are looked at or because others begin with them. */
  readonly kept: boolean;
}

/** What an instance begins with, directly or not, the first to be trained first. */
export function ancestorsOf<Recipe>({ from }: Instance<Recipe>): Instance<Recipe>[] {
  return from ? [...ancestorsOf(from), from] : [];
}

/** Those that others of them begin with. */
export function beginningsOf<Recipe>(instances: readonly Instance<Recipe>[]): Instance<Recipe>[] {
  const ids = new Set(instances.map(({ from }) => from?.id));
  return instances.filter(({ id }) => ids.has(id));
}
