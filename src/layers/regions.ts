/** Host half of shaders/regions.wgsl: the sample of proposals that the head is trained on. */
import boxesLibrary from "../../shaders/lib/boxes.wgsl?raw";
import random from "../../shaders/lib/random.wgsl?raw";
import source from "../../shaders/regions.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { choiceTensor, sampleSpec } from "./select.ts";

export const regionsShader = shader("regions", source, random, boxesLibrary);

export interface RegionOptions {
  readonly label: string;
  /** [B, P, 4] */
  readonly proposals: Tensor;
  /** [B, BOXES, 4] */
  readonly boxes: Tensor;
  /** [B, BOXES]: see shaders/lib/boxes.wgsl */
  readonly classes: Tensor;
  /** [4] words: seed and stream */
  readonly key: Tensor;
  /** [4]: the step's number */
  readonly progress: Tensor;
  /** Regions of an image, and how many of them may be foreground. */
  readonly sample: number;
  readonly most: number;
  /** Intersection over union with a sign from which a region is foreground, and from which it is background. */
  readonly foreground: number;
  readonly background: number;
}

export interface Regions {
  /** [B * sample, 4] */
  readonly regions: Tensor;
  /** [B * sample] */
  readonly labels: Tensor;
  /** [B * sample, 4]: how far from each region its box lies */
  readonly regressionTargets: Tensor;
  readonly specs: readonly DispatchSpec[];
}

export function sampleRegions(gpu: Gpu, options: RegionOptions): Regions {
  const { label, proposals, boxes, classes, key, progress } = options;
  const { sample: R, most, foreground: FOREGROUND, background: BACKGROUND } = options;
  const [B, P] = proposals.shape as [number, number];
  const BOXES = classes.shape[1];
  const keys = gpu.scratch(`${label}.keys`, [B, 2, P + BOXES], "u32");
  const choice = choiceTensor(gpu, label, 2 * B);
  const regions = gpu.scratch(`${label}.regions`, [B * R, 4]);
  const labels = gpu.scratch(`${label}.labels`, [B * R], "u32");
  const regressionTargets = gpu.scratch(`${label}.targets`, [B * R, 4]);
  const constants = { P, BOXES, R, FOREGROUND, BACKGROUND };
  const shared = { shader: regionsShader, constants, flops: B * P * BOXES * 12 };
  return {
    regions,
    labels,
    regressionTargets,
    specs: [
      {
        ...shared,
        label: `${label}.judge`,
        entry: "judge",
        reads: { key, progress, proposals, boxes, classes },
        writes: { keys, regions, labels, targets: regressionTargets },
        workgroups: [groups(Math.max(P + BOXES, R), 64), B],
      },
      sampleSpec({ label, keys, choice, foreground: most, total: R }),
      {
        ...shared,
        label: `${label}.sample`,
        entry: "sample",
        reads: { proposals, boxes, classes, candidates: keys, choice },
        writes: { regions, labels, targets: regressionTargets },
        workgroups: [groups(P + BOXES, 64), B],
      },
    ],
  };
}
