/** The tone of the paper is the median around each pixel. */
import { describe, expect, it } from "vitest";
import { paperTone } from "../../src/data/paper-tone.ts";

describe("the paper's tone", () => {
  it("is the median of a window that ends at the edges, the lower one of two", () => {
    const row = Float32Array.of(10, 200, 30, 40, 250);
    expect([...paperTone(row, 5, 1, 1)]).toEqual([10, 30, 40, 40, 40]);
    expect([...paperTone(row, 1, 5, 1)]).toEqual([10, 30, 40, 40, 40]);
    expect([...paperTone(row, 5, 1, 9)]).toEqual([40, 40, 40, 40, 40]);
  });

  it("keeps nothing of a stroke, and a shadow's edge where it is", () => {
    const paint = (x: number) => (x === 7 ? 20 : x < 20 ? 220 : 150);
    const picture = Float32Array.from({ length: 40 * 40 }, (_, i) => paint(i % 40));
    const expected = picture.map((value) => (value === 20 ? 220 : value));
    expect(paperTone(picture, 40, 40, 6)).toEqual(expected);
  });
});
