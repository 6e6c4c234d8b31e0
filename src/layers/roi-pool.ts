/** Host half of shaders/roi-pool.wgsl: maximum pooling of regions of interest. */
import source from "../../shaders/roi-pool.wgsl?raw";
import { groups, inRows } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { activation, type Activation } from "./activation.ts";
import type { Layer } from "./layer.ts";

export const roiPoolShader = shader("roi-pool", source);

export interface RoiPoolOptions {
  readonly label: string;
  /** values: [B, C, H, W] */
  readonly input: Activation;
  /** [B * R, 4] x1 y1 x2 y2 in pixels of the image; R of them to an image */
  readonly regions: Tensor;
  readonly bins: number;
  /** Pixels of the image to a cell of the feature map. */
  readonly stride: number;
}

/**
 * Output: [B * R, C, bins, bins]. The backward pass overwrites the input's gradient; where none is wanted of that,
 * none is of the output.
 */
export function roiPoolLayer(gpu: Gpu, options: RoiPoolOptions): Layer {
  const { label, input, regions, bins: BINS, stride } = options;
  const x = input.values;
  const [B, C, H, W] = x.shape as [number, number, number, number];
  const R = regions.shape[0] / B;
  const output = activation(gpu, label, [B * R, C, BINS, BINS], { relu: false, pool: 1 });
  const winners = gpu.scratch(`${label}.winners`, output.full.shape, "u32");
  const constants = { B, R, C, H, W, BINS, SCALE: 1 / stride };
  const length = sizeOf(output.full.shape);
  return {
    label,
    output: input.gradient ? output : { ...output, gradient: null },
    forward: [
      {
        label: `${label}.forward`,
        shader: roiPoolShader,
        entry: "forward",
        constants,
        reads: { x, regions },
        writes: { y: output.full, winners },
        workgroups: inRows(groups(length, 64)),
        flops: length,
      },
    ],
    backward: input.gradient
      ? [
          {
            label: `${label}.backward`,
            shader: roiPoolShader,
            entry: "backward",
            constants: { ...constants, BELOW_RELU: Number(input.relu) },
            reads: { x, regions, maxima: winners, dy: output.gradient! },
            writes: { dx: input.gradient },
            workgroups: [groups(B * C * H, 64), 1],
            flops: length,
          },
        ]
      : [],
  };
}
