/** Label files as YOLO has them: a text for each image, a line for each box. */
import { clip } from "../../errors.ts";
import { addBox, linesOf, type LabelDraft, type Labels } from "./labels.ts";

/**
 * YOLO: a line a box, `class cx cy w h` as shares of the image.
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
    const [label, ...rest] = line.split(/\s+/);
    const [cx, cy, w, h] = rest.map(Number);
    if (!/^\d+$/.test(label) || rest.length < 4) {
      into.problems.push(`${where}: "class cx cy w h" is expected, got "${clip(line)}"`);
    } else if (![cx, cy, w, h].every((value) => value >= 0 && value <= 1)) {
      into.problems.push(
        `${where}: shares of the image from 0 to 1 are expected, got "${clip(line)}"`,
      );
    } else {
      const corners = [
        (cx - w / 2) * width,
        (cy - h / 2) * height,
        (cx + w / 2) * width,
        (cy + h / 2) * height,
      ];
      addBox(into, where, names[Number(label)] || label, corners);
    }
  });
  return into;
}
