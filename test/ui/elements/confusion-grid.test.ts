/** How strongly the cells of a confusion matrix are coloured. */
import { describe, expect, it } from "vitest";
import { shade } from "../../../src/ui/elements/confusion-grid.ts";

describe("a confusion matrix", () => {
  it("is coloured from nothing to full, and one in a thousand can be seen", () => {
    expect(shade(0, 980)).toBe(0);
    expect(shade(980, 980)).toBeCloseTo(1, 12);
    expect(shade(1, 1000)).toBeGreaterThan(0.09);
    expect(shade(0, 0)).toBe(0);
  });
});
