/** Readings are counted, and every image can be found behind its cell. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureAttack, measureClean } from "../../../src/backdoor/measure.ts";
import {
  confusionCsv,
  countReadings,
  imagesBehind,
  isTargeted,
} from "../../../src/ui/digits/confusion.ts";

const labels = Uint8Array.from([0, 0, 1, 2, 2, 2]);
const readings = Uint8Array.from([0, 1, 1, 0, 2, 0]);

describe("a confusion matrix", () => {
  it("has true classes in rows and readings in columns", () => {
    const rows = [
      [1, 1, 0],
      [0, 1, 0],
      [2, 0, 1],
    ];
    expect(countReadings(labels, readings, 3)).toEqual(rows);
    expect(measureClean(rows).accuracy).toBe(0.5);
    // Each read as the next: the second image, none of class 1, and two of class 2.
    expect(measureAttack(rows, { kind: "all-to-all" }).success).toBe(0.5);
  });

  it("has every image behind exactly one cell", () => {
    const readings = fc.uint8Array({ max: 9, minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(readings, readings, (a, b) => {
        const count = Math.min(a.length, b.length);
        const [own, read] = [a.slice(0, count), b.slice(0, count)];
        const all: number[] = [];
        countReadings(own, read, 10).forEach((row, label) =>
          row.forEach((n, column) => {
            const images = imagesBehind(own, read, { label, read: column });
            expect(images).toHaveLength(n);
            all.push(...images);
          }),
        );
        expect(all.sort((x, y) => x - y)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });

  it("names the cells that the attacker wants", () => {
    const wanted = (policy: Parameters<typeof isTargeted>[0]) =>
      Array.from({ length: 9 }, (_, i) => i).filter((i) =>
        isTargeted(policy, Math.floor(i / 3), i % 3, 3),
      );
    expect(wanted({ kind: "all-to-all" })).toEqual([1, 5, 6]);
    expect(wanted({ kind: "all-to-one", target: 1 })).toEqual([1, 7]);
    expect(wanted({ kind: "single-target", source: 2, target: 0 })).toEqual([6]);
  });

  it("is a table of one line a cell", () => {
    const rows = countReadings(labels, readings, 3);
    const lines = confusionCsv(rows, rows, { kind: "all-to-all" }).trimEnd().split("\n");
    expect(lines).toHaveLength(1 + 2 * 9);
    expect(lines[7]).toBe("no,2,0,2,no");
    expect(lines[16]).toBe("yes,2,0,2,yes");
    expect(confusionCsv(rows, rows, null).trimEnd().split("\n")).toHaveLength(1 + 9);
  });
});
