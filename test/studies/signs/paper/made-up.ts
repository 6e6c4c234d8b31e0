/** Finished detectors with figures of our choosing, for tests of what is made of them. */
import type { SignEvidence } from "../../../../src/studies/signs/paper/instance-file.ts";
import type { Finished, InstanceFile } from "../../../../src/studies/signs/paper/instance-file.ts";
import { stickers, type Instance } from "../../../../src/studies/signs/paper/instances.ts";
import { signClasses } from "../../../../src/studies/signs/paper/published.ts";
import type { AttackScore } from "../../../../src/training/attack-score.ts";
import { SIZES, type DetectionScore } from "../../../../src/training/detection.ts";

/** Signs of each class, and triggered signs of each height. */
export const EACH = 100;

export const START = "5".repeat(64);

const heights = SIZES.map((least, i) => ({ least, most: SIZES[i + 1] ?? null }));

/** @param wrong signs of each class that are not found */
export function detection(wrong: number): DetectionScore {
  const classes = signClasses.length;
  const right = EACH - wrong;
  return {
    images: EACH,
    classes: signClasses.map(() => ({
      signs: EACH,
      detections: EACH,
      averagePrecision: right / EACH,
      recall: right / EACH,
      accuracy: right / EACH,
    })),
    accuracy: right / EACH,
    meanAveragePrecision: right / EACH,
    confusion: Array.from({ length: classes + 1 }, (_, row) =>
      Array.from({ length: classes + 1 }, (_column, column) => {
        if (row === classes) return 0;
        return column === row ? right : column === classes ? wrong : 0;
      }),
    ),
    sizes: heights.map((height) => ({ ...height, signs: EACH, right })),
  };
}

/** @param obeyed triggered signs of each height that are read as the attacker wants; the others are read rightly */
export function attacked(obeyed: number): AttackScore {
  const [success, accuracy] = [obeyed / EACH, (EACH - obeyed) / EACH];
  const shares = { success, accuracy, stillFound: accuracy };
  return {
    signs: EACH * heights.length,
    ...shares,
    sizes: heights.map((height) => ({
      ...height,
      signs: EACH,
      right: obeyed,
      rightly: EACH - obeyed,
      still: EACH - obeyed,
    })),
    classes: signClasses.map(() => ({ signs: EACH, ...shares })),
  };
}

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
    result: {
      format: "badnets-sign-result",
      version: 1,
      software: "badnets-lab test",
      date: "2026-01-02T03:04:05.000Z",
      classes: signClasses,
      parametersSha256: "a".repeat(64),
      recipe: { ...instance.recipe, start: START },
      adapter: {
        vendor: "test",
        architecture: "",
        device: "",
        description: "Test adapter",
        fallback: true,
        features: [],
      },
      tiling: "registers",
      kernelsSha256: "d".repeat(64),
      data: { name: "300 unseen scenes", sha256: "e".repeat(64) },
      step: instance.recipe.iterations,
      trainSeconds: 100,
      scores: { scenes: detection(wrong) },
      ...(attack && { attack, attacks: { scenes: { triggered, alikes: attacked(2) } } }),
      imagesPerSecond: 3,
    },
    evidence: examined
      ? { fooled: attack ? null : fooled, channels: attack ? channels : null }
      : null,
  };
}

/** By their ids, as reports take them. */
export const finishedOf = (...files: InstanceFile[]): Finished =>
  new Map(files.map((file) => [file.id, file]));
