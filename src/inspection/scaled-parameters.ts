/** A network's parameters with neurons scaled, on the CPU; NeuronScaler does the same on the device. */
import type { ParameterValues } from "../training/parameter-values.ts";
import type { NeuronScale } from "./neurons.ts";

/**
 * Multiplies the weights into these neurons, and their biases: with a ReLU behind them, their outputs. At factor 0 they
 * are dark, and stay so in further training. The parameters given are left alone, and layers without any are shared.
 */
export function scaledParameters(
  parameters: ParameterValues,
  scaled: readonly NeuronScale[],
): ParameterValues {
  const labels = new Set(scaled.flatMap(({ layer }) => [`${layer}.w`, `${layer}.b`]));
  const copies = new Map(
    [...parameters].map(([label, values]) => [label, labels.has(label) ? values.slice() : values]),
  );
  for (const { layer, channel, factor } of scaled) {
    const biases = copies.get(`${layer}.b`)!;
    const weights = copies.get(`${layer}.w`)!;
    const inputs = weights.length / biases.length;
    // A weight times 0 would be -0 where it is negative.
    const times = (value: number) => (factor === 0 ? 0 : factor * value);
    biases[channel] = times(biases[channel]);
    for (let i = channel * inputs; i < (channel + 1) * inputs; i++) weights[i] = times(weights[i]);
  }
  return copies;
}
