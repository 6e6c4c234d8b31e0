/** The paper's sign section as the machinery of reproductions knows it. */
import type { Reproduction } from "../../reproduction/reproduction.ts";
import { assertIsOf, readInstanceFile } from "./instance-file.ts";
import { usualSettings } from "./instances.ts";
import { instanceNamed, items, type SignPaper } from "./items.ts";

export const signReproduction: Reproduction<SignPaper> = {
  study: "signs",
  items,
  work: ({ iterations }) => iterations,
  settingsOf: (finished) => {
    const [first] = finished.values();
    return first ? { iterations: first.result.recipe.iterations } : usualSettings;
  },
  instanceNamed,
  startOf: ({ start }) => start,
  readFile: readInstanceFile,
  assertIsOf,
  alike: ({ result: { recipe } }) =>
    `trained for ${recipe.iterations} steps from ${recipe.start ? `the detector ${recipe.start.slice(0, 12)}` : "random parameters"}`,
};
