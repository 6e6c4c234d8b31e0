/**
 * Faster R-CNN (Ren et al. 2015) from a preset: a backbone of convolutions, a network that proposes
 * regions on its feature map, and a head that says what each region is. Proposals and head share the
 * backbone and learn jointly, in one step that never leaves the GPU.
 */
import { MAX_BOXES } from "../data/photographs.ts";
import { UserError } from "../errors.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { detectionSpec } from "../layers/detections.ts";
import { classifySpec, regressSpec } from "../layers/detector-loss.ts";
import { backwardOf, forwardOf } from "../layers/layer.ts";
import { nmsSpecs } from "../layers/nms.ts";
import { sampleRegions } from "../layers/regions.ts";
import { rankSpecs } from "../layers/select.ts";
import type { Tiling } from "../layers/tiling.ts";
import { buildBackbone, featureMapOf, type FeatureMap } from "./backbone.ts";
import { buildHead, type HeadOptions } from "./detector-head.ts";
import {
  describeDetector,
  layOutParameters,
  type DetectorParameters,
} from "./detector-parameters.ts";
import type { DetectorPreset } from "./detector-presets.ts";
import { buildProposalNetwork, type ProposalNetwork } from "./proposal-network.ts";

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
  /** Of a training step, all but scenes, metrics history and optimiser. */
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
  /** What training drew at random, for tests: regions of the head, and targets of both. */
  readonly sampled: {
    readonly regions: Tensor;
    readonly regionLabels: Tensor;
    readonly regionTargets: Tensor;
    readonly anchorLabels: Tensor;
    readonly anchorTargets: Tensor;
  };
}

export interface DetectorOptions {
  readonly preset: DetectorPreset;
  /** With the background. */
  readonly classes: number;
  /** [4] words: seed and stream of what is drawn at random. */
  readonly key: Tensor;
  /** [4]: steps done */
  readonly progress: Tensor;
  readonly tiling: Tiling;
  /** How many of the backbone's convolutions, from the first, stay as they are; 0 unless given. */
  readonly frozen?: number | undefined;
  /** Bytes that may be bound in one piece; what the device allows unless given. */
  readonly most?: number;
}

/** Allocates the detector for a batch of images and wires its parts up. */
export function buildDetector(gpu: Gpu, options: DetectorOptions): Detector {
  const { preset, classes, frozen } = options;
  const B = preset.training.images;
  const size = [preset.height, preset.width] as const;
  const map = featureMapOf(preset);
  if (map.height < 1 || map.width < 1) {
    throw new UserError(`${preset.name}: an input of ${size.join(" x ")} is too small.`);
  }
  const { most = gpu.device.limits.maxStorageBufferBindingSize } = options;
  const parameters = layOutParameters(gpu, describeDetector(preset, classes, frozen), most);

  const x = gpu.tensor("x", [B, 3, ...size]);
  const boxes = gpu.tensor("boxes", [B, MAX_BOXES, 4]);
  const labels = gpu.tensor("labels", [B, MAX_BOXES], "u32");
  const losses = gpu.tensor("losses", [4]);
  const given = { ...options, most, parameters, x, boxes, labels, losses };

  const backbone = buildBackbone(gpu, given);
  const features = backbone.at(-1)!.output;
  const rpn = buildProposalNetwork(gpu, { ...given, features, map });
  const headOptions = { ...given, features, stride: map.stride };
  const learning = buildLearning(gpu, headOptions, rpn);
  const detecting = buildDetecting(gpu, headOptions, rpn);

  const { head } = detecting;
  const shown = [...backbone, ...rpn.layers, ...head.layers, head.score, head.box];
  const toAnchors = forwardOf([...backbone, ...rpn.layers]);
  return {
    preset,
    classes,
    map,
    images: B,
    x,
    boxes,
    labels,
    parameters,
    maps: shown.map(({ label, output }) => ({
      label: label.replace(/^use\./, ""),
      values: output.values,
    })),
    losses,
    forward: [...toAnchors, ...rpn.targets.specs, ...rpn.losses, rpn.propose, ...learning.forward],
    // The head writes the feature map's gradient, and the proposal network adds to it.
    backward: [...learning.backward, ...rpn.backward, ...backwardOf(backbone)],
    detect: [...toAnchors, rpn.propose, ...detecting.forward],
    found: detecting.found,
    sampled: {
      regions: learning.regions.regions,
      regionLabels: learning.regions.labels,
      regionTargets: learning.regions.regressionTargets,
      anchorLabels: rpn.targets.labels,
      anchorTargets: rpn.targets.regressionTargets,
    },
  };
}

/** What the parts behind the proposals are given. */
interface PartOptions extends HeadOptions {
  readonly boxes: Tensor;
  readonly labels: Tensor;
  readonly losses: Tensor;
}

/** What a training step does behind the proposals: it samples some as regions, and teaches the head on them. */
function buildLearning(gpu: Gpu, options: PartOptions, rpn: ProposalNetwork) {
  const { preset, classes, key, progress, boxes, labels, losses } = options;
  const { training } = preset;
  const proposals = rpn.proposals("proposals.train", training);
  const regions = sampleRegions(gpu, {
    label: "regions",
    proposals: proposals.boxes,
    boxes,
    classes: labels,
    key,
    progress,
    sample: training.regions,
    most: training.foregroundRegions,
    foreground: training.foreground,
    background: training.background,
  });
  const head = buildHead(gpu, options, "", regions.regions, true);
  const classLoss = classifySpec({
    label: "loss.score",
    scores: head.score.output.values,
    labels: regions.labels,
    gradient: head.score.output.gradient!,
    losses,
    slot: 2,
    classes,
  });
  const boxLoss = regressSpec({
    label: "loss.box",
    deltas: head.box.output.values,
    labels: regions.labels,
    targets: regions.regressionTargets,
    gradient: head.box.output.gradient!,
    losses,
    slot: 3,
    sigma: 1,
    groups: classes,
    byClass: true,
  });
  return {
    regions,
    forward: [...proposals.specs, ...regions.specs, ...head.forward, classLoss, boxLoss],
    backward: head.backward,
  };
}

/** What detecting does behind the proposals: the head judges the best, and the best of that are found. */
function buildDetecting(gpu: Gpu, options: PartOptions, rpn: ProposalNetwork) {
  const { preset } = options;
  const { postNms, iouThreshold, leastScore } = preset.use;
  const B = preset.training.images;
  const proposals = rpn.proposals("proposals.use", preset.use);
  const regions: Tensor = { ...proposals.boxes, shape: [B * postNms, 4] };
  const head = buildHead(gpu, options, "use.", regions, false);
  const label = "detections";
  const judged = detectionSpec(gpu, {
    label,
    images: B,
    scores: head.score.output.values,
    deltas: head.box.output.values,
    regions,
    size: [preset.height, preset.width],
    leastScore,
  });
  const ranked = rankSpecs(gpu, { label, ...judged, keep: postNms });
  const kept = nmsSpecs(gpu, { label, ranked, keep: postNms, iouThreshold });
  return {
    head,
    forward: [...proposals.specs, ...head.forward, judged.spec, ...ranked.specs, ...kept.specs],
    found: { keys: judged.keys, order: ranked.order, kept: kept.kept, boxes: kept.boxes },
  };
}
