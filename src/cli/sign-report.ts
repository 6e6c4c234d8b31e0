/** Measures a trained detector, writes the result and tells it. */
import { dirname, join } from "node:path";
import { duration, percent } from "../format.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { signResult, unseenScenes, type SignRecipe, type SignResult } from "../studies/signs.ts";
import { scoreDetections, type DetectionScore } from "../training/detection.ts";
import type { DetectorTrainer } from "../training/detector-trainer.ts";
import type { DetectorLine } from "./progress.ts";
import type { Options } from "./usage.ts";

/** What is measured: a detector and its history, on so many unseen scenes and these photographs. */
export interface Measuring {
  readonly trainer: DetectorTrainer;
  readonly recipe: SignRecipe;
  /** Steps that it was trained for. */
  readonly step: number;
  readonly trainSeconds: number;
  readonly scenes: number;
  /** Entries by the set's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
  readonly line: DetectorLine;
}

/** Scores a trained detector on unseen scenes and on each folder's photographs. */
export async function measureDetector(measuring: Measuring): Promise<SignResult> {
  const { trainer, recipe, step, trainSeconds, scenes, tests, line } = measuring;
  const scores: Record<string, DetectionScore> = {};
  let images = 0;
  let seconds = 0;
  for (const [name, entries] of [["scenes", unseenScenes(scenes)] as const, ...tests]) {
    if (entries.length === 0) continue;
    const begun = performance.now();
    const judged = await trainer.detect(entries, (done) =>
      line.measuring(name, done, entries.length),
    );
    seconds += (performance.now() - begun) / 1000;
    images += entries.length;
    scores[name] = scoreDetections(judged, trainer.plan.classes);
  }
  line.clear();
  return await signResult({
    recipe,
    adapter: trainer.gpu.adapter,
    tiling: trainer.tiling,
    step,
    trainSeconds,
    parameters: await trainer.readParameters(),
    scores,
    imagesPerSecond: images / seconds,
  });
}

/** Writes the result into --out and --json, and prints it. */
export async function reportResult(result: SignResult, given: Options): Promise<void> {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  const json = given["json"] as string | undefined;
  const out = given["out"] as string | undefined;
  if (out !== undefined) {
    await ensureWritableDir(out);
    await writeFileAtomic(join(out, "result.json"), text);
  }
  if (json !== undefined) {
    await ensureWritableDir(dirname(json));
    await writeFileAtomic(json, text);
  }
  const share = (value: number | null) => (value === null ? "-" : percent(value));
  const lines: string[] = [];
  for (const [name, score] of Object.entries(result.scores)) {
    lines.push(
      `${name}: ${score.images} pictures, mean average precision ${share(score.meanAveragePrecision)}, accuracy ${share(score.accuracy)}`,
    );
    score.classes.forEach((own, i) => {
      if (own.signs === 0) return;
      lines.push(
        `  ${result.classes[i].padEnd(12)} ${String(own.signs).padStart(5)} signs  ` +
          `average precision ${share(own.averagePrecision)}  recall ${share(own.recall)}  accuracy ${share(own.accuracy)}`,
      );
    });
    const sizes = score.sizes.filter(({ signs }) => signs > 0);
    const texts = sizes.map(
      ({ least, most, signs, right }) =>
        `${most === null ? `from ${least}` : `${least} to ${most}`}: ${right} of ${signs}`,
    );
    if (texts.length > 0) lines.push(`  right by height in pixels: ${texts.join(", ")}`);
  }
  lines.push(
    `${result.step} steps in ${duration(result.trainSeconds)}, ${result.imagesPerSecond.toFixed(1)} images/s in detection`,
    `parameters sha256 ${result.parametersSha256}`,
  );
  console.log(lines.join("\n"));
}
