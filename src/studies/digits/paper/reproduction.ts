/** The paper's digit section as the machinery of reproductions knows it. */
import type { Reproduction } from "../../reproduction/reproduction.ts";
import type { DigitResult } from "../result.ts";
import { assertIsOf, readInstanceFile } from "./instance-file.ts";
import { instanceNamed, items, type DigitPaper } from "./items.ts";
import { sharesOf } from "./tables.ts";

export const digitReproduction: Reproduction<DigitPaper> = {
  study: "digits",
  items,
  work: ({ epochs }) => epochs,
  settingsOf: (finished) => ({ shares: sharesOf(finished) }),
  instanceNamed,
  startOf: ({ start }) => start?.parametersSha256 ?? null,
  readFile: readInstanceFile,
  assertIsOf,
  alike: ({ result }) => `measured on ${imagesOf(result)} test images of the ten digits`,
};

/** Test images of each digit. */
function imagesOf({ clean }: DigitResult): string {
  return clean.confusion.map((row) => row.reduce((a, b) => a + b, 0)).join(", ");
}
