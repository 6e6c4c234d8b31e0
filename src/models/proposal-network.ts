/** The region proposal network: where on the feature map there may be something, whatever it is. */
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Activation } from "../layers/activation.ts";
import { anchorTargets, layAnchors, proposeSpec, type AnchorTargets } from "../layers/anchors.ts";
import { conv2dLayer } from "../layers/conv2d.ts";
import { classifySpec, regressSpec } from "../layers/detector-loss.ts";
import { parametersOf, type Layer } from "../layers/layer.ts";
import { nmsSpecs } from "../layers/nms.ts";
import { rankSpecs } from "../layers/select.ts";
import type { Tiling } from "../layers/tiling.ts";
import type { FeatureMap } from "./backbone.ts";
import type { DetectorParameters } from "./detector-parameters.ts";
import { anchorsOfCell, type DetectorPreset } from "./detector-presets.ts";

export interface ProposalNetworkOptions {
  readonly preset: DetectorPreset;
  /** The backbone's output. */
  readonly features: Activation;
  readonly map: FeatureMap;
  readonly parameters: DetectorParameters;
  /** [4] words: seed and stream of what is drawn at random. */
  readonly key: Tensor;
  /** [4]: steps done */
  readonly progress: Tensor;
  /** [B, MAX_BOXES, 4] and [B, MAX_BOXES] */
  readonly boxes: Tensor;
  readonly labels: Tensor;
  /** [4], of which the first two are this network's */
  readonly losses: Tensor;
  readonly tiling: Tiling;
}

export interface ProposalNetwork {
  /** In order; their forward passes can run in it. */
  readonly layers: readonly Layer[];
  /** What a step teaches the anchors. */
  readonly targets: AnchorTargets;
  readonly losses: readonly DispatchSpec[];
  /** Adds to the gradient of the feature map, which the head's backward pass writes first. */
  readonly backward: readonly DispatchSpec[];
  /** A score and a box of every anchor. */
  readonly propose: DispatchSpec;
  /** The best of them that don't overlap too much: [B, postNms, 4]. */
  proposals(
    label: string,
    counts: { readonly preNms: number; readonly postNms: number },
  ): { readonly boxes: Tensor; readonly specs: readonly DispatchSpec[] };
}

export function buildProposalNetwork(gpu: Gpu, options: ProposalNetworkOptions): ProposalNetwork {
  const { preset, map, losses } = options;
  const { training } = preset;
  const { rpn, score, box } = proposalLayers(gpu, options);
  const anchorOptions = layOutAnchors(gpu, preset, map);
  const { key, progress, boxes, labels } = options;
  const targets = anchorTargets(gpu, {
    ...anchorOptions,
    label: "anchors",
    key,
    progress,
    boxes,
    classes: labels,
    sample: training.anchors,
  });
  const classLoss = classifySpec({
    label: "loss.rpn_score",
    scores: score.output.values,
    labels: targets.labels,
    gradient: score.output.gradient!,
    losses,
    slot: 0,
    classes: 2,
  });
  const boxLoss = regressSpec({
    label: "loss.rpn_box",
    deltas: box.output.values,
    labels: targets.labels,
    targets: targets.regressionTargets,
    gradient: box.output.gradient!,
    losses,
    slot: 1,
    sigma: training.sigma,
    groups: anchorsOfCell(preset),
    byClass: false,
  });
  const proposed = proposeSpec(gpu, {
    ...anchorOptions,
    label: "proposals",
    scores: score.output.values,
    deltas: box.output.values,
  });
  return {
    layers: [rpn, score, box],
    targets,
    losses: [classLoss, boxLoss],
    backward: [...score.backward, ...box.backward, ...rpn.backward],
    propose: proposed.spec,
    proposals(label, { preNms, postNms }) {
      const ranked = rankSpecs(gpu, { label, ...proposed, keep: preNms });
      const iouThreshold = preset.proposalIouThreshold;
      const kept = nmsSpecs(gpu, { label, ranked, keep: postNms, iouThreshold });
      return { boxes: kept.boxes, specs: [...ranked.specs, ...kept.specs] };
    },
  };
}

/** A hidden layer, and what it says of each anchor: two scores and four box deltas. */
function proposalLayers(gpu: Gpu, options: ProposalNetworkOptions) {
  const { preset, features, parameters, tiling } = options;
  const conv = (label: string, from: Activation, filters: number, kernel: number, more = {}) =>
    conv2dLayer(gpu, {
      label,
      input: from,
      filters,
      kernel,
      pad: (kernel - 1) / 2,
      parameters: parametersOf(parameters.byLabel, label),
      tiling,
      ...more,
    });
  const perCell = anchorsOfCell(preset);
  const rpn = conv("rpn", features, preset.proposalFilters, 3, { relu: true, adds: true });
  const score = conv("rpn_score", rpn.output, 2 * perCell, 1);
  const box = conv("rpn_box", rpn.output, 4 * perCell, 1, { adds: true });
  return { rpn, score, box };
}

function layOutAnchors(gpu: Gpu, preset: DetectorPreset, map: FeatureMap) {
  const { training } = preset;
  const cells = map.height * map.width;
  const anchors = gpu.tensor("anchors", [anchorsOfCell(preset) * cells, 4]);
  gpu.write(anchors, layAnchors(preset.anchors, [map.height, map.width], map.stride));
  return {
    anchors,
    size: [preset.height, preset.width] as const,
    cells,
    border: training.border,
    foreground: training.foregroundAnchor,
    background: training.backgroundAnchor,
    smallest: preset.smallest,
  };
}
