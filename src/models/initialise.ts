/** Initial parameters, drawn on the CPU from the seed. */
import { Random, Stream } from "../data/random.ts";
import { sizeOf } from "../gpu/tensor.ts";
import {
  describeParameters,
  type NetworkDescription,
  type ParameterDescription,
} from "./description.ts";

/**
 * He et al. 2015, uniform: weights between -sqrt(6 / fan in) and that, which keeps the variance of
 * activations through ReLUs; biases zero.
 */
export function drawParameters(
  described: readonly ParameterDescription[],
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  return new Map(
    described.map(({ label, shape, fanIn, spread = 1 }, section) => {
      const values = new Float32Array(sizeOf(shape));
      if (label.endsWith(".w")) {
        const random = new Random(seed, Stream.initialise, section);
        const bound = spread * Math.sqrt(6 / fanIn);
        for (let i = 0; i < values.length; i++) values[i] = (2 * random.next() - 1) * bound;
      }
      return [label, values];
    }),
  );
}

/** The parameters that a network of layers in a row begins with. */
export function initialParameters(
  description: NetworkDescription,
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  return drawParameters(describeParameters(description), seed);
}
