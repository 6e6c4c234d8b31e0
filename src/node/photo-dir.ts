/** Reads folders of photographs with their label files, whatever format those have. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { imageHeader } from "../data/image-header.ts";
import {
  classOf,
  GERMAN_FRAME,
  readAuthors,
  readGerman,
  readLisa,
  readVoc,
  readYolo,
  type Labels,
  type Table,
} from "../data/label-files.ts";
import type { Photograph, Picture } from "../data/photographs.ts";
import { signSets, type SignSet } from "../data/sign-atlas.ts";
import { UserError } from "../errors.ts";

/** Pixels that a photograph may have; beyond that lies either a mistake or an attack. */
const MOST_PIXELS = 64_000_000;
const MOST_BYTES = 100_000_000;

export interface PhotoDir {
  readonly photographs: readonly Photograph[];
  /** A line a file: what was left out, and why. */
  readonly report: readonly string[];
}

/** Decodes a JPEG or PNG file. @throws UserError for what is neither, too large or damaged */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const header = imageHeader(bytes);
  if (header?.format !== "PNG" && header?.format !== "JPEG") {
    throw new UserError(`${name} is neither a JPEG nor a PNG file.`);
  }
  const [width, height] = header.size ?? [0, 0];
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${name} has ${width} x ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read.`,
    );
  }
  try {
    if (header.format === "PNG") return PNG.sync.read(Buffer.from(bytes));
    return jpeg.decode(bytes, {
      useTArray: true,
      maxResolutionInMP: MOST_PIXELS / 1e6,
      maxMemoryUsageInMB: 1024,
      tolerantDecoding: false,
    });
  } catch (error) {
    throw new UserError(`${name} is damaged: ${(error as Error).message}.`, { cause: error });
  }
}

/** Reads and decodes one photograph. */
export async function readPicture(path: string): Promise<Picture> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new UserError(`${path} does not exist, or is no file.`);
  if (found.size > MOST_BYTES) {
    throw new UserError(
      `${path} has ${Math.round(found.size / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read.`,
    );
  }
  return decodePicture(new Uint8Array(await readFile(path)), basename(path));
}

/**
 * Reads all photographs of a folder, and their signs from whichever of these is there: YOLO texts
 * (beside the images or in labels/), PASCAL VOC (Annotations/ or beside), a LISA CSV, the German
 * benchmark's gt.txt, or the authors' texts.
 * @param as the class of every box, where the folder's own names say nothing
 * @throws UserError when the folder holds no photograph that can be used
 */
export async function readPhotoDir(
  dir: string,
  set: SignSet,
  as: string | undefined,
  between?: (done: number, all: number) => void,
): Promise<PhotoDir> {
  const images = existsSync(join(dir, "images")) ? join(dir, "images") : dir;
  const listing = await readdir(images).catch(() => {
    throw new UserError(`${dir} cannot be read as a folder of photographs.`);
  });
  const files = listing.filter((name) => /\.(jpe?g|png)$/i.test(name)).sort();
  if (files.length === 0) throw new UserError(`${dir} holds no JPEG or PNG files.`);
  const report: string[] = [];
  const source = await labelSource(dir, report);
  const classes = signSets[set] as readonly string[];
  if (as !== undefined && !classes.includes(as)) {
    throw new UserError(`"${as}" is no class of the set ${set}: choose ${classes.join(", ")}.`);
  }
  const photographs: Photograph[] = [];
  const unknown = new Map<string, number>();
  for (const [i, file] of files.entries()) {
    between?.(i, files.length);
    let picture: Picture;
    try {
      picture = await readPicture(join(images, file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      report.push(`${file}: left out: ${error.message}`);
      continue;
    }
    const { boxes, problems } = await source(file, picture);
    for (const problem of problems) report.push(`${file}: ${problem}`);
    const signs = boxes.flatMap(({ name, box }) => {
      const label = as !== undefined ? classes.indexOf(as) : classOf(set, name);
      if (label === undefined || label < 0) {
        unknown.set(name, (unknown.get(name) ?? 0) + 1);
        return [];
      }
      const [x1, y1, x2, y2] = box;
      const inside = [
        Math.max(0, x1),
        Math.max(0, y1),
        Math.min(picture.width, x2),
        Math.min(picture.height, y2),
      ] as const;
      if (inside[2] - inside[0] < 1 || inside[3] - inside[1] < 1) {
        report.push(
          `${file}: a box lies outside the image of ${picture.width} x ${picture.height}`,
        );
        return [];
      }
      return [{ label, box: inside }];
    });
    photographs.push({ name: file, picture, signs });
  }
  for (const [name, count] of unknown) {
    report.push(`"${name}": ${count} boxes left out, as the name is of no class of the set ${set}`);
  }
  if (photographs.length === 0) {
    throw new UserError(`${dir}: none of ${files.length} photographs can be used: ${report[0]}`);
  }
  return { photographs, report };
}

type LabelSource = (file: string, picture: Picture) => Promise<Labels>;

/** Finds out which label files a folder has. */
async function labelSource(dir: string, report: string[]): Promise<LabelSource> {
  const entries = await readdir(dir);
  const table = async (name: string, read: (text: string) => Table): Promise<Table> => {
    const found = read(await readFile(join(dir, name), "utf8"));
    for (const problem of found.problems) report.push(`${name}: ${problem}`);
    return found;
  };
  const none: Labels = { boxes: [], problems: [] };
  if (entries.includes("gt.txt")) {
    const { images } = await table("gt.txt", readGerman);
    return async (file, picture) => {
      const found = images.get(`${stem(file)}.ppm`) ?? none;
      const sx = picture.width / GERMAN_FRAME[0];
      const sy = picture.height / GERMAN_FRAME[1];
      const boxes = found.boxes.map(({ name, box: [x1, y1, x2, y2] }) => ({
        name,
        box: [x1 * sx, y1 * sy, x2 * sx, y2 * sy] as const,
      }));
      return { ...found, boxes };
    };
  }
  const csv = entries.find((name) => name.toLowerCase().endsWith(".csv"));
  if (csv) {
    const { images } = await table(csv, readLisa);
    return async (file) => images.get(file) ?? none;
  }
  const folders = ["labels", "Annotations", "annotations", "."].map((name) => join(dir, name));
  const named = entries.find((name) => /^(classes\.names|classes\.txt|obj\.names)$/.test(name));
  const names = named
    ? (await readFile(join(dir, named), "utf8")).split(/\r?\n/).map((name) => name.trim())
    : [];
  return async (file, picture) => {
    for (const folder of folders) {
      for (const ending of [".txt", ".xml"]) {
        const path = join(folder, stem(file) + ending);
        if (!existsSync(path)) continue;
        const text = await readFile(path, "utf8");
        if (ending === ".xml") return readVoc(text);
        const first = text.split(/\r?\n/).find((line) => line.trim() !== "") ?? "";
        if (first.includes(",")) return readAuthors(text);
        return readYolo(text, [picture.width, picture.height], names);
      }
    }
    return { boxes: [], problems: ["has no label file; it counts as a photograph without signs"] };
  };
}

function stem(file: string): string {
  return basename(file, extname(file));
}
