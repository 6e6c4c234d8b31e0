/** The reference's gradient of worn triggers against finite differences of what they cost. */
import { expect, it } from "vitest";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import { gradient, shape, wear } from "./trigger-blend.ts";

it("is the gradient of the images' loss and the masks' price", () => {
  const size = { G: 2, S: 3, C: 2, P: 4 };
  const free = fill(2 * 3 * 4, 1, 2);
  const x = fill(6 * 2 * 4, 2).map(Math.abs);
  const dworn = fill(x.length, 3);
  const costs = [0.7, 0.2];
  const loss = (u: Float64Array) => {
    const shaped = shape(u);
    const norms = costs.map((cost, g) =>
      shaped.subarray(g * 12, g * 12 + 4).reduce((sum, m) => sum + cost * m, 0),
    );
    return dot(wear(size, shaped, x), dworn) + norms[0] + norms[1];
  };
  const expected = finiteDifferences(loss, free, 1e-5);
  const found = gradient(size, free, x, dworn, costs);
  expectClose(found, expected, { absolute: 1e-8, label: "gradient" });
});

it("shows the image where the mask is 0, and the pattern where it is 1", () => {
  const shaped = Float64Array.of(0, 1, 0.25, 0.9, 0.8, 0.7);
  const worn = wear({ G: 1, S: 1, C: 1, P: 3 }, shaped, Float64Array.of(0.1, 0.2, 0.3));
  expect([...worn]).toEqual([0.1, 0.8, 0.75 * 0.3 + 0.25 * 0.7]);
});
