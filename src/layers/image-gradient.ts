/**
 * Host half of shaders/unblock.wgsl: the gradient of a first convolution in its images, where its weights stand still.
 * A kernel that multiplies matrices in blocks of 16 rows computes 16 channels where the images have one. Here the rows
 * are the 4 x 4 neighbours of a block instead: a convolution of stride 4 whose weights are the layer's, turned about
 * and shifted.
 */
import source from "../../shaders/unblock.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups, inRows } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { conv2dLayer } from "./conv2d.ts";
import type { Tiling } from "./tiling.ts";

export const unblockShader = shader("unblock", source);

/** Height and width of a block. */
const BLOCK = 4;

export interface ImageGradientOptions {
  /** The layer's weights, [O, C, K, K] */
  readonly weights: Float32Array;
  readonly kernel: number;
  /** Zeros around the layer's images, at most K - 1; its stride is 1. */
  readonly pad: number;
  /** The gradient in the layer's output before its ReLU and pooling, [B, O, P, Q] */
  readonly dy: Tensor;
  /** The gradient in the images, [B, C, H, W], H and W being multiples of 4 */
  readonly dx: Tensor;
  readonly tiling: Tiling;
}

/** Whether a layer's gradient can be computed so. */
export const inBlocks = (
  [channels, height, width]: readonly [number, number, number],
  { kernel, stride = 1, pad = 0 }: { kernel: number; stride?: number; pad?: number },
): boolean =>
  channels < BLOCK && height % BLOCK === 0 && width % BLOCK === 0 && stride === 1 && pad < kernel;

export function imageGradientSpecs(gpu: Gpu, options: ImageGradientOptions): DispatchSpec[] {
  const { weights, kernel: K, pad, dy, dx, tiling } = options;
  const [B, C, H, W] = dx.shape;
  const O = dy.shape[1];
  const filters = C * BLOCK * BLOCK;
  const w = gpu.tensor("image gradient.w", [filters, O, K + BLOCK - 1, K + BLOCK - 1]);
  const b = gpu.tensor("image gradient.b", [filters]);
  gpu.write(w, blockWeights(weights, O, C, K));
  const convolution = conv2dLayer(gpu, {
    label: "image gradient",
    input: { values: dy, full: dy, gradient: null, relu: false, pool: 1 },
    filters,
    kernel: K + BLOCK - 1,
    stride: BLOCK,
    pad: K - 1 - pad,
    // Its weights stand still, so that only its forward pass is run.
    parameters: { w, b, dw: w, db: b },
    tiling,
  });
  const unblock: DispatchSpec = {
    label: "image gradient.unblock",
    shader: unblockShader,
    entry: "unblock",
    constants: { B, C, H, W },
    reads: { blocks: convolution.output.values },
    writes: { x: dx },
    workgroups: inRows(groups(sizeOf(dx.shape), 64)),
    flops: 0,
  };
  return [...convolution.forward, unblock];
}

/** @returns [C * 16, O, K + 3, K + 3]: place (r, s) of a block reads w[o, c, r + K - 1 - u, s + K - 1 - v] at (u, v) */
function blockWeights(w: Float32Array, O: number, C: number, K: number): Float32Array<ArrayBuffer> {
  const side = K + BLOCK - 1;
  const found = new Float32Array(C * BLOCK * BLOCK * O * side * side);
  for (let c = 0; c < C; c++)
    for (let r = 0; r < BLOCK; r++)
      for (let s = 0; s < BLOCK; s++)
        for (let o = 0; o < O; o++) {
          const filter = ((c * BLOCK + r) * BLOCK + s) * O + o;
          for (let i = 0; i < K; i++)
            for (let j = 0; j < K; j++) {
              const [u, v] = [r + K - 1 - i, s + K - 1 - j];
              found[(filter * side + u) * side + v] = w[((o * C + c) * K + i) * K + j];
            }
        }
  return found;
}
