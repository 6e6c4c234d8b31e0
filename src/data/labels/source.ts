/** Which label files and tables a collection has, and what they say of each of its photographs. */
import { UserError } from "../../errors.ts";
import type { PhotoFile } from "../links.ts";
import { readLabelFile, type CollectionFiles } from "../collection-files.ts";
import type { Picture } from "../picture.ts";
import { decodeText, decodeXml } from "../text.ts";
import { readAuthors } from "./authors.ts";
import { isNames, readNames, type ClassNames } from "./class-names.ts";
import { distinct, few, type Labels } from "./labels.ts";
import { keyOf, matchFiles } from "./match.ts";
import { isTable, joined, readTables } from "./table-rows.ts";
import { readVoc } from "./voc.ts";
import { isYolo, readYolo } from "./yolo.ts";

export interface LabelSource {
  /** @throws UserError when it is unclear which labels are the photograph's, or they cannot be read */
  readonly of: (photo: PhotoFile, picture: Picture) => Promise<Labels>;
  /** What was found out about the collection as a whole. */
  readonly summary: readonly string[];
  /** Lines of tables that could not be used. */
  readonly problems: readonly string[];
}

/** Looks through a collection's files for what labels its photographs. */
export async function labelSource(
  files: CollectionFiles,
  photos: readonly PhotoFile[],
): Promise<LabelSource> {
  const text = async (path: string) => decodeText(await readLabelFile(files, path));
  const paths = [...files.paths].sort();
  const photographed = new Map(
    photos.flatMap(({ path, names }) => names.map((name) => [keyOf(name), keyOf(path)])),
  );
  const photoOf = (key: string) => photographed.get(key)!;
  const keys = [...photographed.keys()];
  const tables = await readTables(paths.filter(isTable), text, keys, photoOf);
  // A photograph may be called like a list of names.
  const isList = (path: string) => isNames(path) && !photographed.has(keyOf(path));
  const names = await readNames(paths.filter(isList), paths, text);
  const { own, unclear, left } = matchFiles(
    keys,
    paths.filter(
      (path) =>
        /\.(txt|xml)$/i.test(path) && !isTable(path) && !isList(path) && !names.lists.has(path),
    ),
    photoOf,
  );
  const isLabelled = (name: string) =>
    [tables.rows, tables.unclear, tables.unread, own, unclear].some((one) => one.has(keyOf(name)));

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
  const without = photos.filter(({ names }) => !names.some(isLabelled)).map(({ path }) => path);
  if (without.length > 0) {
    summary.push(
      `${without.length} photographs have no labels, and count as photographs without signs: ${few(without)}`,
    );
  }

  return {
    summary,
    problems: tables.problems,
    of: async (photo, picture) => usable(await labelsOf(photo, picture)),
  };

  /** What a photograph's links say comes before what its own name does, as they were made for that. */
  async function labelsOf({ path, names: all }: PhotoFile, picture: Picture): Promise<Labels> {
    const said = all.flatMap((name) => (name === path ? [] : (own.get(keyOf(name)) ?? [])));
    const texts = new Set(await Promise.all(said.map(text)));
    if (texts.size > 1) {
      throw new UserError(`its links have different labels, in ${said.join(" and ")}.`);
    }
    const key = keyOf(all.find(isLabelled) ?? path);
    const rows = tables.rows.get(key);
    const doubt = tables.unclear.get(key) ?? (rows ? undefined : unclear.get(key));
    if (doubt) throw new UserError(`${doubt}.`);
    if (rows) return joined(rows, picture);
    const file = own.get(key);
    if (file === undefined) {
      const unread = tables.unread.get(key);
      if (unread) return unread;
      // Where there are tables, what they don't name is meant to have no signs.
      return tables.found ? { boxes: [], problems: [] } : unlabelled;
    }
    return await readFile(files, file, picture, names);
  }
}

/** What a label file of whatever format says. */
async function readFile(
  files: CollectionFiles,
  path: string,
  picture: Picture,
  names: ClassNames,
): Promise<Labels> {
  const bytes = await readLabelFile(files, path);
  if (/\.xml$/i.test(path)) return readVoc(decodeXml(bytes), picture);
  const content = decodeText(bytes);
  if (!isYolo(content)) return readAuthors(content);
  const list = names.of(path);
  const { boxes, problems } = readYolo(
    content,
    [picture.width, picture.height],
    typeof list === "string" ? [] : list,
  );
  return { boxes, problems: typeof list === "string" ? [list, ...problems] : problems };
}

const unlabelled: Labels = {
  boxes: [],
  problems: ["has no label file; it counts as a photograph without signs"],
};

/** @throws UserError where nothing of a photograph's labels could be read: its signs would count as none */
function usable(labels: Labels): Labels {
  const { boxes, problems } = labels;
  if (boxes.length > 0 || problems.length === 0 || labels === unlabelled) {
    return { boxes: distinct(boxes, ({ name }) => name), problems };
  }
  const more = problems.length > 1 ? `, and ${problems.length - 1} more like it` : "";
  throw new UserError(`nothing in its labels can be used: ${problems[0]}${more}.`);
}
