/** Damaged files of every format end in a network or in a sentence, soon; scripts/mutate-imports.ts reads many more. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { foreignExtensions, readForeign } from "../../src/foreign/read.ts";
import { mutated, originals } from "./mutations.ts";

const COUNT = 300;

describe.each(foreignExtensions)("mutated .%s files", (extension) => {
  it("are read or refused in words that name the file, within a second each", () => {
    const files = originals(extension);
    let refused = 0;
    for (let i = 0; i < COUNT; i++) {
      const { name, bytes, input } = mutated(files, i);
      const start = performance.now();
      try {
        readForeign({ name, bytes }, { input });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toContain(name);
        refused += 1;
      }
      expect(performance.now() - start).toBeLessThan(1000);
    }
    // Changed weights alone are no fault that could be seen.
    expect(refused).toBeGreaterThan(COUNT / 4);
    expect(refused).toBeLessThan(COUNT);
  });
});
