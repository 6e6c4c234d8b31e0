/**
 * Fine-Pruning (Liu et al., "Fine-pruning: defending against backdooring attacks on deep neural networks", RAID 2018):
 * which neurons does clean data not need? Those of one layer that clean images wake least are taken out one after the
 * other, until clean accuracy has fallen by as much as is allowed; what is left may be fine-tuned.
 */
import { measureAttack, measureClean, toRows } from "../backdoor/measure.ts";
import { targetOf } from "../backdoor/attack.ts";
import { everyImage } from "../data/order.ts";
import { percent } from "../format.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { ForwardPass } from "../inspection/forward-pass.ts";
import { outputShapes, type NetworkDescription } from "../models/description.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Defence, KnownAttack, Verdict } from "./defence.ts";
import type { Hooks, Subject } from "./subject.ts";
import {
  fineTuning,
  TUNING_EPOCHS,
  tuningInWords,
  type FineTuningFindings,
} from "./fine-tuning.ts";
import { fillPixels } from "./training-set.ts";
import { scaledParameters } from "../inspection/scaled-parameters.ts";

export interface FinePruningOptions {
  /** A convolution or dense layer, but the last. */
  readonly layer: string;
  /** Clean accuracy that may be lost on the images given; 0.01 is a point. */
  readonly tolerance?: number;
  /** Of fine-tuning afterwards; 0: none. */
  readonly epochs?: number;
  readonly classes: number;
  readonly seed: number;
  /** Its success is measured, and never made use of, where it is given. */
  readonly attack?: KnownAttack | null;
}

/** The network with so many neurons taken out. */
export interface PruningPoint {
  readonly pruned: number;
  readonly cleanAccuracy: number;
  readonly attackSuccess: number | null;
}

export interface FinePruningFindings {
  readonly layer: string;
  /** Neurons of the layer. */
  readonly neurons: number;
  readonly tolerance: number;
  /** Least active first; the first of them were taken out. */
  readonly ranking: readonly number[];
  /** By the number taken out, from 0; the last points may lie beyond what is allowed. */
  readonly curve: readonly PruningPoint[];
  readonly pruned: number;
  readonly tuning: FineTuningFindings | null;
}

/** Points at which the curve is taken at first; between the last two it is then taken neuron by neuron. */
const POINTS = 32;
/** Triggered images that a point of the curve is measured on. */
const MOST_TRIGGERED = 1000;

export async function finePruning(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  options: FinePruningOptions,
  hooks: Hooks = {},
): Promise<{ findings: FinePruningFindings; parameters: ParameterValues }> {
  const { layer, tolerance = 0.01, epochs = 0, classes, seed } = options;
  const walked = await pruningWalk(gpu, subject, images, { ...options, tolerance }, hooks);
  const { ranking, pruned } = walked;
  const dark = ranking.slice(0, pruned).map((channel) => ({ layer, channel, factor: 0 }));
  const left = scaledParameters(subject.parameters, dark);
  const base = { layer, neurons: ranking.length, tolerance, ...walked };
  if (epochs === 0) return { findings: { ...base, tuning: null }, parameters: left };
  const { description } = subject;
  const rest = { description, parameters: left };
  const tuned = await fineTuning(gpu, rest, images, { epochs, classes, seed }, hooks);
  return { findings: { ...base, tuning: tuned.findings }, parameters: tuned.parameters };
}

/** Ranks, and takes out more and more. */
async function pruningWalk(
  gpu: Gpu,
  { description, parameters }: Subject,
  images: LabelledImages,
  { layer, tolerance, classes, attack = null }: FinePruningOptions & { tolerance: number },
  { report, signal }: Hooks,
) {
  const scope = gpu.scope();
  try {
    const whole = await ForwardPass.build(scope, description, parameters);
    const woken = async (chosen: Uint32Array, mask?: Uint32Array) => {
      const fill = (i: number, into: Float32Array) => fillPixels(images, chosen[i], into, mask);
      const labels = Uint8Array.from(chosen, (i) => images.labels[i]);
      const between = () => signal?.throwIfAborted();
      const values = await whole.activations(layer, { count: chosen.length, fill }, between);
      return { labels, values };
    };
    const all = everyImage(images.count);
    const clean = await woken(all);
    const attacked = all
      .filter((i) => attack && targetOf(attack.policy, images.labels[i], classes) !== null)
      .slice(0, MOST_TRIGGERED);
    const triggered = attack && (await woken(attacked, attack.trigger));
    const neurons = parameters.get(`${layer}.b`)!.length;
    const ranking = leastActive(clean.values, images.count, neurons);
    // What lies below the layer stays as it is, so that only the rest is computed for each point.
    const rest = await ForwardPass.build(scope, behind(description, layer), parameters);
    const stride = Math.max(1, Math.round(neurons / POINTS));
    const points = Math.ceil(neurons / stride) + stride;
    const curve: PruningPoint[] = [];
    const measure = async (pruned: number): Promise<PruningPoint> => {
      const off = ranking.slice(0, pruned);
      const counts = async ({ labels, values }: typeof clean) =>
        confusionOf(
          await logitsWithout(rest, values, labels.length, neurons, off),
          labels,
          classes,
        );
      const accuracy = measureClean(await counts(clean)).accuracy;
      const success = triggered && measureAttack(await counts(triggered), attack.policy).success;
      signal?.throwIfAborted();
      const point = { pruned, cleanAccuracy: accuracy, attackSuccess: success };
      curve.push(point);
      report?.(curve.length, points);
      return point;
    };
    const pruned = await mostPruned(neurons, stride, tolerance, measure);
    curve.sort((a, b) => a.pruned - b.pruned);
    return { ranking, curve, pruned };
  } finally {
    scope.destroy();
  }
}

/** Neurons by their mean activation, the least first. @param values [images, neurons, places] */
export function leastActive(values: Float32Array, images: number, neurons: number): number[] {
  const places = values.length / images / neurons;
  const sums = new Float64Array(neurons);
  for (const [i, value] of values.entries()) sums[Math.floor(i / places) % neurons] += value;
  return Array.from(sums.keys()).sort((a, b) => sums[a] - sums[b] || a - b);
}

/** The network above a layer, whose output is its image. */
function behind(description: NetworkDescription, layer: string): NetworkDescription {
  const at = description.layers.findIndex(({ label }) => label === layer);
  return { input: outputShapes(description)[at], layers: description.layers.slice(at + 1) };
}

/** What the rest of the network makes of a layer's activations with some neurons dark. @returns [images, classes] */
async function logitsWithout(
  rest: ForwardPass,
  values: Float32Array,
  images: number,
  neurons: number,
  off: readonly number[],
): Promise<Float32Array> {
  const size = values.length / images;
  const places = size / neurons;
  return await rest.logits({
    count: images,
    fill: (image, into) => {
      into.set(values.subarray(image * size, (image + 1) * size));
      for (const neuron of off) into.fill(0, neuron * places, (neuron + 1) * places);
    },
  });
}

/** Row: true label; column: the largest logit's class. [classes, classes] */
function confusionOf(logits: Float32Array, labels: Uint8Array, classes: number): number[][] {
  const counts = toRows(new Uint32Array(classes * classes), classes);
  for (const [i, label] of labels.entries()) {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    counts[label][own.indexOf(Math.max(...own))] += 1;
  }
  return counts;
}

/** The number up to which accuracy stays within the tolerance, first in strides, then one by one. */
async function mostPruned(
  neurons: number,
  stride: number,
  tolerance: number,
  measure: (pruned: number) => Promise<PruningPoint>,
): Promise<number> {
  const least = (await measure(0)).cleanAccuracy - tolerance;
  const isEnough = async (pruned: number) => (await measure(pruned)).cleanAccuracy >= least;
  let most = 0;
  while (most + stride < neurons && (await isEnough(most + stride))) most += stride;
  const end = Math.min(most + stride, neurons);
  while (most + 1 < end && (await isEnough(most + 1))) most += 1;
  return most;
}

export function finePruningVerdict({
  layer,
  neurons,
  tolerance,
  curve,
  pruned,
  tuning,
}: FinePruningFindings): Verdict {
  const [first] = curve;
  const last = curve.find((point) => point.pruned === pruned)!;
  const success =
    first.attackSuccess === null || last.attackSuccess === null
      ? ""
      : `, attack success from ${percent(first.attackSuccess)} to ${percent(last.attackSuccess)}`;
  return {
    flagged: null,
    evidence:
      `The ${pruned} of ${neurons} neurons of ${layer} that clean images wake least were taken out, with ` +
      `${(100 * tolerance).toFixed(1)} points of clean accuracy allowed: it went from ${percent(first.cleanAccuracy)} ` +
      `to ${percent(last.cleanAccuracy)} on the defender's images${success}` +
      `${tuning ? `; then it was trained for ${tuningInWords(tuning)}` : ""}.`,
  };
}

/** Of our own networks the layer that the row names; of another one the last of its kind below the output. */
const layerOf = ({ layers }: NetworkDescription, kind: "conv" | "dense"): string | undefined =>
  layers.slice(0, -1).findLast((layer) => layer.kind === kind)?.label;

function pruningDefence(
  row: Pick<Defence, "id" | "name" | "question" | "cost" | "blindSpots">,
  kind: "conv" | "dense",
): Defence {
  return {
    ...row,
    layers: (network) => layerOf(network, kind) !== undefined,
    source: "Liu 2018",
    kind: "remove",
    needs: "images",
    // What lies above the layer, which each point of the curve takes, is little.
    work: ({ repair }) => ({ forward: 2 * repair, back: TUNING_EPOCHS * repair }),
    answer: async (gpu, subject, { repair, classes, attack, seed }, hooks) => {
      const layer = layerOf(subject.description, kind)!;
      const options = { layer, epochs: TUNING_EPOCHS, classes, attack, seed };
      const { findings, parameters } = await finePruning(gpu, subject, repair, options, hooks);
      return { findings, mended: parameters, ...finePruningVerdict(findings) };
    },
  };
}

export const finePruningDefence = pruningDefence(
  {
    id: "pruning",
    name: "Fine-Pruning of fc1",
    question: "Which units of fc1 does clean data not need, and does training mend the rest?",
    cost: 20,
    blindSpots:
      "It takes out what clean images leave dark: a backdoor in units that they use as well stays, and an attacker who knows of it puts it there.",
  },
  "dense",
);

export const convolutionPruningDefence = pruningDefence(
  {
    id: "pruning-conv2",
    name: "Fine-Pruning of conv2",
    question: "Which channels of conv2 does clean data not need, and does training mend the rest?",
    cost: 40,
    blindSpots:
      "The channels of conv2 that carry our backdoors are used by clean digits, too, so they are kept, and training on clean images does not unlearn them.",
  },
  "conv",
);
