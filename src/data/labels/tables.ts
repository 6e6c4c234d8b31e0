/** Tables of labels for many images: LISA's CSV and the German benchmark's gt.txt. */
import { clip } from "../../errors.ts";
import { addBox, linesOf, numberIn, type LabelDraft, type Labels } from "./labels.ts";

/** Labels by images, as the table names them. */
export interface Table {
  readonly images: ReadonlyMap<string, Labels>;
  /** What concerns no image in particular. */
  readonly problems: readonly string[];
}

/** LISA: one CSV, separated by semicolons, `Filename;Annotation tag;x1;y1;x2;y2;...`, with a heading. */
export function readLisa(text: string): Table {
  const [heading = "", ...lines] = linesOf(text);
  const columns = heading.split(";").map((name) => name.trim().toLowerCase());
  const file = columns.indexOf("filename");
  const tag = columns.indexOf("annotation tag");
  const corners = [
    "upper left corner x",
    "upper left corner y",
    "lower right corner x",
    "lower right corner y",
  ];
  const places = corners.map((name) => columns.indexOf(name));
  if (file < 0 || tag < 0 || places.includes(-1)) {
    const problem = `the first line is expected to name Filename, Annotation tag and the four corners, got "${clip(heading)}"`;
    return { images: new Map(), problems: [problem] };
  }
  return readTable(lines, 2, ";", Math.max(file, tag, ...places) + 1, (cells) => ({
    image: cells[file],
    name: cells[tag],
    corners: places.map((place) => numberIn(cells[place])),
  }));
}

/** The last of the German benchmark's classes. */
const LAST_GERMAN = 42;

/** The sign classes of the German benchmark (Houben et al. 2013), from 0 to 42. */
const german = (label: number): string => {
  if (label <= 10 || label === 15 || label === 16) return label === 6 ? "other" : "prohibitory";
  if (label === 11 || (label >= 18 && label <= 31)) return "danger";
  if (label >= 33 && label <= 40) return "mandatory";
  return "other";
};

/** Width and height of the German benchmark's frames, which its gt.txt speaks of. */
export const GERMAN_FRAME = [1360, 800] as const;

/** GTSDB: one gt.txt, `NNNNN.ppm;left;top;right;bottom;class`. */
export function readGerman(text: string): Table {
  return readTable(linesOf(text), 1, ";", 6, (cells) => ({
    image: cells[0],
    name: german(Number(cells[5])),
    corners: cells.slice(1, 5).map(numberIn),
    problem:
      /^\d+$/.test(cells[5]) && Number(cells[5]) <= LAST_GERMAN
        ? undefined
        : `a class from 0 to ${LAST_GERMAN} is expected, got "${clip(cells[5])}"`,
  }));
}

function readTable(
  lines: readonly string[],
  first: number,
  separator: string,
  least: number,
  read: (cells: string[]) => { image: string; name: string; corners: number[]; problem?: string },
): Table {
  const images = new Map<string, LabelDraft>();
  const problems: string[] = [];
  lines.forEach((line, i) => {
    if (line === "") return;
    const where = `line ${first + i}`;
    const cells = line.split(separator).map((cell) => cell.trim());
    if (cells.length < least) {
      problems.push(
        `${where}: at least ${least} values between "${separator}" are expected, got "${clip(line)}"`,
      );
      return;
    }
    const { image, name, corners, problem } = read(cells);
    const into = images.get(image) ?? { boxes: [], problems: [] };
    images.set(image, into);
    if (problem) into.problems.push(`${where}: ${problem}`);
    else addBox(into, where, name, corners);
  });
  return { images, problems };
}
