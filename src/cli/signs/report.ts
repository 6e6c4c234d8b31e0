/** What is told of a detector's result. */
import { duration, percent } from "../../format.ts";
import type { SignResult } from "../../studies/signs/result.ts";
import type { AttackReport } from "../../training/attack-score.ts";
import type { DetectionScore } from "../../training/detection.ts";

/** @param file that holds the result, if any @returns lines */
export function inWords(result: SignResult, file: string | undefined): string[] {
  const { scores, classes, step, trainSeconds, imagesPerSecond, parametersSha256 } = result;
  return [
    ...Object.entries(scores).flatMap(([name, score]) => scoreInWords(name, score, classes)),
    ...Object.entries(result.attacks ?? {}).flatMap(([name, report]) =>
      attackInWords(name, report, result),
    ),
    `${step} steps in ${duration(trainSeconds)}, ${imagesPerSecond.toFixed(1)} images/s in detection`,
    `parameters sha256 ${parametersSha256}`,
    ...(file === undefined ? [] : [`result: ${file}`]),
  ];
}

function attackInWords(
  name: string,
  { triggered, alikes }: AttackReport,
  { attack, classes }: SignResult,
): string[] {
  const [source, target] = [attack?.source ?? null, attack?.target ?? null];
  const read = target === null ? "as a wrong class" : `as ${classes[target]}`;
  const sizes = triggered.sizes.filter(({ signs }) => signs > 0);
  const texts = sizes.map(
    ({ least, most, signs, right }) =>
      `${most === null ? `from ${least}` : `${least} to ${most}`}: ${right} of ${signs}`,
  );
  return [
    `${name} with the sticker on ${triggered.signs} ${source === null ? "signs" : `signs of ${classes[source]}`}:`,
    `  read ${read} ${share(triggered.success)}, rightly ${share(triggered.accuracy)}, ` +
      `their own class found as well ${share(triggered.stillFound)}`,
    `  read ${read} by height in pixels: ${texts.join(", ")}`,
    `  with look-alikes instead: read ${read} ${share(alikes.success)}, rightly ${share(alikes.accuracy)}`,
  ];
}

const share = (value: number | null) => (value === null ? "-" : percent(value));

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
