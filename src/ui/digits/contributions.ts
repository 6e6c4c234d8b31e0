/** Which channels feed a neuron most: by the size of the weights times what flows through them. */
import type { LayerMaps, LayerWeights, NeuronId } from "../../studies/digits/port.ts";
import { channelOf, mean, minus, type Mode } from "./layer-picture.ts";

export interface Contribution extends NeuronId {
  /** Of the sum over all inputs, 0 to 1. */
  readonly share: number;
}

/** 2 x 2 maxima. @param values [height, width] */
export function pooled(values: Float32Array, height: number, width: number): Float32Array {
  const columns = width / 2;
  return Float32Array.from({ length: (height * width) / 4 }, (_, i) => {
    const at = 2 * Math.floor(i / columns) * width + 2 * (i % columns);
    return Math.max(values[at], values[at + 1], values[at + width], values[at + width + 1]);
  });
}

/** What a layer hands on for one channel: its pooled map, or its value. A map of odd sides stays whole. */
function output(layer: LayerMaps, channel: number, mode: Mode): Float32Array {
  const of = (values: Float32Array) => {
    const map = channelOf(layer, values, channel);
    const [, height, width] = layer.shape;
    const isHalved = layer.kind === "conv" && height % 2 === 0 && width % 2 === 0;
    return isHalved ? pooled(map, height, width) : map;
  };
  return mode === "difference"
    ? minus(of(layer.triggered), of(layer.clean))
    : of(mode === "clean" ? layer.clean : layer.triggered);
}

/**
 * The inputs of a neuron that contribute most, largest first; none that contribute nothing.
 * @param before the layer that the neuron's layer reads
 */
export function strongestInputs(
  channel: number,
  weights: LayerWeights,
  before: LayerMaps,
  mode: Mode,
  most = 6,
): Contribution[] {
  const inputs = before.shape[0];
  const per = weights.w.length / weights.shape[0] / inputs;
  const sizes = Array.from({ length: inputs }, (_, input) => {
    const values = output(before, input, mode).map(Math.abs);
    const start = (channel * inputs + input) * per;
    const w = weights.w.subarray(start, start + per).map(Math.abs);
    // A kernel meets every place of a map; a dense unit has a weight for each, where nothing else lies between.
    return weights.kind === "conv" || values.length !== per
      ? mean(w) * mean(values)
      : w.reduce((sum, weight, i) => sum + weight * values[i], 0);
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes
    .map((size, input) => ({ layer: before.label, channel: input, share: size / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}
