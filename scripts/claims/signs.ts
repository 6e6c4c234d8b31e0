/** Claims of the street-sign detectors in results/signs. */
import { basename } from "node:path";
import { adapterName } from "../../src/gpu/adapter.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";
import type { DetectionScore } from "../../src/training/detection.ts";
import { atLeast, atMost, claimsOf, share, slug, type Claim, type Target } from "./claim.ts";
import type { Recorded, Results } from "./results.ts";
import { claimsWanted, type Wanted } from "./wanted/wanted.ts";

/** The begin of the ids of a detector's claims. */
export const detectorId = (file: string) => `signs.${basename(file, ".json")}`;

/** From scratch on drawn scenes, each class: the detector that ships. */
const FROM_SCRATCH = "signs.compact-us-scenes-swiftshader";

/** What was asked for, by the begin of a claim's id. */
const targets: readonly (readonly [id: string, target: Target])[] = [
  [`${FROM_SCRATCH}.minutes`, atMost(45)],
  ...["stop", "speed-limit", "warning"].map(
    (name) => [`${FROM_SCRATCH}.scenes.${name}.average-precision`, atLeast(85)] as const,
  ),
  ["signs.compact-us-mixed-swiftshader.us-speedlimit.speed-limit.average-precision", atLeast(70)],
];

/** What no file holds: the first is held by a test, the others are what a run says before it begins. */
const notKept: readonly Wanted[] = [
  [
    "signs.smoke",
    "time of a short training in which losses fall and detections appear",
    "min",
    atMost(2),
  ],
  ["signs.paper.memory", "memory that a step of two images of the preset paper takes", "MiB", null],
  [
    "signs.paper.memory.apart",
    "memory that a step of two images of the preset paper takes where no tensors share any",
    "MiB",
    null,
  ],
];

export function signClaims({ detectors }: Results): Claim[] {
  return [...detectors.flatMap(detectorClaims), ...claimsWanted("signs", notKept)];
}

function detectorClaims({ file, content }: Recorded<SignResult>): Claim[] {
  const { adapter, recipe, step, trainSeconds, imagesPerSecond, scores, classes } = content;
  const of = claimsOf("signs", { file, adapter: adapterName(adapter), seeds: [recipe.seed] });
  const id = detectorId(file);
  const row = (end: string, claim: string, unit: string, measured: number | null) => {
    const target = targets.find(([wanted]) => wanted === `${id}.${end}`)?.[1] ?? null;
    return of(`${id}.${end}`, `${claim}, ${basename(file, ".json")}`, unit, measured, target);
  };
  return [
    row("steps", "training steps", "steps", step),
    row("minutes", "time in training", "min", trainSeconds / 60),
    row("images-per-second", "detection", "images/s", imagesPerSecond),
    ...Object.entries(scores).flatMap(([where, score]) => [
      ...score.classes.flatMap(({ signs, averagePrecision, recall, accuracy }, label) => {
        if (signs === 0) return [];
        const own = `${slug(where)}.${slug(classes[label])}`;
        const what = `${classes[label]} on ${where}`;
        return [
          row(`${own}.signs`, `signs that are measured on, ${what}`, "signs", signs),
          row(
            `${own}.average-precision`,
            `average precision, ${what}`,
            "%",
            share(averagePrecision),
          ),
          row(`${own}.recall`, `recall, ${what}`, "%", share(recall)),
          row(`${own}.accuracy`, `the paper's accuracy, ${what}`, "%", share(accuracy)),
        ];
      }),
      ...sizesOf(score).flatMap(({ least, most, signs, right }) => {
        const own = `${slug(where)}.height-${least}`;
        const what = `${most === null ? `from ${least}` : `${least} to ${most}`} pixels high, on ${where}`;
        return [
          row(`${own}.signs`, `signs that are measured on, ${what}`, "signs", signs),
          row(
            `${own}.right`,
            `signs found under their right names, ${what}`,
            "%",
            share(right / signs),
          ),
        ];
      }),
    ]),
  ];
}

/** Sizes of which there are signs. Results of earlier versions don't count by size. */
export function sizesOf(score: DetectionScore): DetectionScore["sizes"] {
  const { sizes = [] } = score as Partial<DetectionScore>;
  return sizes.filter(({ signs }) => signs > 0);
}
