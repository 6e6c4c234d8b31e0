/** Which label files and tables a collection has, and what they say of each of its photographs. */
import { UserError } from "../../errors.ts";
import type { CollectionFiles } from "../collection-files.ts";
import type { Picture } from "../picture.ts";
import { readAuthors } from "./authors.ts";
import { isNames, readNames } from "./class-names.ts";
import { few, linesOf, type Labels } from "./labels.ts";
import { keyOf, matchFiles } from "./match.ts";
import { isTable, joined, readTables } from "./table-rows.ts";
import { readVoc } from "./voc.ts";
import { readYolo } from "./yolo.ts";

export interface LabelSource {
  /** @throws UserError when it is unclear which labels are the photograph's, or they cannot be read */
  readonly of: (path: string, picture: Picture) => Promise<Labels>;
  /** What was found out about the collection as a whole. */
  readonly summary: readonly string[];
  /** Lines of tables that could not be used. */
  readonly problems: readonly string[];
}

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
