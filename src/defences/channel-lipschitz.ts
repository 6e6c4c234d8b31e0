/**
 * Channel Lipschitz pruning (CLP; Zheng et al., "Data-free backdoor removal based on channel Lipschitzness", ECCV
 * 2022): which channels of a convolution amplify most? Those far above their layer's others are taken out. It needs
 * no image, and computes nothing but the weights' singular values.
 */
import type { Gpu } from "../gpu/gpu.ts";
import type { NeuronId } from "../inspection/neurons.ts";
import { describeParameters, type NetworkDescription } from "../models/description.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Defence, Verdict } from "./defence.ts";
import type { Hooks, Subject } from "./subject.ts";
import { symmetricEigen } from "./eigenvectors.ts";
import { scaledParameters } from "../inspection/scaled-parameters.ts";

export interface ChannelLipschitzOptions {
  /** Standard deviations above the layer's mean at which a channel goes; the paper's is 3. */
  readonly u?: number;
}

export interface LipschitzLayer {
  readonly layer: string;
  /** Spectral norm of each channel's filter as a matrix, [inputs, kernel * kernel]: its bound of amplification. */
  readonly norms: readonly number[];
  /** (norm - mean) / standard deviation (over n - 1), of the layer's channels; 0 where all are alike. */
  readonly z: readonly number[];
}

export interface ChannelLipschitzFindings {
  readonly u: number;
  /** Convolutions, in order. */
  readonly layers: readonly LipschitzLayer[];
  /** Channels above u. */
  readonly pruned: readonly NeuronId[];
}

/** Of the contract's arguments it uses the network alone. */
export function channelLipschitz(
  _gpu: Gpu | null,
  { description, parameters }: Subject,
  _images: LabelledImages | null,
  { u = 3 }: ChannelLipschitzOptions = {},
  { report, signal }: Hooks = {},
): Promise<ChannelLipschitzFindings> {
  const convolutions = filterShapes(description);
  const layers = convolutions.map(({ layer, inputs, area }, i): LipschitzLayer => {
    signal?.throwIfAborted();
    const filters = parameters.get(`${layer}.w`)!;
    const size = inputs * area;
    const norms = Array.from({ length: filters.length / size }, (_, channel) =>
      spectralNorm(filters.subarray(channel * size, (channel + 1) * size), inputs, area),
    );
    report?.(i + 1, convolutions.length);
    return { layer, norms, z: deviations(norms) };
  });
  const pruned = layers.flatMap(({ layer, z }) =>
    z.flatMap((value, channel) => (value > u ? [{ layer, channel }] : [])),
  );
  return Promise.resolve({ u, layers, pruned });
}

function filterShapes(description: NetworkDescription) {
  return describeParameters(description).flatMap(({ label, shape: [, inputs, height, width] }) =>
    height === undefined ? [] : [{ layer: label.slice(0, -2), inputs, area: height * width }],
  );
}

/** Largest singular value of a matrix, [rows, columns], by the eigenvalues of its smaller Gram matrix. */
export function spectralNorm(matrix: Float32Array, rows: number, columns: number): number {
  const n = Math.min(rows, columns);
  const at = (i: number, k: number) =>
    rows <= columns ? matrix[i * columns + k] : matrix[k * columns + i];
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < Math.max(rows, columns); k++) gram[i * n + j] += at(i, k) * at(j, k);
  return Math.sqrt(Math.max(0, symmetricEigen(gram, n).values[0]));
}

function deviations(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const spread = Math.sqrt(squares / Math.max(1, values.length - 1));
  return values.map((value) => (spread === 0 ? 0 : (value - mean) / spread));
}

/** The largest z of all layers, and the next in the same layer. */
export function channelLipschitzVerdict({ u, layers, pruned }: ChannelLipschitzFindings): Verdict {
  const largest = layers.map(({ layer, z }) => {
    const [first, second] = z
      .map((value, channel) => ({ value, channel }))
      .sort((a, b) => b.value - a.value);
    return `channel ${first.channel} of ${layer} z ${first.value.toFixed(2)} (next ${second?.value.toFixed(2) ?? "none"})`;
  });
  const taken = pruned.map(({ layer, channel }) => `channel ${channel} of ${layer}`).join(", ");
  return {
    flagged: pruned.length > 0,
    evidence: `Highest are ${largest.join(" and ")}; above ${u}, and taken out: ${taken || "none"}.`,
  };
}

export const channelLipschitzDefence: Defence = {
  id: "clp",
  name: "Channel Lipschitz pruning",
  question: "Which channels of a convolution amplify far more than the others of their layer?",
  source: "Zheng 2022",
  kind: "remove",
  needs: "nothing",
  layers: (network) => filterShapes(network).length > 0,
  cost: 0,
  work: () => ({ forward: 0, back: 0 }),
  blindSpots:
    "It sees weights alone: a backdoor spread over several channels, or in dense layers, passes, and a loud channel that clean digits need goes like any other.",
  answer: async (gpu, subject, { detect }, hooks) => {
    const findings = await channelLipschitz(gpu, subject, detect, {}, hooks);
    const mended = scaledParameters(
      subject.parameters,
      findings.pruned.map((neuron) => ({ ...neuron, factor: 0 })),
    );
    return { findings, mended, ...channelLipschitzVerdict(findings) };
  },
};
