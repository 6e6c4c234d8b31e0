/** Host half of shaders/dense.wgsl and dense-quad.wgsl: a dense layer, with ReLU fused in. */
import denseQuad from "../../shaders/dense-quad.wgsl?raw";
import dense from "../../shaders/dense.wgsl?raw";
import activationLibrary from "../../shaders/lib/activation.wgsl?raw";
import quad from "../../shaders/lib/quad.wgsl?raw";
import tile from "../../shaders/lib/tile.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf } from "../gpu/tensor.ts";
import type { Activation } from "./activation.ts";
import { activation, backThrough } from "./activation.ts";
import type { Layer, Parameters } from "./layer.ts";
import { tilings, type Tiling } from "./tiling.ts";

export const denseShader = shader("dense", dense, tile, activationLibrary);
export const denseQuadShader = shader(
  "dense-quad",
  denseQuad,
  quad,
  dense,
  tile,
  activationLibrary,
);

export interface DenseOptions {
  readonly label: string;
  /** values: [B, ...]; everything behind the batch is flattened. */
  readonly input: Activation;
  readonly outputs: number;
  /** Where several layers compute a part of the columns each: the whole output, and the first of these. */
  readonly part?: { readonly of: Activation; readonly first: number };
  readonly relu?: boolean;
  /** w: [O, I], b: [O] */
  readonly parameters: Parameters;
  readonly tiling: Tiling;
  /** Another layer reads the same input, and its backward pass runs before this one's. */
  readonly adds?: boolean;
}

export function denseLayer(gpu: Gpu, options: DenseOptions): Layer {
  const { label, input, outputs: O, relu = false, parameters, tiling, adds = false } = options;
  const B = input.values.shape[0];
  const I = sizeOf(input.values.shape) / B;
  const output = options.part?.of ?? activation(gpu, label, [B, O], { relu, pool: 1 });
  const constants = { B, I, O, ALL: output.full.shape[1], FIRST: options.part?.first ?? 0 };
  const flops = 2 * B * I * O;
  const x = input.values;
  const { w, b, dw, db } = parameters;
  const dy = output.gradient!;
  const { suffix, rows, columns } = tilings[tiling];
  const form = tiling === "registers" ? denseQuadShader : denseShader;

  const forward: DispatchSpec = {
    label: `${label}.forward`,
    shader: form,
    entry: `forward${suffix}`,
    constants: { ...constants, RELU: Number(relu) },
    reads: { x, w, bias: b },
    writes: { y: output.full },
    workgroups: [groups(B, columns), groups(O, rows)],
    flops,
  };
  const backwardWeights: DispatchSpec = {
    label: `${label}.backward_weights`,
    shader: form,
    entry: `backward_weights${suffix}`,
    constants,
    reads: { x, dy },
    writes: { dw, dbias: db },
    workgroups: [groups(I, columns), groups(O, rows)],
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
      workgroups: [groups(B, columns), groups(I, rows)],
      flops,
    });
  }
  return { label, output, forward: [forward], backward };
}
