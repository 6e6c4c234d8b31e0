/** Scores of detections against values worked by hand. */
import { describe, expect, it } from "vitest";
import {
  intersectionOverUnion,
  scoreDetections,
  type Box,
  type Detection,
  type Judged,
} from "../../src/training/detection.ts";

const at = (x: number): Box => [x, 0, x + 10, 10];
const found = (label: number, score: number, x: number): Detection => ({
  label,
  score,
  box: at(x),
});

describe("detections", () => {
  it("overlap by their common share", () => {
    expect(intersectionOverUnion(at(0), at(0))).toBe(1);
    expect(intersectionOverUnion(at(0), at(5))).toBeCloseTo(50 / 150, 12);
    expect(intersectionOverUnion(at(0), at(10))).toBe(0);
  });

  it("have the area under precision against recall, the best precision to the right of each recall", () => {
    // Four signs of class 0; by score: right, wrong, right, right; one sign is never found.
    const images: Judged[] = [
      {
        truth: [0, 100, 200, 300].map((x) => ({ label: 0, box: at(x) })),
        found: [found(0, 0.9, 0), found(0, 0.8, 50), found(0, 0.7, 100), found(0, 0.6, 201)],
      },
    ];
    const [score] = scoreDetections(images, 1).classes;
    // Recall 1/4 at precision 1, then up to 3/4 at precision 3/4.
    expect(score.averagePrecision).toBeCloseTo(0.25 * 1 + 0.5 * 0.75, 12);
    expect(score.recall).toBe(0.75);
    expect(score.signs).toBe(4);
  });

  it("count a second detection of the same sign as wrong", () => {
    const truth = [{ label: 0, box: at(0) }];
    const twice = [found(0, 0.9, 0), found(0, 0.8, 1)];
    expect(scoreDetections([{ truth, found: twice }], 1).classes[0].averagePrecision).toBe(1);
    const behind = [found(0, 0.9, 40), found(0, 0.8, 1)];
    expect(scoreDetections([{ truth, found: behind }], 1).classes[0].averagePrecision).toBe(0.5);
  });

  it("are accurate, as the paper has it, where the best match of a sign has its class", () => {
    const truth = [0, 50].map((x, label) => ({ label, box: at(x) }));
    const images: Judged[] = [
      { truth, found: [found(0, 0.6, 0), found(1, 0.7, 0), found(1, 0.4, 50), found(0, 0.9, 200)] },
      { truth: [{ label: 1, box: at(0) }], found: [] },
    ];
    const score = scoreDetections(images, 2);
    expect(score.classes.map(({ accuracy }) => accuracy)).toEqual([0, 0.5]);
    // Weighted by the number of signs: one of three.
    expect(score.accuracy).toBeCloseTo(1 / 3, 12);
    expect(score.confusion).toEqual([
      [0, 1, 0],
      [0, 1, 1],
      [1, 0, 0],
    ]);
  });

  it("of ignored signs count neither way, as PASCAL VOC has it", () => {
    const sign = (x: number, ignored = false) => ({ label: 0, box: at(x), ignored });
    // By score: of the ignored sign, of none, of the sign, of the ignored one again; of another class.
    const images: Judged[] = [
      {
        truth: [sign(0), sign(100, true)],
        found: [
          found(0, 0.9, 100),
          found(0, 0.8, 50),
          found(0, 0.7, 0),
          found(0, 0.6, 101),
          found(1, 0.9, 100),
        ],
      },
      { truth: [sign(0, true)], found: [] },
    ];
    const score = scoreDetections(images, 2);
    // One sign, which the second of two detections finds.
    expect(score.classes[0]).toEqual({
      signs: 1,
      detections: 2,
      averagePrecision: 0.5,
      recall: 1,
      accuracy: 1,
    });
    // Of its own class no sign is there: wrong in that class, but of no background.
    expect(score.classes[1]).toMatchObject({ signs: 0, detections: 1 });
    expect(score.confusion).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ]);
    expect(score.sizes.reduce((sum, { signs }) => sum + signs, 0)).toBe(1);
    expect(score.accuracy).toBe(1);
  });

  it("are counted by the heights of the signs", () => {
    const sign = (height: number) => ({ label: 0, box: [0, 0, 10, height] as const });
    const images: Judged[] = [
      { truth: [sign(15)], found: [] },
      { truth: [sign(16)], found: [{ label: 0, score: 0.9, box: [0, 0, 10, 16] }] },
      { truth: [sign(100)], found: [{ label: 1, score: 0.9, box: [0, 0, 10, 100] }] },
    ];
    expect(scoreDetections(images, 2).sizes).toEqual([
      { least: 0, most: 16, signs: 1, right: 0 },
      { least: 16, most: 24, signs: 1, right: 1 },
      { least: 24, most: 40, signs: 0, right: 0 },
      { least: 40, most: 80, signs: 0, right: 0 },
      { least: 80, most: null, signs: 1, right: 0 },
    ]);
  });

  it("say nothing of a class without signs", () => {
    const score = scoreDetections([{ truth: [], found: [found(0, 0.9, 0)] }], 2);
    expect(score.classes[1]).toMatchObject({
      averagePrecision: null,
      recall: null,
      accuracy: null,
    });
    expect(score.meanAveragePrecision).toBeNull();
    expect(score.accuracy).toBeNull();
  });
});
