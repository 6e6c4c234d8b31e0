/** The reference's gradient of perturbations against finite differences, and their projection by hand. */
import { expect, it } from "vitest";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import { gradient, project, wear } from "./perturbation.ts";

it("is the gradient of the images' loss", () => {
  const size = { G: 2, S: 3, L: 7 };
  const x = fill(6 * 7, 1).map(Math.abs);
  const delta = fill(2 * 7, 2, 0.8);
  const dworn = fill(x.length, 3);
  const expected = finiteDifferences((d) => dot(wear(size, x, d), dworn), delta, 1e-6);
  expectClose(gradient(size, x, delta, dworn), expected, { absolute: 1e-8, label: "gradient" });
});

it("clips each element, and then shortens what is too long", () => {
  expect([...project(2, Float64Array.of(3, -4, 0.3, 0.4), -1, 1)]).toEqual(
    [Math.SQRT1_2, -Math.SQRT1_2, 0.3, 0.4].map((value) => expect.closeTo(value, 12)),
  );
  expect([...project(2, Float64Array.of(3, -4), 0, 0)]).toEqual([1, 0]);
});
