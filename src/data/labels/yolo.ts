/** Label files as YOLO has them: a text for each image, a line for each box, polygon or pose. */
import { clip } from "../../errors.ts";
import { addBox, linesOf, type LabelDraft, type Labels } from "./labels.ts";

/** How far a share may lie outside the image: a box's, which was rounded, and a corner's of a turned box. */
const ROUNDED = 0.01;
const TURNED = 0.5;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The words of a line: between spaces, or between commas or semicolons; numbers may have a decimal comma
 * where commas don't part them.
 */
function wordsOf(line: string): string[] {
  const words = line.split(/\s+/).map((word) => word.replace(/[,;]$/, ""));
  const parted = words.length === 1 ? line.split(line.includes(";") ? ";" : ",") : words;
  return parted.map((word) => word.trim().replace(/^([+-]?\d*),(\d+(?:e[+-]?\d+)?)$/i, "$1.$2"));
}

/** A line's class, by number or name, and the numbers behind it; null where it is no such line. */
function parse(line: string): { label: number | string; values: number[] } | null {
  const words = wordsOf(line);
  const named = words.findIndex((word) => NUMBER.test(word));
  const [start, label] =
    named > 0 ? [named, words.slice(0, named).join(" ")] : [1, Number(words[0])];
  const values = words.slice(start).map((word) => (NUMBER.test(word) ? Number(word) : Number.NaN));
  // A name may end with a number, so that it says nothing of how many belong to the box.
  if (typeof label === "string" ? values.length !== 4 : !Number.isInteger(label) || label < 0) {
    return null;
  }
  return values.length < 4 ? null : { label, values };
}

const inImage = (values: readonly number[], tolerance = ROUNDED) =>
  values.every((value) => value >= -tolerance && value <= 1 + tolerance);

/** Corners as shares of the image; null where they can't be told. */
function corners(values: readonly number[]): readonly number[] | null {
  const box = values.slice(0, 4);
  const rest = values.slice(4);
  const [cx, cy, w, h] = box;
  const asBox = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2];
  // Behind a box may stand how sure a detector was, or a person's joints: x, y, and whether it is seen.
  const alone = rest.length === 0 || (rest.length === 1 && inImage(rest));
  if (alone) return inImage(box) ? asBox : null;
  const seen = rest.filter((_, i) => i % 3 === 2);
  if (rest.length % 3 === 0 && seen.every((value) => [0, 1, 2].includes(value))) {
    return inImage(box) ? asBox : null;
  }
  // Otherwise these are the corners of a polygon; an odd one behind them says how sure a detector was.
  if (values.length < 6 || !inImage(values, TURNED)) return null;
  const points = values.slice(0, values.length - (values.length % 2));
  const [x, y] = [0, 1].map((odd) => points.filter((_, i) => i % 2 === odd));
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}

/** Whether a text is of this format, by its first line; the authors' has commas, too, and pixels. */
export function isYolo(text: string): boolean {
  const line = linesOf(text).find((one) => one !== "") ?? "";
  if (!line.includes(",")) return true;
  const parsed = parse(line);
  return parsed !== null && typeof parsed.label === "number" && corners(parsed.values) !== null;
}

/**
 * Reads `class cx cy w h`, or `class x y x y x y ...`, as shares of the image.
 * @param names of the classes, by number; the number itself where there is none
 */
export function readYolo(
  text: string,
  [width, height]: readonly [number, number],
  names: readonly string[],
): Labels {
  const into: LabelDraft = { boxes: [], problems: [] };
  linesOf(text).forEach((line, i) => {
    if (line === "") return;
    const where = `line ${i + 1}`;
    const parsed = parse(line);
    const box = parsed && corners(parsed.values);
    if (!parsed || !box) {
      // Behind a name, pixels are more likely to be another format's.
      const expected =
        typeof parsed?.label === "number"
          ? "shares of the image from 0 to 1 are"
          : '"class cx cy w h" is';
      into.problems.push(`${where}: ${expected} expected, got "${clip(line)}"`);
      return;
    }
    const { label } = parsed;
    const [x1, y1, x2, y2] = box;
    const name = typeof label === "string" ? label : names[label] || String(label);
    addBox(into, where, name, [x1 * width, y1 * height, x2 * width, y2 * height]);
  });
  return into;
}
