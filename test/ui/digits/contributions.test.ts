/** Which neurons feed a neuron most. */
import { describe, expect, it } from "vitest";
import type { LayerMaps, LayerWeights } from "../../../src/studies/digits/port.ts";
import { pooled, strongestInputs } from "../../../src/ui/digits/contributions.ts";

describe("what feeds a neuron", () => {
  const maps = (values: number[], channels: number, side: number, kind: "conv" | "dense") => {
    const clean = Float32Array.from(values);
    const shape = [channels, side, side] as const;
    return { label: "before", kind, shape, clean, triggered: clean.map((x) => 3 * x) } as LayerMaps;
  };

  it("is pooled as the network pools: the largest of four", () => {
    expect([...pooled(Float32Array.from([1, 5, 2, 0, 3, 4, 9, 1]), 2, 4)]).toEqual([5, 9]);
  });

  it("is ranked by weights times what flows through them, shares summing to one", () => {
    const weights: LayerWeights = {
      label: "fc",
      kind: "dense",
      shape: [2, 3],
      w: Float32Array.of(9, 9, 9, 1, -2, 0),
      b: Float32Array.of(0, 0),
    };
    const before = maps([4, 1, 7], 3, 1, "dense");
    const strongest = strongestInputs(1, weights, before, "clean");
    expect(strongest.map(({ channel }) => channel)).toEqual([0, 1]);
    expect(strongest.map(({ share }) => share)).toEqual([4 / 6, 2 / 6]);
    // What the trigger adds is twice as much of everything.
    expect(strongestInputs(1, weights, before, "difference")).toEqual(strongest);
    expect(strongestInputs(0, weights, before, "clean", 1)).toHaveLength(1);
  });
});
