/** A small network composed of the references has the gradients that finite differences find. */
import { describe, expect, test } from "vitest";
import { names, smallNetwork, type Pooling, type Values } from "./network.ts";
import { expectClose, finiteDifferences } from "./numeric.ts";

const h = 1e-6;

describe.each([
  { channels: 1, kind: "average" },
  { channels: 2, kind: "average" },
  { channels: 2, kind: "max" },
] satisfies { channels: number; kind: Pooling }[])(
  "over $channels channels with $kind pooling",
  ({ channels, kind }) => {
    const { values, forward, backward, beforeReLU } = smallNetwork(channels);

    test("no kink lies within reach of a finite difference", () => {
      const { pooled, pre1, pre2 } = beforeReLU(values, kind);

      // Moving one input by h moves pre1 by at most h, since |x| and |w1| are at most 1; it moves
      // pre2 by at most 36 * 0.5 * h through pooled and by at most max(pooled) * h through w2.
      expect(Math.max(...pooled)).toBeLessThan(18);
      for (const [pre, reach] of [
        [pre1, h],
        [pre2, 18 * h],
      ] as const) {
        expect(Math.min(...pre.map(Math.abs))).toBeGreaterThan(reach);
        expect(Math.min(...pre)).toBeLessThan(0);
        expect(Math.max(...pre)).toBeGreaterThan(0);
      }

      // No two values of pre1 come within 2h of each other, so no window's positive maximum changes
      // place; windows that ReLU has emptied tie at zero and stay there.
      const sorted = pre1.toSorted();
      const gaps = sorted.subarray(1).map((value, i) => value - sorted[i]);
      expect(Math.min(...gaps)).toBeGreaterThan(2 * h);
    });

    test.each(names)("the gradient of the loss by %s agrees with finite differences", (name) => {
      const loss = (moved: Float64Array) =>
        forward({ ...values, [name]: moved } satisfies Values, kind).loss;
      expectClose(backward(values, kind)[name], finiteDifferences(loss, values[name], h), {
        absolute: 1e-8,
        relative: 1e-6,
        label: `d${name}`,
      });
    });
  },
);
