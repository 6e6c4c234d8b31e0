/** What each defence of the table makes of a network of the population: one number that grows with suspicion. */
import { activationClustering } from "../../../defences/activation-clustering.ts";
import { channelLipschitz } from "../../../defences/channel-lipschitz.ts";
import type { Materials } from "../../../defences/defence.ts";
import { maximumMargins } from "../../../defences/margin.ts";
import { neuralCleanse } from "../../../defences/neural-cleanse.ts";
import { pairwiseCleanse } from "../../../defences/pairwise-cleanse.ts";
import { WORKS, type MeasuredTrigger } from "../../../defences/reversed-triggers.ts";
import { spectralSignatures } from "../../../defences/spectral-signatures.ts";
import { strip } from "../../../defences/strip.ts";
import type { Hooks, Subject } from "../../../defences/subject.ts";
import { untargetedCleanse } from "../../../defences/untargeted-cleanse.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { DIGIT_SIZE } from "../../../models/digit-net.ts";

/** Clean images that the defenders of one network have, and images of its training set that they look at. */
export const DETECT = 200;
export const TRAINING = 3000;

/** A defence as the population is asked by it. */
export interface Asking {
  /** As the table of defences calls it. */
  readonly id: string;
  /** What its number is, in a few words. */
  readonly statistic: string;
  /** Whether it is asked unless told otherwise. */
  readonly usual: boolean;
  /** Whether it is shown triggered inputs, as one that judges inputs has to be. */
  readonly shown?: boolean;
  ask(
    gpu: Gpu,
    subject: Subject,
    materials: Materials,
    hooks: Hooks,
  ): Promise<{ readonly statistic: number; readonly passes: number }>;
}

/** A trigger that does nothing is small, too: it counts as one of the whole image. */
const pixelsOf = ({ l1, success }: MeasuredTrigger) => (success >= WORKS ? l1 : DIGIT_SIZE ** 2);

/** In order of what they cost. Searches but the full ones are shorter than those of `badnets defend`. */
export const askings: readonly Asking[] = [
  {
    id: "clp",
    statistic: "z of the loudest channel of the last convolution",
    usual: true,
    ask: async (gpu, subject) => {
      const { layers } = await channelLipschitz(gpu, subject, null);
      return { statistic: Math.max(...layers.at(-1)!.z), passes: 0 };
    },
  },
  {
    id: "spectral",
    statistic: "largest share of a class's variance along one direction",
    usual: true,
    ask: async (_gpu, _subject, { features, seed }, hooks) => {
      const found = await features(hooks);
      const { classes } = spectralSignatures(found, { seed });
      const passes = found.reduce((sum, { images }) => sum + images.length, 0);
      return { statistic: Math.max(...classes.map(({ explained }) => explained)), passes };
    },
  },
  {
    id: "clustering",
    statistic: "largest silhouette of a class",
    usual: true,
    ask: async (_gpu, _subject, { features, seed }, hooks) => {
      const found = await features(hooks);
      const { classes } = activationClustering(found, { seed });
      const passes = found.reduce((sum, { images }) => sum + images.length, 0);
      return { statistic: Math.max(...classes.map(({ silhouette }) => silhouette)), passes };
    },
  },
  {
    id: "strip",
    statistic: "share of triggered inputs that it rejects, at 5 % of clean ones",
    usual: true,
    shown: true,
    ask: async (gpu, subject, { detect, classes, seed, attack }, hooks) => {
      const limits = { overlays: 20, inputs: DETECT, rejected: 0.05 };
      const found = await strip(gpu, subject, detect, { ...limits, classes, seed, attack }, hooks);
      const inputs = found.clean.length + found.triggered!.length;
      return { statistic: 1 - found.falselyAccepted!, passes: limits.overlays * inputs };
    },
  },
  {
    id: "untargeted",
    statistic: "L1 of the one trigger that breaks all classes, negative",
    usual: true,
    ask: async (gpu, subject, { detect, seed }, hooks) => {
      const shorter = { steps: 240, images: 16, measured: DETECT };
      const found = await untargetedCleanse(gpu, subject, detect, { ...shorter, seed }, hooks);
      return { statistic: -pixelsOf(found), passes: found.passes };
    },
  },
  {
    id: "mmbd",
    statistic: "largest margin over the median one",
    usual: false,
    ask: async (gpu, subject, { classes, seed }, hooks) => {
      const { ratio, passes } = await maximumMargins(gpu, subject, { classes, seed }, hooks);
      return { statistic: ratio, passes };
    },
  },
  {
    id: "nc",
    statistic: "largest anomaly index of a class",
    usual: false,
    ask: async (gpu, subject, { detect, classes, seed }, hooks) => {
      const found = await neuralCleanse(gpu, subject, detect, { classes, seed }, hooks);
      const indices = found.classes.map(({ index }) => index);
      return { statistic: Math.max(...indices), passes: found.passes };
    },
  },
  {
    id: "pairs",
    statistic: "lowest L1 of a pair, negative",
    usual: false,
    ask: async (gpu, subject, { detect, classes, seed }, hooks) => {
      const found = await pairwiseCleanse(gpu, subject, detect, { classes, seed }, hooks);
      return { statistic: -Math.min(...found.pairs.map(pixelsOf)), passes: found.passes };
    },
  },
];
