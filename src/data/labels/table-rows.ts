/** The rows of a collection's tables, each with the photograph that it speaks of. */
import { clip, UserError } from "../../errors.ts";
import type { Picture } from "../picture.ts";
import { few, scaled, type Labels, type Size } from "./labels.ts";
import { baseOf, matchImages } from "./match.ts";
import { GERMAN_FRAME, readGerman, readLisa, type Table } from "./tables.ts";

/** Whether it is the German benchmark's table. */
export const isGerman = (path: string) => /^gt\.txt$/i.test(baseOf(path));
export const isTable = (path: string) => isGerman(path) || /\.csv$/i.test(path);

/** What a table says of one photograph. */
export interface Row extends Labels {
  readonly table: string;
  /** The size of the picture that it speaks of; null: of the photograph as it is. */
  readonly frame: Size | null;
}

export interface Tables {
  /** Whether any could be read. */
  readonly found: boolean;
  /** By keys of photographs. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly unclear: ReadonlyMap<string, string>;
  /** Labels of which nothing can be used. */
  readonly unread: ReadonlyMap<string, Labels>;
  readonly summary: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Reads all tables of a collection, and finds the photographs that they speak of.
 * @param photoOf what photograph a key is of: several may be of one
 */
export async function readTables(
  paths: readonly string[],
  text: (path: string) => Promise<string>,
  keys: readonly string[],
  photoOf: (key: string) => string = (key) => key,
): Promise<Tables> {
  const rows = new Map<string, Row[]>();
  const unclear = new Map<string, string>();
  const unread = new Map<string, Labels>();
  const summary: string[] = [];
  const problems: string[] = [];
  let found = false;
  for (const path of paths) {
    const table = await readTable(path, text);
    if (typeof table === "string") {
      summary.push(`${path}: this table is ignored: ${table}`);
      continue;
    }
    found = true;
    problems.push(...table.problems.map((problem) => `${path}: ${problem}`));
    const [width, height] = GERMAN_FRAME;
    const frame = isGerman(path) ? { width, height } : null;
    const missing: string[] = [];
    for (const [image, matches] of matchImages(path, table.images.keys(), keys)) {
      const labels = table.images.get(image)!;
      if (matches.length === 0) missing.push(image);
      if (labels.boxes.length === 0) {
        // Nothing of it could be used, so that a label file of its own still counts.
        const all = labels.problems.map((problem) => `${path}: ${problem}`);
        problems.push(...all);
        for (const key of matches) unread.set(key, { boxes: [], problems: all });
      } else if (new Set(matches.map(photoOf)).size === 1) {
        const [key] = matches;
        rows.set(key, [...(rows.get(key) ?? []), { ...labels, table: path, frame }]);
      } else if (matches.length > 1) {
        const doubt = `${path} has boxes of ${clip(image)}, which may be ${matches.join(" or ")}: name its folder there`;
        for (const key of matches) unclear.set(key, doubt);
      }
    }
    if (missing.length > 0) {
      summary.push(`${path}: ${missing.length} images that it names are missing: ${few(missing)}`);
    }
  }
  return { found, rows, unclear, unread, summary, problems };
}

/** A table, or why the file is none. */
async function readTable(
  path: string,
  text: (path: string) => Promise<string>,
): Promise<Table | string> {
  try {
    const content = await text(path);
    const table = isGerman(path) ? readGerman(content) : readLisa(content);
    if (table.images.size > 0 || table.problems.length === 0) return table;
    return table.problems[0];
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** What all tables say of a photograph. */
export function joined(rows: readonly Row[], picture: Picture): Labels {
  return {
    boxes: rows.flatMap(({ boxes, frame }) =>
      boxes.map((one) => (frame ? { ...one, box: scaled(one.box, frame, picture) } : one)),
    ),
    problems: rows.flatMap(({ table, problems }) =>
      problems.map((problem) => `${table}, ${problem}`),
    ),
  };
}
