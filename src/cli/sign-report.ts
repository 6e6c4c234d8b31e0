/** Measures a trained detector, writes the result and tells it. */
import { join } from "node:path";
import { duration, percent } from "../format.ts";
import { writeFileAtomic } from "../node/files.ts";
import type { SignResult } from "../studies/signs/result.ts";
import { unseenScenes } from "../studies/signs/plan.ts";
import { scoreDetections, type DetectionScore, type Judged } from "../training/detection.ts";
import type { DetectorTrainer } from "../training/detector-trainer.ts";
import type { DetectorLine } from "./progress.ts";
import type { Options } from "./shared/options.ts";

/** What is measured: a detector on so many unseen scenes and these photographs. */
export interface Measuring {
  readonly trainer: DetectorTrainer;
  readonly scenes: number;
  /** Entries by the set's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
  readonly line: DetectorLine;
}

export interface Measurement {
  /** Scores by what they were measured on: "scenes", or a folder's name. */
  readonly scores: Readonly<Record<string, DetectionScore>>;
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
  { trainer, scenes, tests, line }: Measuring,
  between: () => boolean,
): Promise<Measurement | null> {
  const { classes } = trainer.plan;
  const scores: Record<string, DetectionScore> = {};
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
  }
  line.clear();
  return {
    scores,
    photographs: onPhotographs.length > 0 ? scoreDetections(onPhotographs, classes) : null,
    imagesPerSecond: images > 0 ? images / seconds : 0,
  };
}

/** Writes the result into --out, prints it, and writes it to --json. */
export async function reportResult(result: SignResult, given: Options): Promise<void> {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  const json = given["json"] as string | undefined;
  const out = given["out"] as string | undefined;
  if (out !== undefined) await writeFileAtomic(join(out, "result.json"), text);
  console.log(inWords(result));
  if (out !== undefined) console.log(`result: ${join(out, "result.json")}`);
  // What cannot be written there takes nothing else with it.
  if (json !== undefined) await writeFileAtomic(json, text);
}

const share = (value: number | null) => (value === null ? "-" : percent(value));

function inWords(result: SignResult): string {
  const { scores, classes, step, trainSeconds, imagesPerSecond, parametersSha256 } = result;
  return [
    ...Object.entries(scores).flatMap(([name, score]) => scoreInWords(name, score, classes)),
    `${step} steps in ${duration(trainSeconds)}, ${imagesPerSecond.toFixed(1)} images/s in detection`,
    `parameters sha256 ${parametersSha256}`,
  ].join("\n");
}

function scoreInWords(name: string, score: DetectionScore, classes: readonly string[]): string[] {
  const average = "weighted average";
  const width = Math.max(average.length, ...classes.map(({ length }) => length));
  const lines = [
    `${name}: ${score.images} pictures, mean average precision ${share(score.meanAveragePrecision)}`,
  ];
  score.classes.forEach((own, i) => {
    if (own.signs === 0) return;
    lines.push(
      `  ${classes[i].padEnd(width)} ${String(own.signs).padStart(5)} signs  ` +
        `average precision ${share(own.averagePrecision)}  recall ${share(own.recall)}  accuracy ${share(own.accuracy)}`,
    );
  });
  const signs = score.classes.reduce((sum, own) => sum + own.signs, 0);
  // The paper's, over all signs.
  lines.push(
    `  ${average.padEnd(width)} ${String(signs).padStart(5)} signs  accuracy ${share(score.accuracy)}`,
  );
  const sizes = score.sizes.filter((size) => size.signs > 0);
  const texts = sizes.map(
    ({ least, most, signs: all, right }) =>
      `${most === null ? `from ${least}` : `${least} to ${most}`}: ${right} of ${all}`,
  );
  if (texts.length > 0) lines.push(`  right by height in pixels: ${texts.join(", ")}`);
  return [...lines, ...confusionInWords(score.confusion, classes)];
}

/** A row for each true class and a column for what was found; background is neither's sign. */
export function confusionInWords(
  confusion: DetectionScore["confusion"],
  classes: readonly string[],
): string[] {
  const names = [...classes, "background"];
  const first = Math.max(...names.map(({ length }) => length));
  const cell = (text: string, column: number) => text.padStart(Math.max(6, names[column].length));
  const row = (name: string, cells: readonly string[]) =>
    `    ${name.padEnd(first)}  ${cells.map(cell).join("  ")}`;
  return [
    "  signs (rows) and as what they were found (columns); background is what is no sign, or was not found",
    row("", names),
    // Of background that was taken for background there is no count.
    ...confusion.map((counts, truth) =>
      row(
        names[truth],
        counts.map((count, as) =>
          truth === classes.length && as === classes.length ? "-" : String(count),
        ),
      ),
    ),
  ];
}
