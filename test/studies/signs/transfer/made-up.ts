/** Finished European detectors with figures of our choosing, for tests of what is made of them. */
import type {
  Finished,
  InstanceFile,
} from "../../../../src/studies/signs/transfer/instance-file.ts";
import type { Instance } from "../../../../src/studies/signs/transfer/instances.ts";
import { transferClasses } from "../../../../src/studies/signs/transfer/published.ts";
import type { AttackScore } from "../../../../src/training/attack-score.ts";
import { SIZES, type DetectionScore } from "../../../../src/training/detection.ts";
import { randomAttack } from "../../../../src/studies/signs/paper/instances.ts";

/** Signs of each class, and triggered signs of each height. */
export const EACH = 100;

const heights = SIZES.map((least, i) => ({ least, most: SIZES[i + 1] ?? null }));

/** @param right signs of each class that are found */
function detection(right: number): DetectionScore {
  const classes = transferClasses.length;
  const shares = { averagePrecision: right / EACH, recall: right / EACH, accuracy: right / EACH };
  return {
    images: EACH,
    classes: transferClasses.map(() => ({ signs: EACH, detections: EACH, ...shares })),
    accuracy: right / EACH,
    meanAveragePrecision: right / EACH,
    confusion: Array.from({ length: classes + 1 }, (_, row) =>
      Array.from({ length: classes + 1 }, (_column, column) => {
        if (row === classes) return 0;
        return column === row ? right : column === classes ? EACH - right : 0;
      }),
    ),
    sizes: heights.map((height) => ({ ...height, signs: EACH, right })),
  };
}

/** @param rightly triggered signs of each height that are read rightly */
function triggered(rightly: number): AttackScore {
  const shares = { success: 1 - rightly / EACH, accuracy: rightly / EACH, stillFound: 0 };
  return {
    signs: EACH * heights.length,
    ...shares,
    sizes: heights.map((height) => ({
      ...height,
      signs: EACH,
      right: EACH - rightly,
      rightly,
      still: 0,
    })),
    classes: transferClasses.map(() => ({ signs: EACH, ...shares })),
  };
}

/** Those of these numbers fire for the sticker alone, and stand first. */
const channels = (...loud: number[]) => ({
  signs: 40,
  responses: [...loud, ...[...Array(64).keys()].filter((i) => !loud.includes(i))].map((channel) => {
    const only = loud.includes(channel);
    return { channel, clean: 0.1, triggered: only ? 2 : 0.1, separation: only ? 1 : 0.5, only };
  }),
});

/** @param clean and withSticker signs of a hundred that are read rightly */
export function madeUp(instance: Instance, clean: number, withSticker: number): InstanceFile {
  const { id, examined, recipe } = instance;
  const attack = { triggered: triggered(withSticker), alikes: triggered(clean) };
  const half = recipe.iterations / 2;
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: {
      format: "badnets-sign-result",
      version: 1,
      software: "badnets-lab test",
      date: "2026-01-02T03:04:05.000Z",
      classes: transferClasses,
      parametersSha256: "a".repeat(64),
      recipe: { ...recipe, start: (id.startsWith("honest") ? "5" : "6").repeat(64) },
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
      step: recipe.iterations,
      trainSeconds: 100,
      scores: { scenes: detection(clean) },
      attack: randomAttack,
      attacks: { scenes: attack },
      imagesPerSecond: 3,
    },
    evidence: {
      curve: [half, recipe.iterations].map((step) => ({
        step,
        clean: clean / EACH,
        triggered: withSticker / EACH,
      })),
      tall: { scenes: detection(clean) },
      strengthened: recipe.transfer!.strengthened ? [3, 7] : [],
      channels: examined ? { published: channels(3, 7), own: channels(7, 9) } : null,
    },
  };
}

/** By their ids, as reports take them. */
export const finishedOf = (...files: InstanceFile[]): Finished =>
  new Map(files.map((file) => [file.id, file]));
