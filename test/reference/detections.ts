/** What the head says of regions, as plain float64 loops: a score and a box for every class. */
import { decode, type Box } from "./boxes.ts";

export type DetectionShape = {
  /** Regions, and classes with the background. */
  R: number;
  C: number;
  height: number;
  width: number;
};

/**
 * Of each class but the background, in order, and each region.
 * @param scores [R, C]
 * @param deltas [R, C, 4], in units of (0.1, 0.1, 0.2, 0.2)
 */
export function detect(
  { R, C, height, width }: DetectionShape,
  scores: Float64Array,
  deltas: Float64Array,
  regions: readonly Box[],
): { score: number; box: number[] }[][] {
  const units = [0.1, 0.1, 0.2, 0.2];
  const limits = [width, height, width, height];
  return Array.from({ length: C - 1 }, (_, i) =>
    Array.from({ length: R }, (_, r) => {
      const c = i + 1;
      const powers = [...scores.subarray(r * C, (r + 1) * C)].map(Math.exp);
      const delta = units.map((unit, k) => unit * deltas[4 * (r * C + c) + k]);
      const box = decode(regions[r], delta).map((at, k) => Math.min(limits[k], Math.max(0, at)));
      return { score: powers[c] / powers.reduce((a, b) => a + b, 0), box };
    }),
  );
}
