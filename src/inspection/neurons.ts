/** Neurons as the inspection tools name them, and how they respond to the trigger. */
import type { ChannelSummary } from "../layers/statistics.ts";
import type { ParameterDescription } from "../models/description.ts";

/** A channel of a convolution (after pooling), or a unit of a dense layer. */
export interface NeuronId {
  readonly layer: string;
  readonly channel: number;
}

/** How a neuron responds to test images without and with the trigger. */
export interface NeuronResponse extends NeuronId {
  /** Mean activation after ReLU and pooling, over images and places. */
  readonly clean: number;
  readonly triggered: number;
  /** triggered - clean */
  readonly difference: number;
  /** Cohen's d: the difference over the root of the mean of both variances; 0 where both are 0. */
  readonly effect: number;
}

/** A neuron's output times `factor`, 0 to switch it off. */
export interface NeuronScale extends NeuronId {
  readonly factor: number;
}

/** A layer's channels over clean images, and over the same images with the trigger. */
export function compareResponses(
  layer: string,
  clean: readonly ChannelSummary[],
  triggered: readonly ChannelSummary[],
): NeuronResponse[] {
  return clean.map((without, channel) => {
    const withTrigger = triggered[channel];
    const difference = withTrigger.mean - without.mean;
    const spread = Math.sqrt((without.variance + withTrigger.variance) / 2);
    return {
      layer,
      channel,
      clean: without.mean,
      triggered: withTrigger.mean,
      difference,
      effect: spread === 0 ? 0 : difference / spread,
    };
  });
}

/**
 * @param parameters of the layers whose neurons may be scaled
 * @throws RangeError for a neuron that none of them has, or a negative factor
 */
export function checkNeurons(
  parameters: readonly ParameterDescription[],
  scales: readonly NeuronScale[],
): void {
  const outputs = new Map(parameters.map(({ label, shape }) => [label, shape[0]] as const));
  for (const { layer, channel, factor } of scales) {
    const inside = channel >= 0 && channel < (outputs.get(`${layer}.w`) ?? 0);
    if (!inside || !(factor >= 0 && Number.isFinite(factor))) {
      throw new RangeError(`there is no neuron ${channel} of ${layer} to multiply by ${factor}`);
    }
  }
}
