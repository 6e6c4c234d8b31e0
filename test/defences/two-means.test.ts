/** Clusters against every partition there is, silhouettes against their definition. */
import { describe, expect, it } from "vitest";
import { Random, Stream } from "../../src/data/random.ts";
import { silhouette, twoMeans } from "../../src/defences/two-means.ts";

const random = (seed: number) => new Random(seed, Stream.defence);
const rows = (points: Float64Array, width: number) =>
  Array.from({ length: points.length / width }, (_, i) => [
    ...points.subarray(i * width, (i + 1) * width),
  ]);
const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, k) => value - b[k]));
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Sum of squared distances to the cluster's mean, by its definition. */
function inertiaOf(points: number[][], side: number[]): number {
  return [0, 1].reduce((sum, c) => {
    const own = points.filter((_, i) => side[i] === c);
    if (own.length === 0) return sum;
    const centre = own[0].map((_, k) => mean(own.map((point) => point[k])));
    return sum + own.reduce((all, point) => all + distance(point, centre) ** 2, 0);
  }, 0);
}

describe("two clusters", () => {
  it("are the best of all partitions of a few points", () => {
    for (const seed of [1, 2, 3]) {
      const source = random(seed);
      const points = Float64Array.from({ length: 10 * 2 }, () => source.next());
      const { cluster, inertia } = twoMeans(points, 2, random(9));
      const all = Array.from({ length: 2 ** 9 }, (_, bits) =>
        inertiaOf(
          rows(points, 2),
          Array.from({ length: 10 }, (_, i) => (bits >> i) & 1),
        ),
      );
      expect(inertia).toBeCloseTo(Math.min(...all), 12);
      expect(inertiaOf(rows(points, 2), [...cluster])).toBeCloseTo(inertia, 12);
    }
  });

  it("of points that are all one are told without an end in nothing", () => {
    const { inertia } = twoMeans(new Float64Array(12).fill(3), 3, random(1));
    expect(inertia).toBe(0);
  });
});

describe("the silhouette", () => {
  it("is what its definition says", () => {
    const source = random(5);
    const points = Float64Array.from({ length: 15 * 3 }, () => source.next());
    const cluster = Uint8Array.from({ length: 15 }, (_, i) => Number(i % 3 === 0));
    const all = rows(points, 3);
    const expected = mean(
      all.map((point, i) => {
        const to = (side: number) =>
          mean(
            all.flatMap((other, j) =>
              j !== i && cluster[j] === side ? [distance(point, other)] : [],
            ),
          );
        const [a, b] = [to(cluster[i]), to(1 - cluster[i])];
        return (b - a) / Math.max(a, b);
      }),
    );
    expect(silhouette(points, 3, cluster)).toBeCloseTo(expected, 12);
  });

  it("counts a point that is alone as 0: one against two at 0, 0 and 10", () => {
    const cluster = Uint8Array.of(0, 0, 1);
    expect(silhouette(Float64Array.of(0, 0, 10), 1, cluster)).toBeCloseTo(2 / 3, 12);
    expect(silhouette(Float64Array.of(0, 1, 2), 1, new Uint8Array(3))).toBe(0);
  });
});
