/** A network with neurons taken out of it, as parameters. */
import type { NeuronId } from "../inspection/neurons.ts";
import type { ParameterValues } from "../training/parameter-values.ts";

/**
 * Parameters with the weights into these neurons, and their biases, at 0: behind a ReLU they then are dark, and stay
 * so in further training. The ones given are left alone.
 */
export function withoutNeurons(
  parameters: ParameterValues,
  neurons: readonly NeuronId[],
): ParameterValues {
  const copies = new Map([...parameters].map(([label, values]) => [label, values.slice()]));
  for (const { layer, channel } of neurons) {
    const biases = copies.get(`${layer}.b`)!;
    const weights = copies.get(`${layer}.w`)!;
    const inputs = weights.length / biases.length;
    biases[channel] = 0;
    weights.fill(0, channel * inputs, (channel + 1) * inputs);
  }
  return copies;
}
