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
import { boxLoss, classLoss } from "../reference/detector-loss.ts";
import { mask } from "../reference/dropout.ts";
import * as normalise from "../reference/normalise.ts";
import { dot, expectClose, fill } from "../reference/numeric.ts";
import * as pool from "../reference/pool.ts";
import * as roi from "../reference/roi-pool.ts";
import type { Words } from "../reference/threefry.ts";

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

/** The feature map of the tiny detector, [B, channels, height, width]. */
function backboneOf(p: Parameters, x: Float64Array) {
  const B = tiny.training.images;
  let values = x;
  let [C, H, W] = [3, tiny.height, tiny.width];
  for (const row of tiny.backbone) {
    if (row.kind === "normalise") {
      const { size: K, alpha, beta } = row;
      values = normalise.forward({ planes: B * C, H, W, K, alpha, beta }, values);
      continue;
    }
    const window = { B, C, H, W, K: row.kernel, stride: row.stride, pad: row.pad };
    if (row.kind === "conv") {
      const [w, b] = [p.get(`${row.label}.w`)!, p.get(`${row.label}.b`)!];
      values = conv.forward({ ...window, O: row.filters }, values, w, b, true);
      C = row.filters;
    } else values = pool.forwardMax(window, values);
    const { outputSize } = row.kind === "conv" ? conv : pool;
    H = outputSize(H, row.kernel, row.stride, row.pad);
    W = outputSize(W, row.kernel, row.stride, row.pad);
  }
  return { values, B, C, H, W };
}

type Features = ReturnType<typeof backboneOf>;

/** The losses of the proposal network: of classes, and of boxes. */
function proposalLosses(p: Parameters, { values, ...shape }: Features, sampled: Sampled) {
  const { B, C, H, W } = shape;
  const layer = (
    label: string,
    from: Float64Array,
    C: number,
    O: number,
    K: number,
    relu = false,
  ) =>
    conv.forward(
      { ...shape, C, O, K, stride: 1, pad: (K - 1) / 2 },
      from,
      p.get(`${label}.w`)!,
      p.get(`${label}.b`)!,
      relu,
    );
  const A = 2;
  const F = tiny.proposalFilters;
  const rpn = layer("rpn", values, C, F, 3, true);
  const scores = layer("rpn_score", rpn, F, 2 * A, 1);
  const deltas = layer("rpn_box", rpn, F, 4 * A, 1);
  const { sigma } = tiny.training;
  return [
    classLoss(scores, sampled.anchorLabels, { B, C: 2, S: A * H * W }),
    boxLoss(deltas, sampled.anchorLabels, sampled.anchorTargets, {
      B,
      G: A,
      CELLS: H * W,
      byClass: false,
      sigma,
    }),
  ];
}

/** The losses of the head, with a share of its hidden outputs left out. */
function headLosses(p: Parameters, features: Features, sampled: Sampled, dropout: number) {
  const { values, ...shape } = features;
  const R = tiny.training.regions;
  const rows = shape.B * R;
  const layer = (label: string, from: Float64Array, O: number, relu: boolean) =>
    dense.forward(
      { B: rows, I: from.length / rows, O },
      from,
      p.get(`${label}.w`)!,
      p.get(`${label}.b`)!,
      relu,
    );
  let hidden = roi.forward({ ...shape, R, bins: tiny.bins, stride: 4 }, values, sampled.regions);
  tiny.hidden.forEach((O, i) => {
    hidden = layer(`fc${6 + i}`, hidden, O, true);
    if (dropout === 0) return;
    const left = mask(hidden.length, { rate: dropout, layer: i, step: 0, key: KEY });
    hidden = hidden.map((value, at) => value * left[at]);
  });
  const scores = layer("score", hidden, CLASSES, false);
  const deltas = layer("box", hidden, 4 * CLASSES, false);
  return [
    classLoss(scores, sampled.regionLabels, { B: rows, C: CLASSES, S: 1 }),
    boxLoss(deltas, sampled.regionLabels, sampled.regionTargets, {
      B: rows,
      G: CLASSES,
      CELLS: 1,
      byClass: true,
      sigma: 1,
    }),
  ];
}

/** The four losses in float64, with a share of the head's hidden outputs left out. */
function losses(p: Parameters, x: Float64Array, sampled: Sampled, dropout: number): number[] {
  const features = backboneOf(p, x);
  return [...proposalLosses(p, features, sampled), ...headLosses(p, features, sampled, dropout)];
}

describe("the detector", () => {
  const context = useGpu();

  it("has the losses and gradients of the reference in every layer, in all forms of the kernels", async () => {
    for (const tiling of tilingsOf(context.gpu)) await expectAgreement(tiling, 0);
  });

  it("has them with dropout as well, which leaves out what the seed says", async () => {
    await expectAgreement(tilingFor(context.gpu), 0.4);
  });

  it("has the same gradients where convolutions stay as they are, of all others", async () => {
    const { gpu } = context;
    const tiling = tilingFor(gpu);
    const whole = await takeStep(tiling, 0);
    const gradientsOf = async ({ detector }: typeof whole) =>
      await gpu.read(...[...detector.parameters.byLabel.values()].map(({ gradient }) => gradient));
    const expected = await gradientsOf(whole);
    const convolutions = tiny.backbone.filter(({ kind }) => kind === "conv").length;
    for (let frozen = 1; frozen <= convolutions; frozen++) {
      const step = await takeStep(tiling, 0, frozen);
      expect(step.got).toEqual(whole.got);
      const found = await gradientsOf(step);
      found.forEach((gradient, i) => {
        if (i < 2 * frozen) expect(gradient.every((value) => value === 0)).toBe(true);
        else expect(gradient).toEqual(expected[i]);
      });
      const learned = [...step.detector.parameters.byLabel.values()].slice(2 * frozen);
      const memories = new Set(step.detector.parameters.blocks.map(({ values }) => values.memory));
      expect(new Set(learned.map(({ value }) => value.memory))).toEqual(memories);
      expect(step.detector.backward.length).toBeLessThan(whole.detector.backward.length);
    }
  });

  /** A first step on two pictures: what the GPU made of it, and what it drew. */
  async function takeStep(tiling: Tiling, dropout: number, frozen = 0) {
    const { gpu } = context;
    const key = gpu.tensor("key", [4], "u32");
    gpu.write(key, Uint32Array.of(...KEY, 0, 0));
    const progress = gpu.tensor("progress", [4], "u32");
    // So little in one piece that fc6 is cut in two.
    const most = 4 * 64 * 54;
    const preset = { ...tiny, dropout };
    const options = { preset, classes: CLASSES, key, progress, tiling, frozen, most };
    const detector = buildDetector(gpu, options);
    const fc6 = detector.forward.filter(({ label }) => label.startsWith("fc6"));
    expect(fc6).toHaveLength(2);
    const parameters = new Map<string, Float64Array>();
    for (const [label, drawn] of drawParameters(describeDetector(tiny, CLASSES), 5)) {
      // Biases away from zero, so that their part shows.
      const values = label.endsWith(".b") ? drawn.map((_, i) => 0.05 * ((i % 3) - 1)) : drawn;
      gpu.write(detector.parameters.byLabel.get(label)!.value, values);
      parameters.set(label, Float64Array.from(values));
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

    const { sampled: drawn } = detector;
    const [got, regions, regionTargets, anchorTargets] = await gpu.read(
      detector.losses,
      drawn.regions,
      drawn.regionTargets,
      drawn.anchorTargets,
    );
    const sampled: Sampled = {
      regions,
      regionTargets,
      anchorTargets,
      regionLabels: await gpu.readU32(drawn.regionLabels),
      anchorLabels: await gpu.readU32(drawn.anchorLabels),
    };
    return { detector, parameters, x, got, sampled };
  }

  async function expectAgreement(tiling: Tiling, dropout: number) {
    const { gpu } = context;
    const { detector, parameters, x, got, sampled } = await takeStep(tiling, dropout);
    // Every loss has something to say.
    expect(sampled.regionLabels.some((label) => label > 0 && label < CLASSES)).toBe(true);
    expect(sampled.anchorLabels.includes(1)).toBe(true);
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
