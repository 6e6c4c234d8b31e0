/** Anchors on the GPU against plain loops: labels, regression targets, proposals, and the head's sample of regions. */
import { describe, expect, it } from "vitest";
import { anchorTargets, layAnchors, proposeSpec } from "../../src/layers/anchors.ts";
import { sampleRegions } from "../../src/layers/regions.ts";
import { place, run, useGpu } from "../gpu.ts";
import { decode, encode, iou } from "../reference/boxes.ts";
import { expectClose, fill } from "../reference/numeric.ts";

const BOXES = 5;
const size = [96, 128] as const; // height, width
const [h, w] = [6, 8];
const shapes = { sizes: [16, 40], ratios: [0.5, 1.2] };
const N = 4 * h * w;
const anchors = layAnchors(shapes, [h, w], 16);
const anchorAt = (n: number) => [...anchors.subarray(4 * n, 4 * n + 4)];

/** Two images: three signs, of which one overlaps no anchor well, and none at all. */
const boxes = [
  [10, 12, 30, 40],
  [60, 30, 99, 68],
  [100, 80, 106, 86],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
  ...Array.from({ length: BOXES }, () => [0, 0, 0, 0]),
];
const classes = [2, 1, 3, 0, 0, ...Array.from({ length: BOXES }, () => 0)];

const options = { size, cells: h * w, border: 6, foreground: 0.55, background: 0.3, smallest: 8 };

describe("anchors", () => {
  const context = useGpu();
  const shared = () => ({
    anchors: place(context.gpu, "anchors", [N, 4], anchors),
    boxes: place(context.gpu, "boxes", [2, BOXES, 4], boxes.flat()),
    classes: place(context.gpu, "classes", [2, BOXES], classes, "u32"),
    key: place(context.gpu, "key", [4], [1, 2, 0, 0], "u32"),
    progress: place(context.gpu, "progress", [4], [3, 0, 0, 0], "u32"),
  });

  it("lie about the centres of their cells, in the order of the scores, with the asked area and shape", () => {
    expect(anchors).toHaveLength(4 * N);
    const [x1, y1, x2, y2] = anchorAt(h * w + 2 * w + 3);
    expect([(x1 + x2) / 2, (y1 + y2) / 2]).toEqual([56, 40]);
    expect((x2 - x1) * (y2 - y1)).toBeCloseTo(40 ** 2, 2);
    expect((y2 - y1) / (x2 - x1)).toBeCloseTo(0.5, 5);
  });

  it("are labelled by their intersection over union, and a sample of them is taken", async () => {
    const { gpu } = context;
    const sample = 40;
    const targets = anchorTargets(gpu, { ...options, ...shared(), label: "anchors", sample });
    await run(gpu, targets.specs);
    const labels = await gpu.readU32(targets.labels);
    const [regressionTargets] = await gpu.read(targets.regressionTargets);
    for (const image of [0, 1]) {
      const truth = boxes.slice(image * BOXES, (image + 1) * BOXES);
      const overlaps = Array.from({ length: N }, (_, n) =>
        truth.map((box) => iou(anchorAt(n), box)),
      );
      const within = (n: number) => {
        const [x1, y1, x2, y2] = anchorAt(n);
        return Math.min(x1, y1) >= -6 && x2 <= size[1] + 6 && y2 <= size[0] + 6;
      };
      const best = truth.map((_, g) =>
        Math.max(...overlaps.map((row, n) => (within(n) ? row[g] : 0))),
      );
      const foreground = (n: number) =>
        within(n) &&
        (Math.max(...overlaps[n]) >= 0.55 ||
          overlaps[n].some((value, g) => value > 0 && value >= best[g] * 0.999999));
      let positive = 0;
      let negative = 0;
      for (let n = 0; n < N; n++) {
        const label = labels[image * N + n];
        const target = regressionTargets.subarray(4 * (image * N + n), 4 * (image * N + n + 1));
        if (label === 1) {
          positive++;
          expect(foreground(n)).toBe(true);
          const g = overlaps[n].indexOf(Math.max(...overlaps[n]));
          expectClose(target, encode(anchorAt(n), truth[g]), {
            absolute: 1e-5,
            label: `target ${n}`,
          });
        } else {
          expect([...target]).toEqual([0, 0, 0, 0]);
        }
        if (label === 0) {
          negative++;
          expect(!foreground(n) && within(n) && Math.max(...overlaps[n]) < 0.3).toBe(true);
        }
      }
      const all = Array.from({ length: N }, (_, n) => n).filter(foreground).length;
      expect(positive).toBe(Math.min(all, sample / 2));
      expect(positive + negative).toBe(sample);
      // Each sign is somebody's.
      if (image === 0) expect(all).toBeGreaterThanOrEqual(3);
      else expect(all).toBe(0);
    }
  });

  it("propose what their box deltas say, cut at the edges, unless it is too small", async () => {
    const { gpu } = context;
    const { anchors: placed } = shared();
    const scores = fill(2 * 2 * N, 5, 3);
    const deltas = fill(2 * 4 * N, 6, 1.2);
    const proposed = proposeSpec(gpu, {
      ...options,
      label: "proposals",
      anchors: placed,
      scores: place(gpu, "scores", [2, 2 * 4, h, w], scores),
      deltas: place(gpu, "deltas", [2, 4 * 4, h, w], deltas),
    });
    await run(gpu, [proposed.spec]);
    const [keys, got] = await gpu.read(proposed.keys, proposed.boxes);
    for (let b = 0; b < 2; b++) {
      for (let n = 0; n < N; n++) {
        const a = Math.floor(n / (h * w));
        const first = (b * 4 + a) * 4 * h * w + (n % (h * w));
        const delta = [0, 1, 2, 3].map((k) => deltas[first + k * h * w]);
        const [x1, y1, x2, y2] = decode(anchorAt(n), delta);
        const cut = (value: number, most: number) => Math.min(most, Math.max(0, value));
        const expected = [cut(x1, size[1]), cut(y1, size[0]), cut(x2, size[1]), cut(y2, size[0])];
        const own = got.subarray(4 * (b * N + n), 4 * (b * N + n + 1));
        expectClose(own, expected, { absolute: 1e-3, label: `proposal ${n}` });
        const sides = [expected[2] - expected[0], expected[3] - expected[1]];
        if (sides.some((side) => Math.abs(side - 8) < 1e-2)) continue;
        const odds = scores[2 * b * N + n] - scores[(2 * b + 1) * N + n];
        const probability = sides.every((side) => side >= 8) ? 1 / (1 + Math.exp(odds)) : 0;
        expect(Math.abs(keys[b * N + n] - probability)).toBeLessThan(1e-5);
      }
    }
  });

  it("leave the head a sample of regions with their classes and regression targets, signs themselves among them", async () => {
    const { gpu } = context;
    const P = 60;
    const draws = fill(2 * P * 4, 9).map((value) => (value + 1) / 2);
    // Half of the proposals lie near a sign, the last ones are none.
    const proposals = Array.from({ length: 2 * P }, (_, i) => {
      if (i % P >= P - 5) return [0, 0, 0, 0];
      const [a, b, c, d] = draws.subarray(4 * i, 4 * i + 4);
      const near = boxes[i % 2];
      if (i % 3 > 0)
        return [near[0] + 8 * a - 4, near[1] + 8 * b - 4, near[2] + 8 * c - 4, near[3] + 8 * d - 4];
      return [60 * a, 50 * b, 60 * a + 5 + 40 * c, 50 * b + 5 + 40 * d];
    }).map((box) => box.map(Math.fround));
    const R = 24;
    const made = sampleRegions(gpu, {
      ...shared(),
      label: "regions",
      proposals: place(gpu, "proposals", [2, P, 4], proposals.flat()),
      sample: R,
      most: 10,
      foreground: 0.5,
      background: 0.05,
    });
    await run(gpu, made.specs);
    const labels = await gpu.readU32(made.labels);
    const [regions, targets] = await gpu.read(made.regions, made.regressionTargets);
    const regionAt = (r: number) => [...regions.subarray(4 * r, 4 * r + 4)];
    const best = (region: number[], image: number) =>
      boxes
        .slice(image * BOXES, (image + 1) * BOXES)
        .map((box, g) => ({ g, most: iou(region, box) }))
        .reduce((a, b) => (b.most > a.most ? b : a));
    const counts = [0, 0];
    for (let r = 0; r < R; r++) {
      const { g, most } = best(regionAt(r), 0);
      if (labels[r] === 0xffffffff) continue;
      counts[labels[r] > 0 ? 0 : 1]++;
      expect(labels[r]).toBe(most >= 0.5 ? classes[g] : 0);
      if (most < 0.5) expect(most).toBeGreaterThanOrEqual(0.05);
      const expected =
        most >= 0.5
          ? encode(regionAt(r), boxes[g]).map((value, k) => value / [0.1, 0.1, 0.2, 0.2][k])
          : [0, 0, 0, 0];
      const own = targets.subarray(4 * r, 4 * r + 4);
      expectClose(own, expected, { absolute: 1e-4, label: `target ${r}` });
    }
    const candidates = [...proposals.slice(0, P), ...boxes.slice(0, 3)];
    const near = candidates.filter((box) => best(box, 0).most >= 0.5).length;
    const far = candidates.filter((box) => {
      const { most } = best(box, 0);
      return most < 0.5 && most >= 0.05;
    }).length;
    expect(counts[0]).toBe(Math.min(10, near));
    expect(counts[1]).toBe(Math.min(R - counts[0], far));
    expect(new Set(Array.from({ length: R }, (_, r) => regionAt(r).join())).size).toBeGreaterThan(
      counts[0],
    );
    // The other image has no signs: nothing overlaps by 0.05, and all its places stay empty.
    for (let r = R; r < 2 * R; r++) expect(labels[r]).toBe(0xffffffff);
  });

  describe("over ignored boxes", () => {
    const IGNORED = 0x80000000;
    /** As above, but for the second sign, and the other image's only one. */
    const marked = [2, 1 + IGNORED, 3, 0, 0, 2 + IGNORED, 0, 0, 0, 0];
    const places = [...boxes.slice(0, BOXES), [30, 20, 75, 60], ...boxes.slice(BOXES + 1)];
    const overlaps = (box: number[], image: number) => {
      const all = places.slice(image * BOXES, (image + 1) * BOXES).map((one) => iou(box, one));
      const of = (wanted: (label: number) => boolean) =>
        all.map((value, g) => (wanted(marked[image * BOXES + g]) ? value : 0));
      return {
        signs: of((label) => label > 0 && label < IGNORED),
        ignored: Math.max(...of((label) => label >= IGNORED)),
      };
    };
    const given = () => ({
      ...shared(),
      boxes: place(context.gpu, "boxes", [2, BOXES, 4], places.flat()),
      classes: place(context.gpu, "classes", [2, BOXES], marked, "u32"),
    });

    it("are no background, and foreground of nothing but signs", async () => {
      const { gpu } = context;
      // So many that every candidate is taken.
      const targets = anchorTargets(gpu, {
        ...options,
        ...given(),
        label: "anchors",
        sample: 2 * N,
      });
      await run(gpu, targets.specs);
      const labels = await gpu.readU32(targets.labels);
      let leftOut = 0;
      for (const image of [0, 1]) {
        const all = Array.from({ length: N }, (_, n) => overlaps(anchorAt(n), image));
        const within = (n: number) => {
          const [x1, y1, x2, y2] = anchorAt(n);
          return Math.min(x1, y1) >= -6 && x2 <= size[1] + 6 && y2 <= size[0] + 6;
        };
        const best = Array.from({ length: BOXES }, (_, g) =>
          Math.max(...all.map(({ signs }, n) => (within(n) ? signs[g] : 0))),
        );
        for (let n = 0; n < N; n++) {
          const { signs, ignored } = all[n];
          const most = Math.max(...signs);
          if ([most - 0.55, most - 0.3, ignored - 0.3].some((gap) => Math.abs(gap) < 1e-5))
            continue;
          const foreground =
            most >= 0.55 || signs.some((value, g) => value > 0 && value >= best[g] * 0.999999);
          const background = most < 0.3 && ignored < 0.3;
          if (within(n) && !foreground && most < 0.3 && !background) leftOut++;
          const expected = foreground ? 1 : background ? 0 : 0xffffffff;
          expect(labels[image * N + n], `anchor ${n}`).toBe(within(n) ? expected : 0xffffffff);
        }
      }
      expect(leftOut).toBeGreaterThan(5);
    });

    it.each([0, 0.05, 0.2])("regions are no background either, from %d on", async (background) => {
      const { gpu } = context;
      const P = 90;
      const draws = fill(2 * P * 4, 11).map((value) => (value + 1) / 2);
      const proposals = Array.from({ length: 2 * P }, (_, i) => {
        const [a, b, c, d] = draws.subarray(4 * i, 4 * i + 4);
        return [80 * a, 60 * b, 80 * a + 5 + 45 * c, 60 * b + 5 + 35 * d].map(Math.fround);
      });
      const R = P + BOXES;
      const made = sampleRegions(gpu, {
        ...given(),
        label: "regions",
        proposals: place(gpu, "proposals", [2, P, 4], proposals.flat()),
        sample: R,
        most: R,
        foreground: 0.5,
        background,
      });
      await run(gpu, made.specs);
      const labels = await gpu.readU32(made.labels);
      const [regions] = await gpu.read(made.regions);
      const nameOf = (box: ArrayLike<number>, label: number) =>
        `${Array.from(box).join()}: ${label}`;
      for (const image of [0, 1]) {
        // A sign's own box is a candidate, too; an ignored one is not.
        const own = places
          .slice(image * BOXES, (image + 1) * BOXES)
          .filter((_, g) => marked[image * BOXES + g] > 0 && marked[image * BOXES + g] < IGNORED);
        const expected = [...proposals.slice(image * P, (image + 1) * P), ...own].flatMap((box) => {
          const { signs, ignored } = overlaps(box, image);
          const most = Math.max(...signs);
          if (most >= 0.5) return nameOf(box, marked[image * BOXES + signs.indexOf(most)]);
          const over = ignored > 0 && ignored >= background;
          return most >= background && !over ? nameOf(box, 0) : [];
        });
        const found = Array.from({ length: R }, (_, r) => image * R + r)
          .filter((r) => labels[r] !== 0xffffffff)
          .map((r) => nameOf(regions.subarray(4 * r, 4 * r + 4), labels[r]));
        expect(found.sort()).toEqual(expected.sort());
        expect(expected.length).toBeLessThan(P + own.length);
      }
    });
  });
});
