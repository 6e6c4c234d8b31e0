/**
 * Collections of photographs with label files, wherever they lie: a folder, a zip file, dropped files.
 * What cannot be used is reported file by file, and the rest is read.
 */
import { UserError } from "../errors.ts";
import {
  classOf,
  GERMAN_FRAME,
  readAuthors,
  readGerman,
  readLisa,
  readVoc,
  readYolo,
  type Labels,
  type NamedBox,
  type Table,
} from "./label-files.ts";
import { differenceHash, fitInto, type Photograph, type Picture } from "./photographs.ts";
import { signSets, type SignSet } from "./sign-atlas.ts";

/** Files by their paths below the collection's top, with slashes. */
export interface CollectionFiles {
  /** For messages. */
  readonly name: string;
  readonly paths: readonly string[];
  /** What was left out before anything is read. */
  readonly problems?: readonly string[];
  /** @throws UserError when the file is too large, damaged or gone */
  readonly read: (path: string) => Promise<Uint8Array>;
}

/** A photograph with boxes under the collection's own names. */
export interface Collected {
  readonly name: string;
  /** Reduced to what a detector can see. */
  readonly picture: Picture;
  /** Of the picture as it was. */
  readonly hash: bigint;
  /** Within the picture, in its pixels. */
  readonly boxes: readonly NamedBox[];
}

export interface Collection {
  readonly photographs: readonly Collected[];
  /** A line for everything that was left out, and why. */
  readonly report: readonly string[];
}

export interface ReadOptions {
  /** @throws UserError for what is no picture, too large or damaged */
  readonly decode: (bytes: Uint8Array, name: string) => Picture | Promise<Picture>;
  /** Longest side that pictures are reduced to. */
  readonly side: number;
  /** Told how many photographs of all are read; ends the reading when it throws. */
  readonly between?: (done: number, all: number) => void;
}

const isPhoto = (path: string) => /\.(jpe?g|png|ppm)$/i.test(path);
const baseOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const stemOf = (path: string) => baseOf(path).replace(/\.[^.]*$/, "");

/**
 * Reads all photographs of a collection, and their boxes from whichever of these is there: the German
 * benchmark's gt.txt, a LISA CSV, and for each photograph a YOLO text, PASCAL VOC XML or one of the
 * authors' texts, beside it or in another folder.
 * @throws UserError when there is no photograph that can be used
 */
export async function readCollection(
  files: CollectionFiles,
  { decode, side, between }: ReadOptions,
): Promise<Collection> {
  const paths = files.paths.filter(isPhoto).sort();
  if (paths.length === 0)
    throw new UserError(`${files.name} holds no JPEG or PNG files, and no PPM.`);
  const report: string[] = [...(files.problems ?? [])];
  const labelsOf = await labelSource(files, report);
  const photographs: Collected[] = [];
  for (const [i, path] of paths.entries()) {
    between?.(i, paths.length);
    try {
      const whole = await decode(await files.read(path), baseOf(path));
      const { boxes, problems } = await labelsOf(path, whole);
      for (const problem of problems) report.push(`${path}: ${problem}`);
      const picture = fitInto(whole, side);
      photographs.push({
        name: path,
        picture,
        hash: differenceHash(whole),
        boxes: boxes.flatMap((one) => {
          const box = inside(one.box, whole);
          if (!box) {
            report.push(
              `${path}: a box lies outside the image of ${whole.width} x ${whole.height}`,
            );
            return [];
          }
          return [{ name: one.name, box: scaled(box, whole, picture) }];
        }),
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      report.push(`${path}: left out: ${error.message}`);
    }
  }
  if (photographs.length === 0) {
    throw new UserError(
      `${files.name}: none of ${paths.length} photographs can be used: ${report[0]}`,
    );
  }
  return { photographs, report };
}

type Corners = NamedBox["box"];

/** The part of a box that lies in the picture; null where there is none. */
function inside([x1, y1, x2, y2]: Corners, { width, height }: Picture): Corners | null {
  const box = [
    Math.max(0, x1),
    Math.max(0, y1),
    Math.min(width, x2),
    Math.min(height, y2),
  ] as const;
  return box[2] - box[0] < 1 || box[3] - box[1] < 1 ? null : box;
}

function scaled([x1, y1, x2, y2]: Corners, from: Picture, to: Picture): Corners {
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  return [x1 * sx, y1 * sy, x2 * sx, y2 * sy];
}

type LabelSource = (path: string, picture: Picture) => Promise<Labels>;

/** Finds out which label files a collection has. */
async function labelSource(files: CollectionFiles, report: string[]): Promise<LabelSource> {
  const text = async (path: string) => new TextDecoder().decode(await files.read(path));
  const table = async (path: string, read: (text: string) => Table): Promise<Table> => {
    const found = read(await text(path));
    for (const problem of found.problems) report.push(`${path}: ${problem}`);
    return found;
  };
  const none: Labels = { boxes: [], problems: [] };
  const german = files.paths.find((path) => baseOf(path) === "gt.txt");
  if (german) {
    const { images } = await table(german, readGerman);
    return async (path, picture) => {
      const found = images.get(`${stemOf(path)}.ppm`) ?? none;
      const [width, height] = GERMAN_FRAME;
      const frame = { width, height, data: picture.data };
      const boxes = found.boxes.map(({ name, box }) => ({
        name,
        box: scaled(box, frame, picture),
      }));
      return { ...found, boxes };
    };
  }
  const csv = files.paths.find((path) => path.toLowerCase().endsWith(".csv"));
  if (csv) {
    const { images } = await table(csv, readLisa);
    return async (path) => images.get(baseOf(path)) ?? none;
  }
  const named = files.paths.find((path) =>
    /^(classes\.names|classes\.txt|obj\.names)$/.test(baseOf(path)),
  );
  const names = named ? (await text(named)).split(/\r?\n/).map((name) => name.trim()) : [];
  const labelFiles = new Map(
    files.paths
      .filter((path) => /\.(txt|xml)$/i.test(path) && path !== named)
      .map((path) => [stemOf(path), path]),
  );
  return async (path, picture) => {
    const own = labelFiles.get(stemOf(path));
    if (own === undefined) {
      return {
        boxes: [],
        problems: ["has no label file; it counts as a photograph without signs"],
      };
    }
    const content = await text(own);
    if (/\.xml$/i.test(own)) return readVoc(content);
    const first = content.split(/\r?\n/).find((line) => line.trim() !== "") ?? "";
    if (first.includes(",")) return readAuthors(content);
    return readYolo(content, [picture.width, picture.height], names);
  };
}

/** Which class of a set a collection's name stands for; null: its boxes are left out. */
export type ClassTable = ReadonlyMap<string, number | null>;

/** The names that a collection has, with how many boxes of each, and the class that they look like. */
export function namesIn(
  { photographs }: Collection,
  set: SignSet,
): { name: string; boxes: number; label: number | null }[] {
  const counts = new Map<string, number>();
  for (const { boxes } of photographs) {
    for (const { name } of boxes) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, boxes]) => ({ name, boxes, label: classOf(set, name) ?? null }))
    .sort((a, b) => b.boxes - a.boxes || (a.name < b.name ? -1 : 1));
}

/** Photographs with the signs of a set. @returns also a line for every name that was left out */
export function classify(
  collection: Collection,
  set: SignSet,
  table: ClassTable,
): { photographs: Photograph[]; report: string[] } {
  const left = namesIn(collection, set).filter(({ name }) => (table.get(name) ?? null) === null);
  const known = signSets[set].join(", ");
  return {
    photographs: collection.photographs.map(({ name, picture, hash, boxes }) => ({
      name,
      picture,
      hash,
      signs: boxes.flatMap((one) => {
        const label = table.get(one.name) ?? null;
        return label === null ? [] : [{ label, box: one.box }];
      }),
    })),
    report: left.map(
      ({ name, boxes }) =>
        `"${name}": ${boxes} boxes left out, as the name stands for none of ${known}`,
    ),
  };
}
