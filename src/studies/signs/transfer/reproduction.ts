/** The paper's transfer section as the machinery of reproductions knows it. */
import { convolutionsOf, presets } from "../../../models/detector-presets.ts";
import type { Reproduction } from "../../reproduction/reproduction.ts";
import { assertIsOf, readInstanceFile } from "./instance-file.ts";
import { usualSettings } from "./instances.ts";
import { instanceNamed, items, type TransferPaper } from "./items.ts";

export const transferReproduction: Reproduction<TransferPaper> = {
  study: "transfer",
  items,
  // A step forward and back through all convolutions takes about twice as long as one that leaves them as they are.
  work: ({ iterations, preset, transfer }) => {
    const { frozen } = transfer!;
    return iterations * (2 - frozen / convolutionsOf(presets[preset]).length);
  },
  settingsOf: (finished) => {
    const [first] = finished.values();
    return first ? { iterations: first.result.recipe.iterations } : usualSettings;
  },
  instanceNamed,
  // Of two detectors: an instance begins with none that is an instance itself.
  startOf: () => null,
  readFile: readInstanceFile,
  assertIsOf,
  alike: ({ result: { recipe } }) =>
    `trained for ${recipe.iterations} steps on ${recipe.photographs ? "photographs, too" : "scenes alone"}`,
};
