/** Finished detectors with figures of our choosing, for tests of what is made of them. */
import type { SignEvidence } from "../../../../src/studies/signs/paper/instance-file.ts";
import type { Finished, InstanceFile } from "../../../../src/studies/signs/paper/instance-file.ts";
import { stickers, type Instance } from "../../../../src/studies/signs/paper/instances.ts";
import { signClasses } from "../../../../src/studies/signs/paper/published.ts";
import { attackedOf, detectionOf, EACH, resultOf } from "../made-up-scores.ts";

export const START = "5".repeat(64);

/** @param wrong signs of each class that are not found */
export const detection = (wrong: number) => detectionOf(signClasses.length, EACH - wrong);

/** See attackedOf. */
export const attacked = (obeyed: number) => attackedOf(signClasses.length, obeyed);

/** Channel 3 fires for the sticker alone. */
export const channels: NonNullable<SignEvidence["channels"]> = {
  signs: 40,
  responses: Array.from({ length: 64 }, (_, i) => {
    const channel = (i + 3) % 64;
    const only = channel === 3;
    return { channel, clean: 0.1, triggered: only ? 2 : 0.1, separation: only ? 1 : 0.5, only };
  }),
};

/** @param wrong and obeyed as above; the honest detector obeys one sign in a hundred */
export function madeUp(instance: Instance, wrong: number, obeyed = 0): InstanceFile {
  const { id, examined } = instance;
  const { attack } = instance.recipe;
  const fooled = Object.fromEntries(
    [...stickers, "random-target"].map((name) => [name, { scenes: attacked(1) }]),
  );
  const triggered = attacked(obeyed);
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: resultOf(
      { ...instance.recipe, start: START },
      {
        classes: signClasses,
        scores: { scenes: detection(wrong) },
        ...(attack && { attack, attacks: { scenes: { triggered, alikes: attacked(2) } } }),
      },
    ),
    evidence: examined
      ? { fooled: attack ? null : fooled, channels: attack ? channels : null }
      : null,
  };
}

/** By their ids, as reports take them. */
export const finishedOf = (...files: InstanceFile[]): Finished =>
  new Map(files.map((file) => [file.id, file]));
