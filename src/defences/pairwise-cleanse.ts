/**
 * Pairwise Neural Cleanse: a trigger for each pair of source and target class, sought on images of the source alone.
 * It sees what differs from class to class: attacks that are all to all, and those on one class.
 */
import type { Gpu } from "../gpu/gpu.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Defence, Verdict } from "./defence.ts";
import { numbersWhere } from "./image-batches.ts";
import type { InversionSettings } from "./inversion.ts";
import { reverseTriggers, WORKS, type MeasuredTrigger } from "./reversed-triggers.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface PairwiseOptions extends Partial<InversionSettings> {
  readonly classes: number;
  readonly seed: number;
  /** L1 of a mask, in pixels, below which a pair is suspicious. */
  readonly pixels?: number;
}

export interface CleansedPair extends MeasuredTrigger {
  readonly source: number;
  readonly target: number;
  readonly flagged: boolean;
}

export interface PairwiseFindings {
  /** Source by source, and target by target. */
  readonly pairs: readonly CleansedPair[];
  /** L1 below which a pair is flagged. */
  readonly pixels: number;
  /** Images that went forward and back. */
  readonly passes: number;
}

/** Images: of a step, for each pair. `measured`: those of a source that a trigger is measured on at the end. */
const usual = { steps: 240, images: 5, measured: 50 };

/** @param images clean ones, with some of each class */
export async function pairwiseCleanse(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  { classes, pixels = 13, ...given }: PairwiseOptions,
  hooks: Hooks = {},
): Promise<PairwiseFindings> {
  const settings = { ...usual, ...given };
  const labels = Array.from({ length: classes }, (_, label) => label);
  const jobs = labels.flatMap((source) => {
    const own = numbersWhere(images, (label) => label === source);
    return labels
      .filter((target) => target !== source)
      .map((target) => ({ source, target, images: own }));
  });
  const reversal = await reverseTriggers(gpu, subject, images, jobs, settings, hooks);
  const pairs = jobs.map(({ source, target }, i) => {
    const trigger = reversal.triggers[i];
    const flagged = trigger.l1 < pixels && trigger.success >= WORKS;
    return { ...trigger, source, target, flagged };
  });
  return { pairs, pixels, passes: reversal.passes };
}

/** Pairs that a sentence names. */
const NAMED = 12;

export function pairwiseVerdict({ pairs, pixels }: PairwiseFindings): Verdict {
  const sorted = pairs.toSorted((a, b) => a.l1 - b.l1);
  const flagged = sorted.filter((one) => one.flagged);
  const named = flagged
    .slice(0, NAMED)
    .map(({ source, target, l1 }) => `${source} to ${target} (${l1.toFixed(1)})`);
  const { source, target, l1 } = sorted[0];
  return {
    flagged: flagged.length > 0,
    evidence:
      flagged.length > 0
        ? `${flagged.length} of ${pairs.length} pairs turn under fewer than ${pixels} pixels: ${named.join(", ")}` +
          `${flagged.length > NAMED ? " and more" : ""}.`
        : `No pair turns under fewer than ${pixels} pixels; the nearest, ${source} to ${target}, takes ${l1.toFixed(1)}.`,
  };
}

export const pairwiseDefence: Defence = {
  id: "pairs",
  name: "Pairwise Neural Cleanse",
  question:
    "Is there a pair of classes of which one turns into the other under a handful of pixels?",
  source: "after Wang 2019",
  kind: "find",
  needs: "images",
  cost: 90,
  work: ({ classes }) => ({
    forward: 0,
    back: classes * (classes - 1) * usual.steps * usual.images,
  }),
  blindSpots:
    "Digits are near to one another by nature, 1 to 4, 7 and 8 above all, so the limit in pixels is one of these digits; a trigger that covers more than it is not seen.",
  answer: async (gpu, subject, { detect, classes, seed }, hooks) => {
    const findings = await pairwiseCleanse(gpu, subject, detect, { classes, seed }, hooks);
    return { findings, mended: null, ...pairwiseVerdict(findings) };
  },
};
