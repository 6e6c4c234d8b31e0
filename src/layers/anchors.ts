/** Host half of shaders/anchors.wgsl: what the proposal network learns and proposes. */
import source from "../../shaders/anchors.wgsl?raw";
import boxesLibrary from "../../shaders/lib/boxes.wgsl?raw";
import random from "../../shaders/lib/random.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { choiceTensor, sampleSpec } from "./select.ts";

export const anchorsShader = shader("anchors", source, random, boxesLibrary);

export interface AnchorShapes {
  /** Square roots of the areas, in pixels. */
  readonly sizes: readonly number[];
  /** Height by width. */
  readonly ratios: readonly number[];
}

/** Anchors of an h x w feature map, [anchors of a cell * h * w, 4], centred on the cells. */
export function layAnchors(
  { sizes, ratios }: AnchorShapes,
  [h, w]: readonly [number, number],
  stride: number,
): Float32Array<ArrayBuffer> {
  const anchors: number[] = [];
  for (const ratio of ratios) {
    for (const size of sizes) {
      const width = size / Math.sqrt(ratio);
      const height = size * Math.sqrt(ratio);
      for (let row = 0; row < h; row++) {
        for (let column = 0; column < w; column++) {
          const x = (column + 0.5) * stride;
          const y = (row + 0.5) * stride;
          anchors.push(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
        }
      }
    }
  }
  return new Float32Array(anchors);
}

export interface AnchorOptions {
  readonly label: string;
  /** [N, 4] */
  readonly anchors: Tensor;
  /** Height and width of the image. */
  readonly size: readonly [number, number];
  /** Cells of the feature map. */
  readonly cells: number;
  /** Pixels that a trained anchor may reach over the image's edges. */
  readonly border: number;
  /** Intersection over union with a sign from which an anchor is foreground, and below which it is background. */
  readonly foreground: number;
  readonly background: number;
  /** Width and height of a proposal, at least, in pixels. */
  readonly smallest: number;
}

function constantsOf(options: AnchorOptions, BOXES: number): Record<string, number> {
  const [HEIGHT, WIDTH] = options.size;
  return {
    N: options.anchors.shape[0],
    BOXES,
    HEIGHT,
    WIDTH,
    BORDER: options.border,
    FOREGROUND: options.foreground,
    BACKGROUND: options.background,
    SMALLEST: options.smallest,
    CELLS: options.cells,
  };
}

export interface AnchorTargetOptions extends AnchorOptions {
  /** [4] words: seed and stream */
  readonly key: Tensor;
  /** [4]: the step's number */
  readonly progress: Tensor;
  /** [B, BOXES, 4] */
  readonly boxes: Tensor;
  /** [B, BOXES]: see shaders/lib/boxes.wgsl */
  readonly classes: Tensor;
  /** Anchors in the sample of an image, at most half of them foreground. */
  readonly sample: number;
}

export interface AnchorTargets {
  /** [B, N] */
  readonly labels: Tensor;
  /** [B, N, 4]: how far from each anchor its box lies */
  readonly regressionTargets: Tensor;
  readonly specs: readonly DispatchSpec[];
}

export function anchorTargets(gpu: Gpu, options: AnchorTargetOptions): AnchorTargets {
  const { label, anchors, key, progress, boxes, classes, sample } = options;
  const [B, BOXES] = classes.shape as [number, number];
  const N = anchors.shape[0];
  const constants = constantsOf(options, BOXES);
  const best = gpu.scratch(`${label}.best`, [B, BOXES]);
  const keys = gpu.scratch(`${label}.keys`, [B, 2, N], "u32");
  const choice = choiceTensor(gpu, label, 2 * B);
  const labels = gpu.scratch(`${label}.labels`, [B, N], "u32");
  const regressionTargets = gpu.scratch(`${label}.targets`, [B, N, 4]);
  const shared = { shader: anchorsShader, constants };
  const perAnchor = [groups(N, 64), B] as const;
  const flops = B * N * BOXES * 12;
  return {
    labels,
    regressionTargets,
    specs: [
      {
        ...shared,
        label: `${label}.closest`,
        entry: "closest",
        reads: { anchors, boxes, classes },
        writes: { best },
        workgroups: [BOXES, B],
        flops,
      },
      {
        ...shared,
        label: `${label}.label`,
        entry: "label",
        reads: { key, progress, anchors, boxes, classes, greatest: best },
        writes: { keys },
        workgroups: perAnchor,
        flops,
      },
      sampleSpec({ label, keys, choice, foreground: Math.floor(sample / 2), total: sample }),
      {
        ...shared,
        label: `${label}.choose`,
        entry: "choose",
        reads: { anchors, boxes, classes, greatest: best, candidates: keys, choice },
        writes: { labels, targets: regressionTargets },
        workgroups: perAnchor,
        flops,
      },
    ],
  };
}

export interface ProposeOptions extends AnchorOptions {
  /** [B, 2 * anchors of a cell, h, w] */
  readonly scores: Tensor;
  /** [B, 4 * anchors of a cell, h, w] box deltas: how far from each anchor its box shall lie */
  readonly deltas: Tensor;
}

export interface Proposed {
  /** [B, N] */
  readonly keys: Tensor;
  /** [B, N, 4] */
  readonly boxes: Tensor;
  readonly spec: DispatchSpec;
}

export function proposeSpec(gpu: Gpu, options: ProposeOptions): Proposed {
  const { label, anchors, scores, deltas } = options;
  const B = scores.shape[0];
  const N = anchors.shape[0];
  const keys = gpu.scratch(`${label}.keys`, [B, N], "u32");
  const boxes = gpu.scratch(`${label}.boxes`, [B, N, 4]);
  return {
    keys,
    boxes,
    spec: {
      label: `${label}.propose`,
      shader: anchorsShader,
      entry: "propose",
      constants: constantsOf(options, 0),
      reads: { anchors, scores, deltas },
      writes: { keys, proposals: boxes },
      workgroups: [groups(N, 64), B],
      flops: B * N * 30,
    },
  };
}
