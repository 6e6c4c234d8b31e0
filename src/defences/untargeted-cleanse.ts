/** Untargeted Neural Cleanse: one mask and pattern under which every image is read as something that it is not. */
import { percent } from "../format.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Defence, Verdict } from "./defence.ts";
import { numbersWhere } from "./image-batches.ts";
import type { InversionSettings } from "./inversion.ts";
import { reverseTriggers, WORKS, type MeasuredTrigger } from "./reversed-triggers.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface UntargetedOptions extends Partial<InversionSettings> {
  readonly seed: number;
  /** L1 of the mask, in pixels, below which the network is suspicious. */
  readonly pixels?: number;
}

export interface UntargetedFindings extends MeasuredTrigger {
  readonly pixels: number;
  readonly flagged: boolean;
  /** Images that went forward and back. */
  readonly passes: number;
}

/** Images: of a step. `measured`: those that the trigger is measured on at the end. */
const usual = { steps: 480, images: 64, measured: 1000 };

/** @param images clean ones */
export async function untargetedCleanse(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  { pixels = 20, ...given }: UntargetedOptions,
  hooks: Hooks = {},
): Promise<UntargetedFindings> {
  const settings = { ...usual, ...given };
  const jobs = [{ target: null, images: numbersWhere(images, () => true) }];
  const reversal = await reverseTriggers(gpu, subject, images, jobs, settings, hooks);
  const [trigger] = reversal.triggers;
  const flagged = trigger.l1 < pixels && trigger.success >= WORKS;
  return { ...trigger, pixels, flagged, passes: reversal.passes };
}

export function untargetedVerdict({ l1, success, pixels, flagged }: UntargetedFindings): Verdict {
  const figures = `${l1.toFixed(1)} pixels make ${percent(success, 1)} of the images wrong`;
  return {
    flagged,
    evidence: flagged
      ? `One trigger breaks all classes: ${figures}, where an honest network takes far more than ${pixels}.`
      : `No small trigger breaks all classes: ${figures}.`,
  };
}

export const untargetedDefence: Defence = {
  id: "untargeted",
  name: "Untargeted Neural Cleanse",
  question: "Is there one small trigger that makes the network read every image wrongly?",
  source: "after Wang 2019",
  kind: "find",
  needs: "images",
  cost: 55,
  work: () => ({ forward: 0, back: usual.steps * usual.images }),
  blindSpots:
    "The target's own images never turn in an all to one attack, and other classes never in one on a single class, so that it sees all to all attacks only.",
  answer: async (gpu, subject, { detect, seed }, hooks) => {
    const findings = await untargetedCleanse(gpu, subject, detect, { seed }, hooks);
    return { findings, mended: null, ...untargetedVerdict(findings) };
  },
};
