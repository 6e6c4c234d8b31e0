/** The whole detector, small: losses and the gradient of every layer against float64, step by step. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/gpu/pipelines.ts";
import { tilingFor, tilingsOf, type Tiling } from "../../src/layers/tiling.ts";
import { MAX_BOXES } from "../../src/data/photographs.ts";
import { featureMapOf } from "../../src/models/backbone.ts";
import { buildDetector } from "../../src/models/detector.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { drawParameters } from "../../src/models/initialise.ts";
import {
  compactPreset,
  paperPreset,
  type DetectorPreset,
} from "../../src/models/detector-presets.ts";
import { useGpu } from "../gpu.ts";
import * as conv from "../reference/conv2d.ts";
import * as dense from "../reference/dense.ts";
import * as normalise from "../reference/normalise.ts";
import { dot, expectClose, fill } from "../reference/numeric.ts";
import * as pool from "../reference/pool.ts";
import * as roi from "../reference/roi-pool.ts";
import { threefry2x32, type Words } from "../reference/threefry.ts";

const IGNORED = 0xffffffff;

/** The paper's network in miniature: every kind of layer, and fc6 in two pieces. */
const tiny: DetectorPreset = {
  ...paperPreset,
  name: "tiny",
  height: 40,
  width: 48,
  backbone: [
    { kind: "conv", label: "conv1", filters: 5, kernel: 5, stride: 2, pad: 2 },
    // Stronger than the paper's, so that a mistake in it shows.
    { kind: "normalise", label: "norm1", size: 3, alpha: 0.5, beta: 0.75 },
    { kind: "max-pool", label: "pool1", kernel: 3, stride: 2, pad: 1 },
    { kind: "conv", label: "conv2", filters: 6, kernel: 3, stride: 1, pad: 1 },
  ],
  anchors: { sizes: [10, 18], ratios: [1] },
  proposalFilters: 7,
  bins: 3,
  hidden: [128, 9],
  dropout: 0,
  training: {
    ...paperPreset.training,
    border: 10,
    foregroundAnchor: 0.5,
    anchors: 32,
    regions: 12,
    foregroundRegions: 4,
    preNms: 40,
    postNms: 15,
  },
  use: { preNms: 30, postNms: 10, iouThreshold: 0.3, leastScore: 0.05 },
  smallest: 3,
};
const CLASSES = 4;
const KEY: Words = [3, 7];

type Parameters = ReadonlyMap<string, Float64Array>;

/** What the GPU drew at random, which the reference takes as given. */
interface Sampled {
  regions: Float32Array;
  regionLabels: Uint32Array;
  regionTargets: Float32Array;
  anchorLabels: Uint32Array;
  anchorTargets: Float32Array;
}

/** What dropout makes of the outputs of a layer in the first step: nothing of some, more of the others. */
function drop(values: Float64Array, rate: number, layer: number): Float64Array {
  return values.map((value, i) => {
    const [word] = threefry2x32([0, i + layer * 0x1000000], KEY);
    return (word >>> 8) / 2 ** 24 < Math.fround(rate) ? 0 : value / (1 - rate);
  });
}

/** The four losses in float64, with a share of the head's hidden outputs left out. */
function losses(p: Parameters, x: Float64Array, sampled: Sampled, dropout: number): number[] {
  const B = tiny.training.images;
  let value = x;
  let [C, H, W] = [3, tiny.height, tiny.width];
  for (const row of tiny.backbone) {
    if (row.kind === "conv") {
      const shape = { B, C, H, W, O: row.filters, K: row.kernel, stride: row.stride, pad: row.pad };
      value = conv.forward(shape, value, p.get(`${row.label}.w`)!, p.get(`${row.label}.b`)!, true);
      H = conv.outputSize(H, row.kernel, row.stride, row.pad);
      W = conv.outputSize(W, row.kernel, row.stride, row.pad);
      C = row.filters;
    } else if (row.kind === "normalise") {
      value = normalise.forward(
        { planes: B * C, H, W, K: row.size, alpha: row.alpha, beta: row.beta },
        value,
      );
    } else {
      const shape = { B, C, H, W, K: row.kernel, stride: row.stride, pad: row.pad };
      value = pool.forwardMax(shape, value);
      H = pool.outputSize(H, row.kernel, row.stride, row.pad);
      W = pool.outputSize(W, row.kernel, row.stride, row.pad);
    }
  }
  const layer = (
    label: string,
    from: Float64Array,
    O: number,
    K: number,
    relu: boolean,
    inputs: number,
  ) =>
    conv.forward(
      { B, C: inputs, H, W, O, K, stride: 1, pad: (K - 1) / 2 },
      from,
      p.get(`${label}.w`)!,
      p.get(`${label}.b`)!,
      relu,
    );
  const A = 2;
  const cells = H * W;
  const F = tiny.proposalFilters;
  const rpn = layer("rpn", value, F, 3, true, C);
  const scores = layer("rpn_score", rpn, 2 * A, 1, false, F);
  const deltas = layer("rpn_box", rpn, 4 * A, 1, false, F);

  const entropy = (rows: number[][], labels: ArrayLike<number>) => {
    let sum = 0;
    let count = 0;
    rows.forEach((row, i) => {
      if (labels[i] === IGNORED) return;
      const most = Math.max(...row);
      sum += most + Math.log(row.reduce((s, z) => s + Math.exp(z - most), 0)) - row[labels[i]];
      count++;
    });
    return count > 0 ? sum / count : 0;
  };
  const smooth = (d: number, sigma: number) =>
    Math.abs(d) < 1 / sigma ** 2 ? 0.5 * sigma ** 2 * d * d : Math.abs(d) - 0.5 / sigma ** 2;
  const N = A * cells;
  const rpnRows = Array.from({ length: B * N }, (_, i) => {
    const [b, n] = [Math.floor(i / N), i % N];
    return [scores[2 * b * N + n], scores[(2 * b + 1) * N + n]];
  });
  const counted = (labels: Uint32Array) => labels.filter((label) => label !== IGNORED).length;
  let rpnBox = 0;
  for (let b = 0; b < B; b++) {
    for (let n = 0; n < N; n++) {
      if (sampled.anchorLabels[b * N + n] !== 1) continue;
      const a = Math.floor(n / cells);
      for (let k = 0; k < 4; k++) {
        const at = ((b * A + a) * 4 + k) * cells + (n % cells);
        rpnBox += smooth(
          deltas[at] - sampled.anchorTargets[4 * (b * N + n) + k],
          tiny.training.sigma,
        );
      }
    }
  }

  const R = tiny.training.regions;
  const pooledRegions = roi.forward(
    { B, C, H, W, R, bins: tiny.bins, stride: 4 },
    value,
    sampled.regions,
  );
  let inputs = C * tiny.bins ** 2;
  let hidden = pooledRegions;
  tiny.hidden.forEach((O, i) => {
    hidden = dense.forward(
      { B: B * R, I: inputs, O },
      hidden,
      p.get(`fc${6 + i}.w`)!,
      p.get(`fc${6 + i}.b`)!,
      true,
    );
    if (dropout > 0) hidden = drop(hidden, dropout, i);
    inputs = O;
  });
  const out = (label: string, O: number) =>
    dense.forward(
      { B: B * R, I: inputs, O },
      hidden,
      p.get(`${label}.w`)!,
      p.get(`${label}.b`)!,
      false,
    );
  const classScores = out("score", CLASSES);
  const classDeltas = out("box", 4 * CLASSES);
  let box = 0;
  sampled.regionLabels.forEach((label, r) => {
    if (label === IGNORED || label === 0) return;
    for (let k = 0; k < 4; k++) {
      box += smooth(
        classDeltas[(r * CLASSES + label) * 4 + k] - sampled.regionTargets[4 * r + k],
        1,
      );
    }
  });
  const rows = Array.from({ length: B * R }, (_, r) => [
    ...classScores.subarray(r * CLASSES, (r + 1) * CLASSES),
  ]);
  return [
    entropy(rpnRows, sampled.anchorLabels),
    rpnBox / Math.max(1, counted(sampled.anchorLabels)),
    entropy(rows, sampled.regionLabels),
    box / Math.max(1, counted(sampled.regionLabels)),
  ];
}

describe("the detector", () => {
  const context = useGpu();

  it("has the losses and gradients of the reference in every layer, in all forms of the kernels", async () => {
    for (const tiling of tilingsOf(context.gpu)) await expectAgreement(tiling, 0);
  });

  it("has them with dropout as well, which leaves out what the seed says", async () => {
    await expectAgreement(tilingFor(context.gpu), 0.4);
  });

  async function expectAgreement(tiling: Tiling, dropout: number) {
    const { gpu } = context;
    const key = gpu.tensor("key", [4], "u32");
    gpu.write(key, Uint32Array.of(...KEY, 0, 0));
    const progress = gpu.tensor("progress", [4], "u32");
    // So little in one piece that fc6 is cut in two.
    const most = 4 * 64 * 54;
    const detector = buildDetector(gpu, {
      preset: { ...tiny, dropout },
      classes: CLASSES,
      key,
      progress,
      tiling,
      most,
    });
    const fc6 = detector.forward.filter(({ label }) => label.startsWith("fc6"));
    expect(fc6).toHaveLength(2);
    const initial = drawParameters(describeDetector(tiny, CLASSES), 5);
    for (const [label, { value }] of detector.parameters.byLabel) {
      // Biases away from zero, so that their part shows.
      const values = label.endsWith(".b")
        ? initial.get(label)!.map((_, i) => 0.05 * ((i % 3) - 1))
        : initial.get(label)!;
      initial.set(label, Float32Array.from(values));
      gpu.write(value, initial.get(label)!);
    }
    const B = detector.images;
    const x = fill(B * 3 * tiny.height * tiny.width, 9, 1.5);
    gpu.write(detector.x, Float32Array.from(x));
    const boxes = new Float32Array(B * MAX_BOXES * 4);
    boxes.set([5, 6, 16, 18, 24, 15, 43, 33]);
    boxes.set([18, 8, 30, 19], 4 * MAX_BOXES);
    const labels = new Uint32Array(B * MAX_BOXES);
    labels.set([1, 3]);
    labels.set([2], MAX_BOXES);
    gpu.write(detector.boxes, boxes);
    gpu.write(detector.labels, labels);
    gpu.submit(await compile(gpu, [...detector.forward, ...detector.backward]));

    const [got, regions, regionTargets, anchorTargets] = await gpu.read(
      detector.losses,
      detector.sampled.regions,
      detector.sampled.regionTargets,
      detector.sampled.anchorTargets,
    );
    const sampled: Sampled = {
      regions,
      regionTargets,
      anchorTargets,
      regionLabels: await gpu.readU32(detector.sampled.regionLabels),
      anchorLabels: await gpu.readU32(detector.sampled.anchorLabels),
    };
    // Every loss has something to say.
    expect(sampled.regionLabels.some((label) => label > 0 && label < CLASSES)).toBe(true);
    expect(sampled.anchorLabels.includes(1)).toBe(true);
    const parameters = new Map(
      [...initial].map(([label, values]) => [label, Float64Array.from(values)]),
    );
    expectClose(got, losses(parameters, x, sampled, dropout), {
      relative: 1e-4,
      absolute: 1e-6,
      label: `losses, ${tiling}`,
    });

    const total = (changed: Parameters) =>
      losses(changed, x, sampled, dropout).reduce((sum, loss) => sum + loss, 0);
    for (const [label, { gradient }] of detector.parameters.byLabel) {
      const [dw] = await gpu.read(gradient);
      const w = parameters.get(label)!;
      // Along a random direction, which asks every element at once. The step is small: few maxima
      // and ReLUs change within it.
      const direction = fill(dw.length, 11);
      const moved = (h: number) =>
        total(
          new Map(parameters).set(
            label,
            w.map((value, i) => value + h * direction[i]),
          ),
        );
      const expected = (moved(1e-7) - moved(-1e-7)) / 2e-7;
      expectClose(Float64Array.of(dot(Float64Array.from(dw), direction)), [expected], {
        absolute: 2e-5,
        relative: 1e-3,
        label: `${label}, ${tiling}`,
      });
      expect(dw.some((value) => value !== 0)).toBe(true);
    }
  }

  it("has the paper's layers, sizes and rates", () => {
    const shapes = Object.fromEntries(
      describeDetector(paperPreset, 4).map(({ label, shape }) => [label, shape]),
    );
    expect(shapes["conv1.w"]).toEqual([96, 3, 7, 7]);
    expect(shapes["conv2.w"]).toEqual([256, 96, 5, 5]);
    expect(shapes["conv5.w"]).toEqual([256, 384, 3, 3]);
    expect(shapes["rpn_score.w"]).toEqual([18, 256, 1, 1]);
    expect(shapes["rpn_box.w"]).toEqual([36, 256, 1, 1]);
    expect(shapes["fc6.w"]).toEqual([4096, 256 * 36]);
    expect(shapes["fc7.w"]).toEqual([4096, 4096]);
    expect(shapes["score.w"]).toEqual([4, 4096]);
    expect(shapes["box.w"]).toEqual([16, 4096]);
    const { images, iterations, optimiser } = paperPreset.training;
    expect({ images, iterations, ...optimiser }).toEqual({
      images: 2,
      iterations: 100_000,
      kind: "sgd",
      rate: 0.001,
      schedule: "step",
      warmup: 0,
      momentum: 0.9,
      weightDecay: 0.0005,
    });
    expect(featureMapOf(paperPreset)).toEqual({ channels: 256, height: 38, width: 50, stride: 16 });
    expect(featureMapOf(compactPreset)).toEqual({ channels: 64, height: 28, width: 28, stride: 8 });
  });
});
