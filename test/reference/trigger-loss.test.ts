/** The reference's gradients of what searches minimise against finite differences, and values worked by hand. */
import { describe, expect, it } from "vitest";
import { expectClose, fill, finiteDifferences } from "./numeric.ts";
import { gradientOf, lossOf, triggerLoss } from "./trigger-loss.ts";

describe.each(["aim", "astray", "margin"] as const)("%s", (wish) => {
  it.each([0, 2, 4])("has the gradient of its loss, for class %i of five", (y) => {
    const z = fill(5, 3 + y, 2);
    const expected = finiteDifferences((at) => lossOf(wish, at, y), z, 1e-6);
    expectClose(gradientOf(wish, z, y), expected, { absolute: 1e-8, label: "dz" });
  });
});

it("knows the losses of two classes that are as likely as each other", () => {
  const z = Float64Array.of(1, 1);
  expect(lossOf("aim", z, 0)).toBeCloseTo(Math.LN2, 12);
  expect(lossOf("astray", z, 0)).toBeCloseTo(Math.LN2, 12);
  expect(lossOf("margin", z, 0)).toBe(0);
});

it("counts what is read as the label, or what is not, by group", () => {
  const z = Float64Array.of(2, 1, 0, 3, 5, 4, 0, 1);
  const shares = (wish: "aim" | "astray") => [
    ...triggerLoss(wish, { G: 2, S: 2, N: 2 }, z, [0, 0, 0, 0]).shares,
  ];
  expect(shares("aim")).toEqual([0.5, 0.5]);
  expect(shares("astray")).toEqual([0.5, 0.5]);
  expect([...triggerLoss("aim", { G: 1, S: 4, N: 2 }, z, [0, 1, 0, 0]).shares]).toEqual([0.75]);
});
