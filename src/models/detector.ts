/**
 * Faster R-CNN (Ren et al. 2015) from a preset: a trunk of convolutions, a network that proposes
 * regions on its feature map, and a head that says what each region is. Proposals and head share the
 * trunk and learn jointly, in one step that never leaves the GPU.
 */
import { MAX_BOXES } from "../data/photographs.ts";
import { UserError } from "../errors.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Activation } from "../layers/activation.ts";
import { anchorTargets, layAnchors, proposeSpec } from "../layers/anchors.ts";
import { conv2dLayer } from "../layers/conv2d.ts";
import { convolved } from "../layers/convolved.ts";
import { detectionSpec } from "../layers/detections.ts";
import { classifySpec, regressSpec } from "../layers/detector-loss.ts";
import type { Layer, Parameters } from "../layers/layer.ts";
import { maxPoolLayer } from "../layers/max-pool.ts";
import { normaliseLayer } from "../layers/normalise.ts";
import { pooled } from "../layers/pool.ts";
import { sampleRegions } from "../layers/regions.ts";
import { rankSpecs } from "../layers/select.ts";
import { suppressSpecs } from "../layers/suppress.ts";
import type { Tiling } from "../layers/tiling.ts";
import { buildHead } from "./detector-head.ts";
import {
  describeDetector,
  layOutParameters,
  type DetectorParameters,
} from "./detector-parameters.ts";
import type { DetectorPreset } from "./detector-presets.ts";

export { MAX_BOXES };

/** Channels, height and width behind the trunk, and pixels to a cell. */
export interface FeatureMap {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly stride: number;
}

export function featureMapOf({ height, width, trunk }: DetectorPreset): FeatureMap {
  let map: FeatureMap = { channels: 3, height, width, stride: 1 };
  for (const row of trunk) {
    if (row.kind === "normalise") continue;
    const size = row.kind === "conv" ? convolved : pooled;
    map = {
      channels: row.kind === "conv" ? row.filters : map.channels,
      height: size(map.height, row.kernel, row.stride, row.pad),
      width: size(map.width, row.kernel, row.stride, row.pad),
      stride: map.stride * row.stride,
    };
  }
  return map;
}

export interface Detector {
  readonly preset: DetectorPreset;
  readonly classes: number;
  readonly map: FeatureMap;
  readonly images: number;
  /** [B, 3, H, W], which whoever feeds the network writes. */
  readonly x: Tensor;
  /** Boxes of the signs in it, [B, MAX_BOXES, 4], and their classes, [B, MAX_BOXES], 0 for none. */
  readonly boxes: Tensor;
  readonly labels: Tensor;
  readonly parameters: DetectorParameters;
  /**
   * Outputs of every layer of the pass that detects, for people to look at: [B, C, H, W] up to the
   * proposals; behind them, [B * R, C, bins, bins] and [B * R, outputs], the best proposal first.
   */
  readonly maps: readonly { readonly label: string; readonly values: Tensor }[];
  /** Of a training step, all but scenes, books and optimiser. */
  readonly forward: readonly DispatchSpec[];
  readonly backward: readonly DispatchSpec[];
  /** [4]: see lossNames */
  readonly losses: Tensor;
  /** From x to detections, without the sample that training takes. */
  readonly detect: readonly DispatchSpec[];
  /** Detections: groups are images times classes without the background. */
  readonly found: {
    /** [G, R] scores as bits, by region */
    readonly keys: Tensor;
    /** [G, R] regions, best first */
    readonly order: Tensor;
    /** [G, R] places in `order`, or all ones */
    readonly kept: Tensor;
    /** [G, R, 4] boxes of what is kept */
    readonly boxes: Tensor;
  };
  /** What training fixed by lot, for tests: regions of the head, and targets of both. */
  readonly sampled: {
    readonly regions: Tensor;
    readonly regionLabels: Tensor;
    readonly regionCodes: Tensor;
    readonly anchorLabels: Tensor;
    readonly anchorCodes: Tensor;
  };
}

export interface DetectorOptions {
  readonly preset: DetectorPreset;
  /** With the background. */
  readonly classes: number;
  /** [4] words: seed and stream of what is drawn by lot. */
  readonly key: Tensor;
  /** [4]: steps done */
  readonly progress: Tensor;
  readonly tiling: Tiling;
  /** Bytes that may be bound in one piece; what the device allows unless given. */
  readonly most?: number;
}

export function buildDetector(gpu: Gpu, options: DetectorOptions): Detector {
  const { preset, classes, key, progress, tiling } = options;
  const { training, use } = preset;
  const B = training.images;
  const size = [preset.height, preset.width] as const;
  const map = featureMapOf(preset);
  if (map.height < 1 || map.width < 1) {
    throw new UserError(`${preset.name}: an input of ${size.join(" x ")} is too small.`);
  }
  const { most = gpu.device.limits.maxStorageBufferBindingSize } = options;
  const parameters = layOutParameters(gpu, describeDetector(preset, classes), most);
  const parametersOf = (label: string): Parameters => {
    const w = parameters.byLabel.get(`${label}.w`)!;
    const b = parameters.byLabel.get(`${label}.b`)!;
    return { w: w.value, b: b.value, dw: w.gradient, db: b.gradient };
  };

  const x = gpu.tensor("x", [B, 3, ...size]);
  const boxes = gpu.tensor("boxes", [B, MAX_BOXES, 4]);
  const labels = gpu.tensor("labels", [B, MAX_BOXES], "u32");
  const losses = gpu.tensor("losses", [4]);

  // ---- The trunk
  let input: Activation = { values: x, full: x, gradient: null, relu: false, pool: 1 };
  const trunk = preset.trunk.map((row) => {
    const layer =
      row.kind === "conv"
        ? conv2dLayer(gpu, {
            ...row,
            input,
            relu: true,
            parameters: parametersOf(row.label),
            tiling,
          })
        : row.kind === "normalise"
          ? normaliseLayer(gpu, { ...row, input })
          : maxPoolLayer(gpu, { ...row, input });
    input = layer.output;
    return layer;
  });
  const features = input;

  // ---- Proposals
  const perCell = preset.anchors.sizes.length * preset.anchors.ratios.length;
  const cells = map.height * map.width;
  const anchors = gpu.tensor("anchors", [perCell * cells, 4]);
  gpu.write(anchors, layAnchors(preset.anchors, [map.height, map.width], map.stride));
  const conv = (label: string, from: Activation, filters: number, kernel: number, more = {}) =>
    conv2dLayer(gpu, {
      label,
      input: from,
      filters,
      kernel,
      pad: (kernel - 1) / 2,
      parameters: parametersOf(label),
      tiling,
      ...more,
    });
  // The head's backward pass writes the feature map's gradient first, this one adds to it.
  const rpn = conv("rpn", features, preset.proposalFilters, 3, { relu: true, adds: true });
  const rpnScore = conv("rpn_score", rpn.output, 2 * perCell, 1);
  const rpnBox = conv("rpn_box", rpn.output, 4 * perCell, 1, { adds: true });
  const anchorOptions = {
    anchors,
    size,
    cells,
    border: training.border,
    foreground: training.foregroundAnchor,
    background: training.backgroundAnchor,
    smallest: preset.smallest,
  };
  const targets = anchorTargets(gpu, {
    ...anchorOptions,
    label: "anchors",
    key,
    progress,
    boxes,
    classes: labels,
    sample: training.anchors,
  });
  const rpnLosses = [
    classifySpec({
      label: "loss.rpn_score",
      scores: rpnScore.output.values,
      labels: targets.labels,
      gradient: rpnScore.output.gradient!,
      losses,
      slot: 0,
      classes: 2,
    }),
    regressSpec({
      label: "loss.rpn_box",
      moves: rpnBox.output.values,
      labels: targets.labels,
      codes: targets.codes,
      gradient: rpnBox.output.gradient!,
      losses,
      slot: 1,
      sigma: training.sigma,
      groups: perCell,
      byClass: false,
    }),
  ];
  const proposed = proposeSpec(gpu, {
    ...anchorOptions,
    label: "proposals",
    scores: rpnScore.output.values,
    moves: rpnBox.output.values,
  });
  const proposals = (label: string, { before, after }: { before: number; after: number }) => {
    const ranked = rankSpecs(gpu, { label, ...proposed, keep: before });
    const limit = preset.proposalOverlap;
    const kept = suppressSpecs(gpu, { label, ranked, keep: after, limit });
    return { boxes: kept.boxes, specs: [...ranked.specs, ...kept.specs] };
  };

  // ---- The head, over given regions
  const { stride } = map;
  const headOptions = { ...options, features, stride, parametersOf, most };
  const head = (prefix: string, regions: Tensor, learns: boolean) =>
    buildHead(gpu, headOptions, prefix, regions, learns);

  const forTraining = proposals("proposals.train", training);
  const sampled = sampleRegions(gpu, {
    label: "regions",
    proposals: forTraining.boxes,
    boxes,
    classes: labels,
    key,
    progress,
    sample: training.regions,
    most: training.foregroundRegions,
    foreground: training.foreground,
    background: training.background,
  });
  const learning = head("", sampled.regions, true);
  const headLosses = [
    classifySpec({
      label: "loss.score",
      scores: learning.score.output.values,
      labels: sampled.labels,
      gradient: learning.score.output.gradient!,
      losses,
      slot: 2,
      classes,
    }),
    regressSpec({
      label: "loss.box",
      moves: learning.box.output.values,
      labels: sampled.labels,
      codes: sampled.codes,
      gradient: learning.box.output.gradient!,
      losses,
      slot: 3,
      sigma: 1,
      groups: classes,
      byClass: true,
    }),
  ];

  const inUse = proposals("proposals.use", use);
  const flat: Tensor = { ...inUse.boxes, shape: [B * use.after, 4] };
  const reading = head("use.", flat, false);
  const all = detectionSpec(gpu, {
    label: "detections",
    images: B,
    scores: reading.score.output.values,
    moves: reading.box.output.values,
    regions: flat,
    size,
    least: use.least,
  });
  const ranked = rankSpecs(gpu, { label: "detections", ...all, keep: use.after });
  const kept = suppressSpecs(gpu, {
    label: "detections",
    ranked,
    keep: use.after,
    limit: use.overlap,
  });

  const forwardOf = (layers: readonly Layer[]) => layers.flatMap((layer) => layer.forward);
  const backwardOf = (layers: readonly Layer[]) =>
    layers.toReversed().flatMap((layer) => layer.backward);
  const rpnForward = forwardOf([...trunk, rpn, rpnScore, rpnBox]);
  return {
    preset,
    classes,
    map,
    images: B,
    x,
    boxes,
    labels,
    parameters,
    maps: [...trunk, rpn, rpnScore, rpnBox, ...reading.layers, reading.score, reading.box].map(
      ({ label, output }) => ({ label: label.replace(/^use\./, ""), values: output.values }),
    ),
    losses,
    forward: [
      ...rpnForward,
      ...targets.specs,
      ...rpnLosses,
      proposed.spec,
      ...forTraining.specs,
      ...sampled.specs,
      ...forwardOf([...learning.layers, learning.score, learning.box]),
      ...headLosses,
    ],
    backward: [
      ...learning.score.backward,
      ...learning.box.backward,
      ...backwardOf(learning.layers),
      ...rpnScore.backward,
      ...rpnBox.backward,
      ...rpn.backward,
      ...backwardOf(trunk),
    ],
    detect: [
      ...rpnForward,
      proposed.spec,
      ...inUse.specs,
      ...forwardOf([...reading.layers, reading.score, reading.box]),
      all.spec,
      ...ranked.specs,
      ...kept.specs,
    ],
    found: { keys: all.keys, order: ranked.order, kept: kept.kept, boxes: kept.boxes },
    sampled: {
      regions: sampled.regions,
      regionLabels: sampled.labels,
      regionCodes: sampled.codes,
      anchorLabels: targets.labels,
      anchorCodes: targets.codes,
    },
  };
}
