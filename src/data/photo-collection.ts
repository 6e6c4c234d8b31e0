/**
 * Collections of photographs with label files, wherever they lie: a folder, a zip file, dropped files.
 * What cannot be used is reported file by file, and the rest is read.
 */
import { clip, UserError } from "../errors.ts";
import type { CollectionFiles } from "./collection-files.ts";
import { PHOTO_FORMATS } from "./image-header.ts";
import { distinct, few, scaled, type NamedBox } from "./labels/labels.ts";
import { baseOf, folderOf } from "./labels/match.ts";
import { classOf } from "./labels/sign-names.ts";
import { labelSource } from "./labels/source.ts";
import { isGerman } from "./labels/table-rows.ts";
import { photoFiles } from "./links.ts";
import { differenceHash } from "./near-duplicates.ts";
import { largest, MAX_BOXES, type Photograph } from "./photographs.ts";
import { fitInto, type Picture } from "./picture.ts";
import { signSets, type SignSet } from "./sign-atlas.ts";

/** A photograph with boxes under the collection's own names. */
export interface LabelledPhoto {
  readonly name: string;
  /** Reduced to what a detector can see. */
  readonly picture: Picture;
  /** Of the picture as it was. */
  readonly hash: bigint;
  /** Within the picture, in its pixels. */
  readonly boxes: readonly NamedBox[];
}

export interface Collection {
  readonly photographs: readonly LabelledPhoto[];
  /** What concerns no file alone: tables that were ignored, labels without photographs. */
  readonly summary: readonly string[];
  /** A line for everything that was left out of single files, and why. */
  readonly report: readonly string[];
}

export interface ReadOptions {
  /** @throws UserError for what is no picture, too large or damaged */
  readonly decode: (bytes: Uint8Array, name: string) => Picture | Promise<Picture>;
  /** Longest side that pictures are reduced to. */
  readonly side: number;
  /** Told how many photographs of all are read; ends the reading when it throws. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Those that are not read among them: they are left out by name. */
const isPhoto = (path: string) =>
  /\.(jpe?g|png|ppm|webp|bmp|gif|tiff?|heic|heif|avif|jxl|jp2)$/i.test(path);

/**
 * Reads all photographs of a collection, and their boxes from whichever of these is there: the German
 * benchmark's gt.txt, LISA CSVs, and for each photograph a YOLO text, PASCAL VOC XML or one of the
 * authors' texts, beside it or in another folder.
 * @throws UserError when there is no photograph that can be used
 */
export async function readCollection(
  files: CollectionFiles,
  { decode, side, onProgress }: ReadOptions,
): Promise<Collection> {
  const signs = germanSigns(files.paths);
  const paths = files.paths.filter((path) => isPhoto(path) && !signs.has(path)).sort();
  if (paths.length === 0) {
    throw new UserError(`${files.name} holds no ${PHOTO_FORMATS.join(", ")} files.`);
  }
  const photos = await photoFiles(files, paths);
  const labels = await labelSource(files, photos);
  const report = [...(files.problems ?? []), ...labels.problems];
  const photographs: LabelledPhoto[] = [];
  for (const [i, photo] of photos.entries()) {
    const { path } = photo;
    onProgress?.(i, photos.length);
    try {
      const whole = await decode(await files.read(path), baseOf(path));
      const { boxes, problems } = await labels.of(photo, whole);
      const picture = fitInto(whole, side);
      const outside = `outside the image of ${whole.width} x ${whole.height}`;
      const inner = boxes.flatMap((one) => {
        const box = inside(one.box, whole);
        return box ? [{ ...one, box: scaled(box, whole, picture) }] : [];
      });
      // It may be that the labels are of another picture, and that this one's signs are unknown.
      if (inner.length === 0 && boxes.length > 0) {
        throw new UserError(`all of its boxes lie ${outside}.`);
      }
      for (const problem of problems) report.push(`${path}: ${problem}`);
      for (let i = inner.length; i < boxes.length; i++)
        report.push(`${path}: a box lies ${outside}`);
      photographs.push({ name: path, picture, hash: differenceHash(whole), boxes: inner });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      report.push(`${path}: left out: ${error.message}`);
    }
  }
  if (photographs.length === 0) {
    throw new UserError(
      `${files.name}: none of ${photos.length} photographs can be used: ${report.at(-1)}`,
    );
  }
  const summary = [...labels.summary];
  const links = photos.flatMap(({ path, names }) => names.filter((name) => name !== path));
  if (links.length > 0) {
    summary.push(
      `${links.length} files are links to photographs, which count once, with the links' labels where there are some: ${few(links)}`,
    );
  }
  if (signs.size > 0) {
    summary.push(
      `${signs.size} pictures in folders 00 to 42 beside gt.txt are left out, as each is a sign and no street`,
    );
  }
  return { photographs, summary, report };
}

/** Pictures that the German benchmark brings beside its photographs: its signs, cut out of them. */
function germanSigns(paths: readonly string[]): ReadonlySet<string> {
  const homes = new Set(paths.filter(isGerman).map(folderOf));
  return new Set(
    paths.filter((path) => {
      const folder = folderOf(path);
      const isClass = /^([0-3]\d|4[0-2])$/.test(baseOf(folder));
      return isPhoto(path) && isClass && homes.has(folderOf(folder));
    }),
  );
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

/** Which class of a set a collection's name stands for; null: its boxes are left out. */
export type ClassMapping = ReadonlyMap<string, number | null>;

/** The names that a collection has, with how many boxes of each, and the class that they look like. */
export function boxNames(
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

/**
 * Photographs with the signs of a set, as many of each as the detector is given.
 * @returns also the whole report: the collection's lines, and one for whatever was left out here; what
 * concerns many photographs comes first
 */
export function mapClasses(
  collection: Collection,
  set: SignSet,
  table: ClassMapping,
): { photographs: Photograph[]; report: string[] } {
  const left = boxNames(collection, set).filter(({ name }) => (table.get(name) ?? null) === null);
  const known = signSets[set].join(", ");
  const crowded: string[] = [];
  const photographs = collection.photographs.map(({ name, picture, hash, boxes }) => {
    const known = boxes.flatMap((one) => {
      const label = table.get(one.name) ?? null;
      const { box, ignored } = one;
      return label === null ? [] : [ignored ? { label, box, ignored } : { label, box }];
    });
    // Two names may stand for one class.
    const all = distinct(known, ({ label }) => label);
    const signs = largest(all, MAX_BOXES);
    if (signs.length < all.length) {
      crowded.push(
        `${name}: the ${all.length - signs.length} smallest of ${all.length} signs are left out, as a photograph may have ${MAX_BOXES}`,
      );
    }
    return { name, picture, hash, signs };
  });
  const names = left.map(
    ({ name, boxes }) =>
      `"${clip(name)}": ${boxes} boxes left out, as the name stands for none of ${known}`,
  );
  return {
    photographs,
    report: [...collection.summary, ...names, ...collection.report, ...crowded],
  };
}
