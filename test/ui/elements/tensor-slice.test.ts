/** Slices of tensors for the eye: the last two dimensions, or one folded into rows. */
import { describe, expect, it } from "vitest";
import {
  indexAt,
  leadingShape,
  sliceOf,
  summaryOf,
} from "../../../src/ui/elements/tensor-slice.ts";
import { pieces } from "../../../src/ui/elements/maths.ts";

const tensor = (shape: number[]) => ({
  label: "x",
  shape,
  type: "f32" as const,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

describe("a slice", () => {
  it("of four dimensions is one channel of one image", () => {
    const x = tensor([2, 3, 4, 5]);
    expect(leadingShape(x.shape)).toEqual([2, 3]);
    const slice = sliceOf(x, [1, 2]);
    expect([slice.rows, slice.columns, slice.count]).toEqual([4, 5, 20]);
    expect(slice.values[0]).toBe((1 * 3 + 2) * 20);
    const index = indexAt(x.shape, [1, 2], slice, 3, 4);
    expect(index).toEqual([1, 2, 3, 4]);
    expect(slice.values[3 * 5 + 4]).toBe(119);
  });

  it("of one dimension is folded, and knows where it ends", () => {
    const x = tensor([70]);
    const slice = sliceOf(x, []);
    expect([slice.rows, slice.columns, slice.count]).toEqual([3, 32, 70]);
    expect(indexAt(x.shape, [], slice, 2, 5)).toEqual([69]);
    expect(slice.values[69]).toBe(69);
  });
});

describe("a summary", () => {
  it("has range, mean and share of zeros", () => {
    expect(summaryOf([0, -2, 0, 6])).toEqual({ least: -2, largest: 6, mean: 1, zeros: 0.5 });
  });
});

describe("a line of maths", () => {
  it("is cut into text, subscripts and superscripts", () => {
    expect(pieces("y_{b,o} = x^{2} + 1")).toEqual([
      { kind: "text", text: "y" },
      { kind: "sub", text: "b,o" },
      { kind: "text", text: " = x" },
      { kind: "sup", text: "2" },
      { kind: "text", text: " + 1" },
    ]);
  });
});
