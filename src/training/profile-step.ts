/** Profiles a trainer's step: which pass a kernel belongs to. */
import { profile, type Profile, type ProfileOptions } from "../gpu/profile.ts";
import type { StepTrainer } from "./step-trainer.ts";

export type Pass = "batch" | "forward" | "loss" | "backward" | "update";

/** The part of the training step that a kernel belongs to. */
export function passOf({ label }: { readonly label: string }): Pass {
  if (/^(batch|scene)\./.test(label)) return "batch";
  if (/^loss\b/.test(label)) return "loss";
  if (/^(sgd|adam)\./.test(label)) return "update";
  return label.includes(".backward") ? "backward" : "forward";
}

/**
 * Profiles the training step.
 * @param trainer one of its own: profiling trains it, though what a round changes is put back
 */
export async function profileStep(
  trainer: StepTrainer,
  options: Omit<ProfileOptions, "passOf" | "prepare">,
): Promise<Profile> {
  await trainer.train(trainer.step + 1);
  const state = await trainer.snapshot();
  if (!state) throw new Error("the first step was not finite");
  const prepare = () => trainer.load(state);
  return await profile(trainer.gpu, trainer.trainStep, { ...options, passOf, prepare });
}
