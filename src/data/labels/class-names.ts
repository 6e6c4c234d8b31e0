/** What the numbers of YOLO's classes stand for: lists of names beside the label files. */
import { UserError } from "../../errors.ts";
import { linesOf } from "./labels.ts";
import { baseOf, folderOf } from "./match.ts";

export const isNames = (path: string) =>
  /^(classes\.names|classes\.txt|obj\.names)$/.test(baseOf(path));

export interface ClassNames {
  /** The names that a label file's numbers stand for, or why that is unclear. */
  readonly of: (labels: string) => readonly string[] | string;
  readonly summary: readonly string[];
}

/** Reads the lists of names of a collection. */
export async function readNames(
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
