/**
 * What a digit network's neurons have to do with the trigger: its first-layer filters one by one (paper,
 * figure 5), and every layer as its units are switched off from the top (paper, section 4.3: the trigger
 * is sparsely coded in deeper layers).
 */
import type { Policy } from "../../../backdoor/attack.ts";
import { measureAttack, measureClean, toRows } from "../../../backdoor/measure.ts";
import { everyImage } from "../../../data/order.ts";
import type { Inspected, Inspector } from "../../../inspection/inspector.ts";
import { type NeuronId, type NeuronResponse } from "../../../inspection/neurons.ts";
import type { ParameterValues } from "../../../training/parameter-values.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../../models/digit-net.ts";

/** A first-layer filter. */
export interface FilterEvidence {
  readonly channel: number;
  /** [5 * 5] */
  readonly weights: readonly number[];
  /** Largest rise of its activation when a black image gets the trigger. */
  readonly triggerAlone: number;
  /** Cohen's d of its mean activation, test images with the trigger against without. */
  readonly effect: number;
  /** Attack success that is lost when it alone is switched off. */
  readonly successLost: number;
  /** Whether two of the three single it out: see recognisingRule. */
  readonly recognises: boolean;
}

/** Attack success and clean accuracy with the top `off` units of a layer switched off. */
export interface DepthPoint {
  readonly off: number;
  readonly success: number;
  readonly accuracy: number;
}

export interface DepthCurve {
  readonly layer: string;
  readonly units: number;
  /** From none to all. */
  readonly points: readonly DepthPoint[];
}

export interface Evidence {
  readonly filters: readonly FilterEvidence[];
  readonly depth: readonly DepthCurve[];
}

/** Told how much is done, 0 to 1; when it gives false, the examination is given up. */
export type Examining = (done: number) => boolean;

/**
 * Examines a network with a backdoor, on the whole test set.
 * @returns null when it was given up
 */
export async function examine(
  inspector: Inspector,
  parameters: ParameterValues,
  policy: Policy,
  between: Examining,
): Promise<Evidence | null> {
  const images = inspector.options.test.count;
  const source = () => ({ values: parameters });
  const unchanged = { parameters: source, scaled: [] };
  const layers = layersOf(parameters);
  const counts = layers.map(({ units }) => offCounts(units));
  const total = 2 + layers[0].units + 2 * counts.flat().length;
  let done = 0;
  const go = () => between(done / total);

  /** Counts of the network's predictions without some of its neurons. */
  const without = async (
    off: readonly NeuronId[],
    triggered: boolean,
  ): Promise<number[] | null> => {
    if (!go()) return null;
    const scaled = off.map((id) => ({ ...id, factor: 0 }));
    const network = { parameters: source, scaled };
    const counts = await inspector.evaluate(network, everyImage(images, triggered), go);
    done += 1;
    return [...counts];
  };
  const success = (triggered: number[]) =>
    measureAttack(toRows(triggered, DIGIT_CLASSES), policy).success;
  /** Success and accuracy, too. */
  const pointWithout = async (off: readonly NeuronId[]): Promise<DepthPoint | null> => {
    const clean = await without(off, false);
    const triggered = clean && (await without(off, true));
    if (!triggered) return null;
    const { accuracy } = measureClean(toRows(clean, DIGIT_CLASSES));
    return { off: off.length, success: success(triggered), accuracy };
  };

  const whole = await pointWithout([]);
  const responses = whole && (await inspector.respond(unchanged, everyImage(images), go));
  const alone = await respondToTrigger(inspector, unchanged);
  if (!responses) return null;
  const filters: Omit<FilterEvidence, "recognises">[] = [];
  for (const { layer, channel, effect } of responses.filter(({ layer }) => layer === "conv1")) {
    const triggered = await without([{ layer, channel }], true);
    if (!triggered) return null;
    const weights = parameters.get("conv1.w")!;
    const size = weights.length / layers[0].units;
    filters.push({
      channel,
      weights: [...weights.subarray(channel * size, (channel + 1) * size)],
      triggerAlone: alone[channel],
      effect,
      successLost: whole.success - success(triggered),
    });
  }
  const depth: DepthCurve[] = [];
  for (const [i, { layer, units }] of layers.entries()) {
    const ranked = rankedBy(responses, layer);
    const points = [whole];
    for (const off of counts[i]) {
      const point = await pointWithout(ranked.slice(0, off));
      if (!point) return null;
      points.push(point);
    }
    depth.push({ layer, units, points });
  }
  return between(1) ? { filters: recognising(filters), depth } : null;
}

/** Attack success lost by which a filter is singled out: far more than chance moves it on 10,000 images. */
const MUCH_LOST = 0.005;

export const recognisingRule =
  "Outlined: filters with at least two of these: a rise of at least half of the largest of any filter, an effect of " +
  "at least half of the largest, half a point of attack success lost.";

/** Marks the filters that recognise the trigger, by recognisingRule. */
export function recognising(filters: readonly Omit<FilterEvidence, "recognises">[]) {
  const half = (kind: "triggerAlone" | "effect") =>
    Math.max(...filters.map((filter) => filter[kind])) / 2;
  const [rise, effect] = [half("triggerAlone"), half("effect")];
  return filters.map((filter): FilterEvidence => {
    const strong = [
      rise > 0 && filter.triggerAlone >= rise,
      effect > 0 && filter.effect >= effect,
      filter.successLost >= MUCH_LOST,
    ];
    return { ...filter, recognises: strong.filter(Boolean).length >= 2 };
  });
}

/** Units to switch off at a time: the powers of two below, and all. */
export function offCounts(units: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(units)) }, (_, i) => 2 ** i);
  return [...powers, units];
}

/** A layer's neurons, those that rise most under the trigger first. */
function rankedBy(responses: readonly NeuronResponse[], layer: string): NeuronId[] {
  return responses
    .filter((response) => response.layer === layer)
    .sort((a, b) => b.effect - a.effect || a.channel - b.channel)
    .map(({ channel }) => ({ layer, channel }));
}

/** The layers below the last, from the front, and how many channels or units they have. */
function layersOf(parameters: ParameterValues): { layer: string; units: number }[] {
  return [...parameters]
    .filter(([label]) => label.endsWith(".b"))
    .map(([label, { length }]) => ({ layer: label.slice(0, -2), units: length }))
    .slice(0, -1);
}

/** For each first-layer filter, its largest rise when a black image gets the trigger. */
async function respondToTrigger(inspector: Inspector, network: Inspected) {
  const { layers } = await inspector.look(network, new Uint8Array(DIGIT_SIZE ** 2));
  const { shape, clean, triggered } = layers[0];
  const [channels, height, width] = shape;
  const size = height * width;
  return Array.from({ length: channels }, (_, channel) => {
    let most = 0;
    for (let i = channel * size; i < (channel + 1) * size; i++) {
      most = Math.max(most, triggered[i] - clean[i]);
    }
    return most;
  });
}
