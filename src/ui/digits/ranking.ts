/** Rankings of neurons by what the trigger does to them, and lists of neurons that are changed. */
import type {
  Look,
  NeuronId,
  NeuronReport,
  NeuronResponse,
  NeuronScale,
} from "../../studies/digits/port.ts";

import { channelOf, mean } from "./layer-picture.ts";

export type RankBy = "difference" | "effect";

export function sameNeuron(a: NeuronId | null, b: NeuronId | null): boolean {
  return a?.layer === b?.layer && a?.channel === b?.channel;
}

/** For sets and maps. */
export function neuronKey({ layer, channel }: NeuronId): string {
  return `${layer} ${channel}`;
}

export function neuronName({ layer, channel }: NeuronId): string {
  return `${layer} ${layer.startsWith("conv") ? "channel" : "unit"} ${channel}`;
}

/** Layers of a report, in order. */
export function layersOf({ neurons }: NeuronReport): string[] {
  return [...new Set(neurons.map(({ layer }) => layer))];
}

/**
 * Neurons that the trigger wakes most come first; what is no number comes last.
 * @param layer null: all
 */
export function rank(report: NeuronReport, by: RankBy, layer: string | null): NeuronResponse[] {
  const key = (neuron: NeuronResponse) => (Number.isNaN(neuron[by]) ? -Infinity : neuron[by]);
  return report.neurons
    .filter((neuron) => layer === null || neuron.layer === layer)
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return x === y ? 0 : y > x ? 1 : -1;
    });
}

/** 1 for a neuron that is left alone. */
export function factorOf(scaled: readonly NeuronScale[], neuron: NeuronId): number {
  return scaled.find((one) => sameNeuron(one, neuron))?.factor ?? 1;
}

/** The list with one neuron changed; a factor of 1 takes it off the list. */
export function withFactor(
  scaled: readonly NeuronScale[],
  { layer, channel }: NeuronId,
  factor: number,
): NeuronScale[] {
  const others = scaled.filter((one) => !sameNeuron(one, { layer, channel }));
  return factor === 1 ? others : [...others, { layer, channel, factor }];
}

/** The first n of a ranking switched off, and nothing else changed. */
export function switchedOff(ranking: readonly NeuronId[], n: number): NeuronScale[] {
  return ranking.slice(0, n).map(({ layer, channel }) => ({ layer, channel, factor: 0 }));
}

/** Enough to point at the backdoor, few enough to see each. */
const MOST_SUSPECTS = 12;

/**
 * The neurons that the trigger wakes most, by effect size, if it wakes any by a full deviation.
 * @param look only those that it wakes in this image too; null: over all images
 */
export function suspects(report: NeuronReport, look: Look | null): NeuronId[] {
  return rank(report, "effect", null)
    .filter((neuron) => neuron.effect >= 1 && (look === null || risesIn(look, neuron)))
    .slice(0, MOST_SUSPECTS);
}

/** The order in which neurons are gone through: what the trigger wakes in this image comes first. */
export function byImage(report: NeuronReport, look: Look | null): NeuronId[] {
  const all = rank(report, "effect", null);
  if (!look) return all;
  return [
    ...all.filter((neuron) => risesIn(look, neuron)),
    ...all.filter((neuron) => !risesIn(look, neuron)),
  ];
}

/** Whether the trigger makes a neuron more active in an image. */
function risesIn(look: Look, { layer, channel }: NeuronId): boolean {
  const maps = look.layers.find(({ label }) => label === layer);
  if (!maps) return false;
  const [clean, triggered] = [maps.clean, maps.triggered].map((values) =>
    mean(channelOf(maps, values, channel)),
  );
  return triggered > clean;
}
