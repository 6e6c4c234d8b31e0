/** Measures a detector on unseen scenes, and on each folder's photographs. */
import type { Photograph } from "../../data/photographs.ts";
import type { AttackReport } from "../../training/attack-score.ts";
import { scoreDetections, type DetectionScore, type Judged } from "../../training/detection.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import { judgeInTiles } from "./judge-photographs.ts";
import { measureAttack, unseenScenes, type AttackOnUse } from "./plan.ts";

/** What is measured: a detector on so many unseen scenes and these photographs. */
export interface Measuring {
  readonly trainer: DetectorTrainer;
  readonly scenes: number;
  /** Entries by the set's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
  /** null: what stickers do is not measured. */
  readonly attack: AttackOnUse | null;
  /** Told after each batch how many pictures of what are done. */
  readonly onProgress: (what: string, done: number, all: number) => void;
  /** Photographs are read in tiles: those of each set, and at which detail. Otherwise whole. */
  readonly closely?: {
    readonly photographs: ReadonlyMap<string, readonly Photograph[]>;
    readonly detail: number | null;
  };
}

export interface Measurement {
  /** Scores by what they were measured on: "scenes", or a folder's name. */
  readonly scores: Readonly<Record<string, DetectionScore>>;
  /** Likewise, of signs of TALL pixels and more alone: smaller ones count neither way. */
  readonly tall: Readonly<Record<string, DetectionScore>>;
  /** Likewise, of those that have signs of the attack's source. */
  readonly attacks: Readonly<Record<string, AttackReport>>;
  /** Over all folders together; null without photographs. */
  readonly photographs: DetectionScore | null;
  readonly imagesPerSecond: number;
}

/** Height in pixels of the input from which a sign is easily told. */
export const TALL = 24;

const withoutSmall = ({ truth, found }: Judged): Judged => ({
  found,
  truth: truth.map((sign) =>
    sign.box[3] - sign.box[1] < TALL ? { ...sign, ignored: true } : sign,
  ),
});

/**
 * Scores a detector on unseen scenes and on each folder's photographs.
 * @param between asked after each batch of pictures whether to go on
 * @returns null when it was not to
 */
export async function measureDetector(
  { trainer, scenes, tests, attack, onProgress, closely }: Measuring,
  between: () => boolean,
): Promise<Measurement | null> {
  const { classes } = trainer.plan;
  const scores: Record<string, DetectionScore> = {};
  const tall: Record<string, DetectionScore> = {};
  const attacks: Record<string, AttackReport> = {};
  const onPhotographs: Judged[] = [];
  let images = 0;
  let seconds = 0;
  for (const [name, entries] of [["scenes", unseenScenes(scenes)] as const, ...tests]) {
    if (entries.length === 0) continue;
    const begun = performance.now();
    const report = (done: number) => {
      onProgress(name, done, entries.length);
      return between();
    };
    const pictures = closely?.photographs.get(name);
    const judged = pictures
      ? await judgeInTiles(trainer, pictures, closely!.detail, report)
      : await trainer.detect(entries, report);
    if (!between()) return null;
    seconds += (performance.now() - begun) / 1000;
    images += entries.length;
    scores[name] = scoreDetections(judged, classes);
    tall[name] = scoreDetections(judged.map(withoutSmall), classes);
    if (tests.get(name) === entries) onPhotographs.push(...judged);
    if (!attack) continue;
    const answer = await measureAttack(trainer, entries, attack, (done) => {
      onProgress(`${name}, stickers`, done, entries.length);
      return between();
    });
    if (!between()) return null;
    if (answer.triggered.signs > 0) attacks[name] = answer;
  }
  return {
    scores,
    tall,
    attacks,
    photographs: onPhotographs.length > 0 ? scoreDetections(onPhotographs, classes) : null,
    imagesPerSecond: images > 0 ? images / seconds : 0,
  };
}
