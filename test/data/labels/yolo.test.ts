/** YOLO's label files: what they say, and what of them cannot be used. */
import { describe, expect, it } from "vitest";
import { isYolo, readYolo } from "../../../src/data/labels/yolo.ts";

describe("label files", () => {
  it("of YOLO give shares of the image, with names where there are some", () => {
    const { boxes, problems } = readYolo(
      "0 0.5 0.5 0.2 0.4\n\n1 0.1 0.1 0.1 0.1\n",
      [100, 50],
      ["stop"],
    );
    expect(problems).toEqual([]);
    expect(boxes.map(({ name }) => name)).toEqual(["stop", "1"]);
    boxes[0].box.forEach((value, i) => expect(value).toBeCloseTo([40, 15, 60, 35][i], 9));
  });

  it("of YOLO are told apart from pixels and from another format", () => {
    const { boxes, problems } = readYolo(
      "0 50 20 10 10\nstop,1,2,3,4\n0 0.5 0.5 0 0.1",
      [100, 50],
      [],
    );
    expect(boxes).toEqual([]);
    expect(problems).toEqual([
      'line 1: shares of the image from 0 to 1 are expected, got "0 50 20 10 10"',
      'line 2: "class cx cy w h" is expected, got "stop,1,2,3,4"',
      "line 3: the box 50.0, 22.5, 50.0, 27.5 has no area",
    ]);
  });

  const read = (line: string) => readYolo(line, [320, 240], ["stop", "yield"]);
  /** The one box of a line, to a hundredth of a pixel. */
  const boxOf = (line: string) => {
    const { boxes, problems } = read(line);
    expect(problems).toEqual([]);
    expect(boxes).toHaveLength(1);
    return boxes[0].box.map((value) => Math.round(100 * value) / 100 + 0);
  };

  // The corners are those of the box 100, 80 to 180, 160, worked out by hand.
  it.each([
    ["a quadrangle", "0 0.3125 0.33333333 0.5625 0.33333333 0.5625 0.66666667 0.3125 0.66666667"],
    ["a lozenge", "0 0.4375 0.33333333 0.5625 0.5 0.4375 0.66666667 0.3125 0.5"],
    ["a triangle", "0 0.3125 0.66666667 0.4375 0.33333333 0.5625 0.66666667"],
    [
      "a hexagon with how sure a detector was",
      "0 0.4 0.33333333 0.3125 0.45 0.35 0.66666667 0.5 0.66666667 0.5625 0.5 0.5 0.33333333 0.87",
    ],
    ["a box with how sure a detector was", "0 0.4375 0.5 0.25 0.33333333 0.91"],
    ["a box with a joint", "0 0.4375 0.5 0.25 0.33333333 0.4 0.4 1"],
    ["a box with joints", "0 0.4375 0.5 0.25 0.33333333 0.4 0.4 2 0.5 0.5 0"],
  ])("of YOLO take the bounds of %s", (_, line) => {
    expect(boxOf(line)).toEqual([100, 80, 180, 160]);
  });

  it.each([
    "0.0 0.4375 0.5 0.25 0.33333333",
    "0.000000000000000000e+00 4.375e-01 5.0e-01 2.5e-01 3.3333333e-01",
    "0 0,4375 0,5 0,25 0,33333333",
    "0,0.4375,0.5,0.25,0.33333333",
    "0, 0.4375, 0.5, 0.25, 0.33333333",
    "0;0,4375;0,5;0,25;0,33333333",
    "0\t0.4375\t0.5\t0.25\t.33333333",
    "stop 0.4375 0.5 0.25 0.33333333",
  ])("of YOLO may write numbers and classes as %j", (line) => {
    expect(isYolo(line)).toBe(true);
    expect(boxOf(line)).toEqual([100, 80, 180, 160]);
    expect(read(line).boxes[0].name).toBe("stop");
  });

  it("of YOLO may reach a little outside the image, as what was rounded does", () => {
    expect(boxOf("1 0.5 0.5 1.0000001 0.5")).toEqual([0, 60, 320, 180]);
    expect(read("1 -0.0001 0.5 0.2 0.5").boxes).toHaveLength(1);
  });

  it.each([
    "0 0.5 0.5 0.2",
    "0.5 0.5 0.5 0.1 0.1",
    "-1 0.5 0.5 0.1 0.1",
    "0 nan nan nan nan",
    "0 140 120 80 80",
    "0 140 80 180 80 180 160",
    "0 0.5 0.5 0.2 0.3 1.57",
    "0 0.5 0.5 0.2 0.3 0.4 7 9",
    "stop 0.4 0.5 0.2 0.3 0.4 0.5",
    "speed limit 35 0.5 0.5 0.2 0.3 0.4",
  ])("of YOLO are refused where they say something else: %s", (line) => {
    const { boxes, problems } = read(line);
    expect(boxes).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^line 1: .* expected, got /)]);
  });

  it("of YOLO are told from the authors'", () => {
    expect(isYolo("stop,10,20,30,40,by hand")).toBe(false);
    expect(isYolo("0,10,20,30,40,")).toBe(false);
    expect(isYolo("")).toBe(true);
  });

  it("of YOLO are read in a time that grows with their length", () => {
    const begun = performance.now();
    for (const line of ["1".repeat(200_000), `0 ${"1".repeat(200_000)}x`, " ,".repeat(100_000)]) {
      expect(read(line).boxes).toEqual([]);
    }
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
