/** Reads the label files of sign collections: which boxes an image has, by the collection's own names. */
import { clip } from "../errors.ts";
import { signSets, type SignSet } from "./sign-atlas.ts";

/** A box in pixels of the image that its file speaks of. */
export interface NamedBox {
  readonly name: string;
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
}

/** What a label file said of one image, and what in it could not be used. */
export interface Labels {
  readonly boxes: readonly NamedBox[];
  readonly problems: readonly string[];
}

interface Collected {
  boxes: NamedBox[];
  problems: string[];
}

/** Adds a box after checking it; what is wrong becomes a problem. */
function addBox(into: Collected, where: string, name: string, corners: readonly number[]): void {
  const [x1, y1, x2, y2] = corners;
  if (corners.length < 4 || !corners.every(Number.isFinite)) {
    into.problems.push(
      `${where}: four numbers are expected for a box, got "${clip(corners.join(" "))}"`,
    );
  } else if (x2 <= x1 || y2 <= y1) {
    into.problems.push(
      `${where}: the box ${corners.map((v) => v.toFixed(1)).join(", ")} has no area`,
    );
  } else {
    into.boxes.push({ name, box: [x1, y1, x2, y2] });
  }
}

/** Lines without spaces around them, whether ended as on Unix, Windows or old Macs. */
export const linesOf = (text: string) => text.split(/\r\n|\r|\n/).map((line) => line.trim());

/** A number, and none where nothing is written. */
const numberIn = (cell: string | undefined) => (cell ? Number(cell) : Number.NaN);

/**
 * YOLO: a line a box, `class cx cy w h` as shares of the image.
 * @param names of the classes, by number; the number itself where there is none
 */
export function readYolo(
  text: string,
  [width, height]: readonly [number, number],
  names: readonly string[],
): Labels {
  const into: Collected = { boxes: [], problems: [] };
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

/** PASCAL VOC: an XML file an image. */
export function readVoc(text: string): Labels {
  const into: Collected = { boxes: [], problems: [] };
  if (!/<annotation[\s>]/.test(text)) {
    return { boxes: [], problems: ["an <annotation> is expected, as PASCAL VOC has it"] };
  }
  const field = (block: string, tag: string) =>
    new RegExp(`<${tag}(?:\\s[^>]*)?>\\s*([^<]*?)\\s*</${tag}\\s*>`).exec(block)?.[1];
  // Whatever stands in a comment, and the parts of an object, such as a person's head.
  const plain = text
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/<part(?:\s[^>]*)?>[\s\S]*?<\/part\s*>/g, "");
  const [, ...objects] = plain.split(/<object(?:\s[^>]*)?>/);
  objects.forEach((rest, i) => {
    const where = `object ${i + 1}`;
    const end = rest.search(/<\/object\s*>/);
    if (end < 0) {
      into.problems.push(`${where}: is left out, as its </object> is missing`);
      return;
    }
    const block = rest.slice(0, end);
    const corners = ["xmin", "ymin", "xmax", "ymax"].map((tag) => numberIn(field(block, tag)));
    addBox(into, where, field(block, "name") ?? "", corners);
  });
  if (!/<\/annotation\s*>/.test(plain)) {
    into.problems.push("</annotation> is missing: the file is cut short, and may have had more");
  }
  return into;
}

/** The authors' own format: a line a box, `class,x1,y1,x2,y2,comment`. */
export function readAuthors(text: string): Labels {
  const into: Collected = { boxes: [], problems: [] };
  linesOf(text).forEach((line, i) => {
    if (line === "" || line.startsWith("#")) return;
    const [name, ...rest] = line.split(",").map((part) => part.trim());
    const corners = rest.slice(0, 4).map(numberIn);
    addBox(into, `line ${i + 1}`, name, corners);
  });
  return into;
}

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
  const images = new Map<string, Collected>();
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

const rules: Readonly<Record<SignSet, readonly (readonly [RegExp, string])[]>> = {
  us: [
    [/^(stop|regulatory--stop.*)$/i, "stop"],
    // The names of LISA that are yellow diamonds. They come before the limits: a plate with a speed
    // below a warning is advice.
    [
      /^(warning.*|addedLane|curveLeft|curveRight|dip|intersection|laneEnds|merge|pedestrianCrossing|rampSpeedAdvisory.*|roundabout|school|schoolSpeedLimit.*|signalAhead|slow|speedBump.*|stopAhead|thruMergeLeft|thruMergeRight|thruTrafficMergeLeft|turnLeft|turnRight|yieldAhead|zoneAhead.*)$/i,
      "warning",
    ],
    [/speed ?-?_?limit/i, "speed limit"],
  ],
  eu: [
    [/^(information|informative)/i, "information"],
    [/^mandatory/i, "mandatory"],
    [/^prohibit/i, "prohibitory"],
    [/^(warning|danger)/i, "warning"],
    [/^other/i, "other"],
  ],
};

/** The class that a collection's name stands for, by the rules above; undefined where none fits. */
export function classOf(set: SignSet, name: string): number | undefined {
  const rule = rules[set].find(([pattern]) => pattern.test(name));
  return rule && (signSets[set] as readonly string[]).indexOf(rule[1]);
}
