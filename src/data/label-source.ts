/** Which label files and tables a collection has, and what they say of each of its photographs. */
import { clip, UserError } from "../errors.ts";
import {
  GERMAN_FRAME,
  linesOf,
  readAuthors,
  readGerman,
  readLisa,
  readVoc,
  readYolo,
  type Labels,
  type NamedBox,
  type Table,
} from "./label-files.ts";
import { baseOf, folderOf, keyOf, matchFiles, matchImages } from "./match-labels.ts";
import type { CollectionFiles } from "./photo-collection.ts";
import type { Picture } from "./photographs.ts";

export interface LabelSource {
  /** @throws UserError when it is unclear which labels are the photograph's, or they cannot be read */
  readonly of: (path: string, picture: Picture) => Promise<Labels>;
  /** What was found out about the collection as a whole. */
  readonly summary: readonly string[];
  /** Lines of tables that could not be used. */
  readonly problems: readonly string[];
}

type Corners = NamedBox["box"];
type Size = Pick<Picture, "width" | "height">;

/** A box in a picture of another size. */
export function scaled([x1, y1, x2, y2]: Corners, from: Size, to: Size): Corners {
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  return [x1 * sx, y1 * sy, x2 * sx, y2 * sy];
}

/** Names of things, a few of many. */
const few = (names: readonly string[]) =>
  names.slice(0, 3).map(clip).join(", ") +
  (names.length > 3 ? ` and ${names.length - 3} more` : "");

/** Whether it is the German benchmark's table. */
export const isGerman = (path: string) => /^gt\.txt$/i.test(baseOf(path));
const isTable = (path: string) => isGerman(path) || /\.csv$/i.test(path);
const isNames = (path: string) => /^(classes\.names|classes\.txt|obj\.names)$/.test(baseOf(path));

/** Looks through a collection's files for what labels its photographs. */
export async function labelSource(
  files: CollectionFiles,
  photos: readonly string[],
): Promise<LabelSource> {
  const text = async (path: string) => new TextDecoder().decode(await files.read(path));
  const paths = [...files.paths].sort();
  const keys = [...new Set(photos.map(keyOf))];
  const tables = await readTables(paths.filter(isTable), text, keys);
  const labels = paths.filter(
    (path) => /\.(txt|xml)$/i.test(path) && !isTable(path) && !isNames(path),
  );
  const { own, unclear, left } = matchFiles(keys, labels);
  const names = await readNames(paths.filter(isNames), text);

  const summary = [...tables.summary, ...names.summary];
  if (left.length > 0) {
    summary.push(`${left.length} text and XML files belong to no photograph: ${few(left)}`);
  }
  const second = [...own].filter(([key]) => tables.rows.has(key)).map(([, path]) => path);
  if (second.length > 0) {
    summary.push(
      `${second.length} label files are not read, as a table has their photographs: ${few(second)}`,
    );
  }
  const without = photos.filter(
    (path) => ![tables.rows, tables.unclear, own, unclear].some((one) => one.has(keyOf(path))),
  );
  if (without.length > 0) {
    summary.push(
      `${without.length} photographs have no labels, and count as photographs without signs: ${few(without)}`,
    );
  }

  return {
    summary,
    problems: tables.problems,
    of: async (path, picture) => {
      const key = keyOf(path);
      const rows = tables.rows.get(key);
      const doubt = tables.unclear.get(key) ?? (rows ? undefined : unclear.get(key));
      if (doubt) throw new UserError(`${doubt}.`);
      if (rows) return joined(rows, picture);
      const file = own.get(key);
      if (file === undefined) {
        // Where there are tables, what they don't name is meant to have no signs.
        const problems = ["has no label file; it counts as a photograph without signs"];
        return { boxes: [], problems: tables.found ? [] : problems };
      }
      const content = await text(file);
      if (/\.xml$/i.test(file)) return readVoc(content);
      const first = linesOf(content).find((line) => line !== "") ?? "";
      if (first.includes(",")) return readAuthors(content);
      const list = names.of(file);
      const { boxes, problems } = readYolo(
        content,
        [picture.width, picture.height],
        typeof list === "string" ? [] : list,
      );
      return { boxes, problems: typeof list === "string" ? [list, ...problems] : problems };
    },
  };
}

/** What a table says of one photograph. */
interface Row extends Labels {
  readonly table: string;
  /** The size of the picture that it speaks of; null: of the photograph as it is. */
  readonly frame: Size | null;
}

interface Tables {
  /** Whether any could be read. */
  readonly found: boolean;
  /** By keys of photographs. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly unclear: ReadonlyMap<string, string>;
  readonly summary: readonly string[];
  readonly problems: readonly string[];
}

async function readTables(
  paths: readonly string[],
  text: (path: string) => Promise<string>,
  keys: readonly string[],
): Promise<Tables> {
  const rows = new Map<string, Row[]>();
  const unclear = new Map<string, string>();
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
        problems.push(...labels.problems.map((problem) => `${path}: ${problem}`));
      } else if (matches.length === 1) {
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
  return { found, rows, unclear, summary, problems };
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

/** What all tables say of a photograph, a box that several have once. */
function joined(rows: readonly Row[], picture: Picture): Labels {
  const boxes = new Map<string, NamedBox>();
  const problems: string[] = [];
  for (const row of rows) {
    problems.push(...row.problems.map((problem) => `${row.table}, ${problem}`));
    for (const { name, box } of row.boxes) {
      const own = row.frame ? scaled(box, row.frame, picture) : box;
      boxes.set(JSON.stringify([name, own]), { name, box: own });
    }
  }
  return { boxes: [...boxes.values()], problems };
}

interface ClassNames {
  /** The names that a label file's numbers stand for, or why that is unclear. */
  readonly of: (labels: string) => readonly string[] | string;
  readonly summary: readonly string[];
}

async function readNames(
  paths: readonly string[],
  text: (path: string) => Promise<string>,
): Promise<ClassNames> {
  const lists = new Map<string, readonly string[]>();
  const summary: string[] = [];
  for (const path of paths) {
    try {
      lists.set(path, linesOf(await text(path)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      summary.push(`${path}: these names are ignored: ${error.message}`);
    }
  }
  // The deepest of those in a folder above; where there is none, the only one.
  const deepest = [...lists.keys()].sort((a, b) => folderOf(b).length - folderOf(a).length);
  return {
    summary,
    of: (labels) => {
      const above = deepest.find(
        (path) => folderOf(path) === "" || labels.startsWith(`${folderOf(path)}/`),
      );
      const [only, ...others] = lists.keys();
      const names = lists.get(above ?? only);
      if (above !== undefined || others.length === 0) return names ?? [];
      return `its classes have numbers only, as their names may be in ${[only, ...others].join(" or ")}`;
    },
  };
}
