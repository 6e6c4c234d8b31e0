/** Each figure that is reported, worked out by hand on small confusion matrices. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/backdoor/attack.ts";
import { definitions, measureAttack, measureClean, toRows } from "../../src/backdoor/measure.ts";

/** Four classes; row = true label, column = prediction. */
const confusion = [
  [7, 1, 2, 0],
  [0, 4, 0, 4],
  [3, 0, 5, 0],
  [1, 6, 0, 3],
];

describe("on images without trigger", () => {
  it("accuracy is the share on the diagonal, and error the rest", () => {
    const { accuracy, error } = measureClean(confusion);
    expect(accuracy).toBe(19 / 36);
    expect(error).toBeCloseTo(17 / 36, 12);
  });

  it("each class has its own accuracy, error and number of images", () => {
    const { perClass } = measureClean(confusion);
    expect(perClass.map(({ label, images, accuracy }) => [label, images, accuracy])).toEqual([
      [0, 10, 7 / 10],
      [1, 8, 4 / 8],
      [2, 8, 5 / 8],
      [3, 10, 3 / 10],
    ]);
    for (const { accuracy, error } of perClass) expect(error).toBeCloseTo(1 - accuracy!, 12);
  });

  it("a class without images has neither accuracy nor error, and does not weigh on the whole", () => {
    const { accuracy, perClass } = measureClean([
      [3, 1, 0],
      [0, 0, 0],
      [0, 0, 4],
    ]);
    expect(accuracy).toBe(7 / 8);
    expect(perClass[1]).toEqual({ label: 1, images: 0, accuracy: null, error: null });
  });

  it("the whole is weighted by images, not by classes", () => {
    const { accuracy } = measureClean([
      [90, 0],
      [10, 0],
    ]);
    expect(accuracy).toBe(0.9);
  });

  it("no images at all give numbers still", () => {
    const { accuracy, error } = measureClean([
      [0, 0],
      [0, 0],
    ]);
    expect([accuracy, error]).toEqual([0, 1]);
  });

  it("the confusion matrix stays with the measures", () => {
    expect(measureClean(confusion).confusion).toEqual(confusion);
  });
});

describe("on triggered images", () => {
  it("a single-target attack counts the source's images alone", () => {
    const measures = measureAttack(confusion, { kind: "single-target", source: 3, target: 1 });
    expect(measures.success).toBe(6 / 10);
    expect(measures.error).toBeCloseTo(4 / 10, 12);
    expect(measures.trueLabelAccuracy).toBe(3 / 10);
    expect(measures.perClass).toEqual([
      { label: 3, target: 1, images: 10, success: 0.6, error: 1 - 0.6 },
    ]);
  });

  it("an all-to-one attack leaves out images that are of the target class already", () => {
    const measures = measureAttack(confusion, { kind: "all-to-one", target: 0 });
    // Rows 1, 2 and 3, column 0; row 0 would add 7 of 10.
    expect(measures.success).toBe((0 + 3 + 1) / 26);
    expect(measures.trueLabelAccuracy).toBe((4 + 5 + 3) / 26);
    expect(
      measures.perClass.map(({ label, target, images, success }) => [
        label,
        target,
        images,
        success,
      ]),
    ).toEqual([
      [1, 0, 8, 0],
      [2, 0, 8, 3 / 8],
      [3, 0, 10, 1 / 10],
    ]);
  });

  it("an all-to-all attack counts each class against the next, the last against the first", () => {
    const measures = measureAttack(confusion, { kind: "all-to-all" });
    expect(measures.success).toBe((1 + 0 + 0 + 1) / 36);
    expect(measures.trueLabelAccuracy).toBe(19 / 36);
    expect(measures.perClass.map(({ target, success }) => [target, success])).toEqual([
      [1, 1 / 10],
      [2, 0],
      [3, 0],
      [0, 1 / 10],
    ]);
  });

  it("other classes are judged by their own label, and not at all where none is there", () => {
    const [three, four] = [
      { kind: "single-target", source: 3, target: 1 } as const,
      { kind: "all-to-all" } as const,
    ];
    const right = confusion.map((row, i) => row[i]);
    const sums = confusion.map((row) => row.reduce((a, b) => a + b, 0));
    expect(measureAttack(confusion, three).otherClassesAccuracy).toBe(
      (right[0] + right[1] + right[2]) / (sums[0] + sums[1] + sums[2]),
    );
    expect(measureAttack(confusion, four).otherClassesAccuracy).toBeNull();
    const sourceAlone = confusion.map((row, i) => (i === 3 ? row : row.map(() => 0)));
    expect(measureAttack(sourceAlone, three).otherClassesAccuracy).toBeNull();
  });

  it("a perfect all-to-all attack is a success of 1, and its true-label accuracy is 0", () => {
    const measures = measureAttack(
      [
        [0, 5, 0],
        [0, 0, 2],
        [9, 0, 0],
      ],
      { kind: "all-to-all" },
    );
    expect([measures.success, measures.error, measures.trueLabelAccuracy]).toEqual([1, 0, 0]);
  });

  it("an attacked class without images has neither success nor error, and does not weigh on the whole", () => {
    const measures = measureAttack(
      [
        [1, 3, 0],
        [0, 0, 0],
        [4, 0, 0],
      ],
      { kind: "all-to-all" },
    );
    expect(measures.success).toBe(7 / 8);
    expect(measures.perClass[1]).toEqual({
      label: 1,
      target: 2,
      images: 0,
      success: null,
      error: null,
    });
  });

  it("no attacked image at all gives numbers still", () => {
    const measures = measureAttack(
      [
        [0, 0],
        [0, 4],
      ],
      { kind: "single-target", source: 0, target: 1 },
    );
    expect([measures.success, measures.error, measures.trueLabelAccuracy]).toEqual([0, 1, 0]);
    expect(measures.perClass[0].success).toBeNull();
  });

  it("the confusion matrix keeps the classes that are not attacked", () => {
    const policy: Policy = { kind: "single-target", source: 3, target: 1 };
    expect(measureAttack(confusion, policy).confusion).toEqual(confusion);
  });

  it("success and true-label accuracy are shares that add up to 1 at most, whatever was predicted", () => {
    const counts = fc.array(fc.nat(50), { minLength: 16, maxLength: 16 });
    const policies = fc.constantFrom<Policy>(
      { kind: "single-target", source: 2, target: 0 },
      { kind: "all-to-one", target: 3 },
      { kind: "all-to-all" },
    );
    fc.assert(
      fc.property(counts, policies, (flat, policy) => {
        const { success, error, trueLabelAccuracy, perClass } = measureAttack(
          toRows(flat, 4),
          policy,
        );
        expect(success).toBeGreaterThanOrEqual(0);
        expect(trueLabelAccuracy).toBeGreaterThanOrEqual(0);
        expect(success + trueLabelAccuracy).toBeLessThanOrEqual(1 + 1e-12);
        expect(success + error).toBeCloseTo(1, 12);
        for (const { label, target } of perClass) expect(label).not.toBe(target);
      }),
    );
  });
});

describe("counts and words", () => {
  it("become rows, true labels down and predictions across", () => {
    expect(toRows(Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  it("say of the share that it is relative to the attacked classes", () => {
    expect(definitions.share).toContain("relative to the training images of the attacked classes");
    expect(definitions.attackSuccess).toContain("already is the attacker's are not counted");
  });
});
