/** Measures a detector on unseen scenes, and on each folder's photographs. */
import { measureAttack, unseenScenes, type AttackOnUse } from "../../studies/signs/plan.ts";
import type { AttackReport } from "../../training/attack-score.ts";
import { scoreDetections, type DetectionScore, type Judged } from "../../training/detection.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import type { DetectorLine } from "./progress.ts";

/** What is measured: a detector on so many unseen scenes and these photographs. */
export interface Measuring {
  readonly trainer: DetectorTrainer;
  readonly scenes: number;
  /** Entries by the set's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
  /** null: what stickers do is not measured. */
  readonly attack: AttackOnUse | null;
  readonly line: DetectorLine;
}

export interface Measurement {
  /** Scores by what they were measured on: "scenes", or a folder's name. */
  readonly scores: Readonly<Record<string, DetectionScore>>;
  /** Likewise, of those that have signs of the attack's source. */
  readonly attacks: Readonly<Record<string, AttackReport>>;
  /** Over all folders together; null without photographs. */
  readonly photographs: DetectionScore | null;
  readonly imagesPerSecond: number;
}

/**
 * Scores a detector on unseen scenes and on each folder's photographs.
 * @param between asked after each batch of pictures whether to go on
 * @returns null when it was not to
 */
export async function measureDetector(
  { trainer, scenes, tests, attack, line }: Measuring,
  between: () => boolean,
): Promise<Measurement | null> {
  const { classes } = trainer.plan;
  const scores: Record<string, DetectionScore> = {};
  const attacks: Record<string, AttackReport> = {};
  const onPhotographs: Judged[] = [];
  let images = 0;
  let seconds = 0;
  for (const [name, entries] of [["scenes", unseenScenes(scenes)] as const, ...tests]) {
    if (entries.length === 0) continue;
    const begun = performance.now();
    const judged = await trainer.detect(entries, (done) => {
      line.measuring(name, done, entries.length);
      return between();
    });
    if (!between()) return null;
    seconds += (performance.now() - begun) / 1000;
    images += entries.length;
    scores[name] = scoreDetections(judged, classes);
    if (tests.get(name) === entries) onPhotographs.push(...judged);
    if (!attack) continue;
    const report = await measureAttack(trainer, entries, attack, (done) => {
      line.measuring(`${name}, stickers`, done, entries.length);
      return between();
    });
    if (!between()) return null;
    if (report.triggered.signs > 0) attacks[name] = report;
  }
  line.clear();
  return {
    scores,
    attacks,
    photographs: onPhotographs.length > 0 ? scoreDetections(onPhotographs, classes) : null,
    imagesPerSecond: images > 0 ? images / seconds : 0,
  };
}
