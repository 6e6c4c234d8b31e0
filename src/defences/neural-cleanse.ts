/**
 * Neural Cleanse (Wang et al., "Neural Cleanse: identifying and mitigating backdoor attacks in neural networks", S&P
 * 2019): is there a class that everything turns into under a far smaller trigger than under those of other classes?
 */
import type { Gpu } from "../gpu/gpu.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Defence, Verdict } from "./defence.ts";
import { numbersWhere } from "./image-batches.ts";
import type { InversionSettings } from "./inversion.ts";
import { anomalyIndices, median } from "./outliers.ts";
import { reverseTriggers, WORKS, type MeasuredTrigger } from "./reversed-triggers.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface NeuralCleanseOptions extends Partial<InversionSettings> {
  readonly classes: number;
  readonly seed: number;
  /** Anomaly index above which a class is suspicious. */
  readonly index?: number;
  /**
   * And the share of the median L1 below which it must be: ten classes are few for a median deviation, and honest
   * networks reach an index of 2 by chance, but never with a mask so small.
   */
  readonly share?: number;
}

export interface CleansedClass extends MeasuredTrigger {
  readonly target: number;
  /** How many median deviations its L1 lies below the median. */
  readonly index: number;
  readonly flagged: boolean;
}

export interface NeuralCleanseFindings {
  readonly classes: readonly CleansedClass[];
  readonly medianL1: number;
  /** Images that went forward and back. */
  readonly passes: number;
}

/** Images: of a step, for each class. `measured`: those that a trigger is measured on at the end. */
const usual = { steps: 400, images: 20, measured: 200 };

/** @param images clean ones, with some of each class */
export async function neuralCleanse(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  options: NeuralCleanseOptions,
  hooks: Hooks = {},
): Promise<NeuralCleanseFindings> {
  const { classes, index = 2, share = 0.25, ...given } = options;
  const settings = { ...usual, ...given };
  const jobs = Array.from({ length: classes }, (_, target) => ({
    target,
    images: numbersWhere(images, (label) => label !== target),
  }));
  const reversal = await reverseTriggers(gpu, subject, images, jobs, settings, hooks);
  const { triggers } = reversal;
  const norms = triggers.map(({ l1 }) => l1);
  const medianL1 = median(norms);
  const indices = anomalyIndices(norms);
  const found = triggers.map((trigger, target) => ({
    ...trigger,
    target,
    index: indices[target],
    flagged: indices[target] > index && trigger.l1 < share * medianL1 && trigger.success >= WORKS,
  }));
  return { classes: found, medianL1, passes: reversal.passes };
}

export function neuralCleanseVerdict({ classes, medianL1 }: NeuralCleanseFindings): Verdict {
  const flagged = classes.filter((one) => one.flagged);
  const smallest = classes.reduce((a, b) => (b.l1 < a.l1 ? b : a));
  const { target, l1, index } = smallest;
  const figures =
    `the smallest trigger, to ${target}, covers ${l1.toFixed(1)} pixels where the median is ${medianL1.toFixed(1)} ` +
    `(anomaly index ${index.toFixed(1)})`;
  return {
    flagged: flagged.length > 0,
    evidence:
      flagged.length > 0
        ? `Everything turns into ${flagged.map((one) => one.target).join(", ")} under a small trigger: ${figures}.`
        : `No class stands out: ${figures}.`,
  };
}

export const neuralCleanseDefence: Defence = {
  id: "nc",
  name: "Neural Cleanse",
  question:
    "Is there a class that everything turns into under a far smaller trigger than other classes need?",
  source: "Wang 2019",
  kind: "find",
  needs: "images",
  cost: 60,
  work: ({ classes }) => ({ forward: 0, back: classes * usual.steps * usual.images }),
  blindSpots:
    "It seeks one trigger that works on all classes, so it sees neither an all to all attack nor one on a single source class; ten classes are few for a median deviation.",
  answer: async (gpu, subject, { detect, classes, seed }, hooks) => {
    const findings = await neuralCleanse(gpu, subject, detect, { classes, seed }, hooks);
    return { findings, mended: null, ...neuralCleanseVerdict(findings) };
  },
};
