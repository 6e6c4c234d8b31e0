/** YOLO's label files: what they say, and what of them cannot be used. */
import { describe, expect, it } from "vitest";
import { readYolo } from "../../../src/data/labels/yolo.ts";

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
});
