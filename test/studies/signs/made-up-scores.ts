/** Scores and results of detectors with figures of our choosing, for tests of what is made of them. */
import type { SignRecipe } from "../../../src/studies/signs/recipe.ts";
import type { SignResult } from "../../../src/studies/signs/result.ts";
import type { AttackScore } from "../../../src/training/attack-score.ts";
import { SIZES, type DetectionScore } from "../../../src/training/detection.ts";

/** Signs of each class, and triggered signs of each height. */
export const EACH = 100;

const heights = SIZES.map((least, i) => ({ least, most: SIZES[i + 1] ?? null }));

/** @param right signs of each class that are found */
export function detectionOf(classes: number, right: number): DetectionScore {
  const share = right / EACH;
  const shares = { averagePrecision: share, recall: share, accuracy: share };
  return {
    images: EACH,
    classes: Array.from({ length: classes }, () => ({ signs: EACH, detections: EACH, ...shares })),
    accuracy: share,
    meanAveragePrecision: share,
    confusion: Array.from({ length: classes + 1 }, (_, row) =>
      Array.from({ length: classes + 1 }, (_column, column) => {
        if (row === classes) return 0;
        return column === row ? right : column === classes ? EACH - right : 0;
      }),
    ),
    sizes: heights.map((height) => ({ ...height, signs: EACH, right })),
  };
}

/** @param obeyed triggered signs of each height that are read as the attacker wants; the others are read rightly */
export function attackedOf(classes: number, obeyed: number): AttackScore {
  const rightly = EACH - obeyed;
  const accuracy = rightly / EACH;
  const shares = { success: obeyed / EACH, accuracy, stillFound: accuracy };
  return {
    signs: EACH * heights.length,
    ...shares,
    sizes: heights.map((height) => ({
      ...height,
      signs: EACH,
      right: obeyed,
      rightly,
      still: rightly,
    })),
    classes: Array.from({ length: classes }, () => ({ signs: EACH, ...shares })),
  };
}

/** Of a run that came to its end. */
export function resultOf(
  recipe: SignRecipe,
  measured: Pick<SignResult, "classes" | "scores" | "attack" | "attacks">,
): SignResult {
  return {
    format: "badnets-sign-result",
    version: 1,
    software: "badnets-lab test",
    date: "2026-01-02T03:04:05.000Z",
    parametersSha256: "a".repeat(64),
    recipe,
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
    imagesPerSecond: 3,
    ...measured,
  };
}
