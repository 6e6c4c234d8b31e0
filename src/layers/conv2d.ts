/** Host half of shaders/conv2d.wgsl and conv2d-quad.wgsl: convolution, with ReLU and a 2 x 2 average fused in. */
import conv2dQuad from "../../shaders/conv2d-quad.wgsl?raw";
import conv2d from "../../shaders/conv2d.wgsl?raw";
import activationLibrary from "../../shaders/lib/activation.wgsl?raw";
import quad from "../../shaders/lib/quad.wgsl?raw";
import tile from "../../shaders/lib/tile.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Activation } from "./activation.ts";
import { convolved } from "./convolved.ts";
import { activation, backThrough } from "./activation.ts";
import type { Layer, Parameters } from "./layer.ts";
import { tilings, type Tiling } from "./tiling.ts";

export const conv2dShader = shader("conv2d", conv2d, tile, activationLibrary);
export const conv2dQuadShader = shader(
  "conv2d-quad",
  conv2dQuad,
  quad,
  conv2d,
  tile,
  activationLibrary,
);

export interface Conv2dOptions {
  readonly label: string;
  /** values: [B, C, H, W] */
  readonly input: Activation;
  readonly filters: number;
  /** Kernel height and width. */
  readonly kernel: number;
  readonly stride?: number;
  /** Zeros around the image. */
  readonly pad?: number;
  readonly relu?: boolean;
  /** 2: average the output over 2 x 2 windows. */
  readonly pool?: 1 | 2;
  /** w: [O, C, K, K], b: [O] */
  readonly parameters: Parameters;
  readonly tiling: Tiling;
  /** Another layer reads the same input, and its backward pass runs before this one's. */
  readonly adds?: boolean;
}

export function conv2dLayer(gpu: Gpu, options: Conv2dOptions): Layer {
  const { label, input, filters: O, kernel: K, stride: S = 1, pad: PAD = 0 } = options;
  const { relu = false, pool = 1, parameters, tiling, adds = false } = options;
  const [B, C, H, W] = input.values.shape as [number, number, number, number];
  const P = convolved(H, K, S, PAD);
  const Q = convolved(W, K, S, PAD);
  if (P < 1 || Q < 1)
    throw new RangeError(`${label}: a ${K} x ${K} kernel does not fit ${H} x ${W}`);
  const output = activation(gpu, label, [B, O, P, Q], { relu, pool });
  const constants = { B, C, H, W, O, K, S, PAD, P, Q };
  const flops = 2 * B * O * P * Q * C * K * K;
  const x = input.values;
  const { w, b, dw, db } = parameters;
  const dy = output.gradient!;
  const { suffix, rows, columns } = tilings[tiling];
  const form = tiling === "registers" ? conv2dQuadShader : conv2dShader;
  // One workgroup to a block of weights: see the shader.
  const weightBlock = tiling === "registers" ? 16 : 4;
  const weightBlocks = [groups(C * K * K, weightBlock), groups(O, weightBlock)] as const;

  const forward: DispatchSpec = {
    label: `${label}.forward`,
    shader: form,
    entry: `forward${suffix}`,
    constants: { ...constants, RELU: Number(relu), POOL: pool },
    reads: { x, w, bias: b },
    // Every binding that the text mentions must be bound, pooled even where nothing is pooled.
    writes: {
      y: output.full,
      pooled: pool === 2 ? output.values : gpu.scratch(`${label}.unused`, [1]),
    },
    workgroups: [groups(B * P * Q, columns), groups(O, rows)],
    flops,
  };
  const backwardWeights: DispatchSpec = {
    label: `${label}.backward_weights`,
    shader: form,
    entry: `backward_weights${suffix}`,
    constants,
    reads: { x, dy },
    writes: { dw, dbias: db },
    workgroups: weightBlocks,
    flops,
  };
  const backward = [backwardWeights];
  if (input.gradient) {
    backward.push({
      label: `${label}.backward_input`,
      shader: form,
      entry: `backward_input${suffix}`,
      constants: { ...constants, ...backThrough(input), ADDS: Number(adds) },
      reads: { w, dy, below: input.full },
      writes: { dx: input.gradient },
      workgroups: [groups(B * H * W, columns), groups(C, rows)],
      flops,
    });
  }
  return { label, output, forward: [forward], backward };
}
