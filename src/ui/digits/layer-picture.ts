/** What a layer's tiles show: activations of one image, or a summary of parameters or their gradients. */
import type { LayerMaps, LayerWeights } from "../../studies/digits/port.ts";
import { rangeOf, type ColourRange } from "../elements/colour-scale.ts";
import type { Maps } from "../elements/tiles.ts";

/** Which image a view is of: as it is, with the trigger, or the second less the first. */
export type Mode = "clean" | "triggered" | "difference";
export const modes: readonly Mode[] = ["clean", "triggered", "difference"];

export type What = "activations" | "weights" | "gradients";
export const whats: readonly What[] = ["activations", "weights", "gradients"];

export interface LayerPicture {
  readonly maps: Maps;
  readonly range: ColourRange;
}

export function minus(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - b[i]);
}

export function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One channel's values, [height, width]. */
export function channelOf({ shape }: LayerMaps, values: Float32Array, channel: number) {
  const size = shape[1] * shape[2];
  return values.subarray(channel * size, (channel + 1) * size);
}

/** A layer's values without trigger and with it have one range, so that they can be compared. */
export function activationPicture(layer: LayerMaps, mode: Mode): LayerPicture {
  const [count, height, width] = layer.shape;
  const { clean, triggered } = layer;
  const values = mode === "difference" ? minus(triggered, clean) : layer[mode];
  const range =
    mode === "difference" ? rangeOf("diverging", values) : rangeOf("sequential", clean, triggered);
  return { maps: { values, count, height, width }, range };
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** The input channel whose kernel weighs most in an output channel. */
function strongestInput({ shape, w }: LayerWeights, output: number): number {
  const [, inputs, height, width] = shape;
  const size = height * width;
  const norms = Array.from({ length: inputs }, (_, input) =>
    norm(w.subarray((output * inputs + input) * size, (output * inputs + input + 1) * size)),
  );
  return norms.indexOf(Math.max(...norms));
}

/**
 * One tile an output: a filter's strongest kernel (its only one in the first layer), or the norm of a
 * unit's weights.
 */
export function parameterPicture(layer: LayerWeights): LayerPicture {
  const [count, inputs, height = 1, width = 1] = layer.shape;
  if (layer.kind === "dense") {
    const norms = Float32Array.from({ length: count }, (_, unit) =>
      norm(layer.w.subarray(unit * inputs, (unit + 1) * inputs)),
    );
    return {
      maps: { values: norms, count, height: 1, width: 1 },
      range: rangeOf("sequential", norms),
    };
  }
  const size = height * width;
  const values = new Float32Array(count * size);
  for (let output = 0; output < count; output++) {
    const kernel = (output * inputs + strongestInput(layer, output)) * size;
    values.set(layer.w.subarray(kernel, kernel + size), output * size);
  }
  return { maps: { values, count, height, width }, range: rangeOf("diverging", values) };
}

/**
 * All weights into one output: a kernel for each input channel, or, in a dense layer, a map for each
 * channel of the layer before it.
 * @param before [channels, height, width] of what the layer reads
 */
export function unitParameters(
  { kind, shape, w }: LayerWeights,
  output: number,
  before: readonly [number, number, number],
): Maps {
  const size = shape.slice(1).reduce((product, n) => product * n, 1);
  const values = w.subarray(output * size, (output + 1) * size);
  const [count, height, width] = kind === "conv" ? [shape[1], shape[2], shape[3]] : before;
  return { values, count, height, width };
}
