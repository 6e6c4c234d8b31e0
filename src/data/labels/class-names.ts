/** What the numbers of YOLO's classes stand for: lists of names, data.yaml, and what darknet's settings name. */
import { load } from "js-yaml";
import { clip, UserError } from "../../errors.ts";
import { linesOf } from "./labels.ts";
import { baseOf, folderOf } from "./match.ts";

/** A list of names, one a line, as labelling tools and darknet call it. */
const LIST =
  /^(.*\.(names|labels)|_?(obj|predefined)?[_-]?(classes|labels|class[_-]?names)\.txt)$/i;
const YAML = /\.ya?ml$/i;
/** Darknet's settings of a data set. */
const SETTINGS = /\.data$/i;

/** Whether a file is, by its name, about the names of classes. */
export const isNames = (path: string): boolean =>
  [LIST, YAML, SETTINGS].some((pattern) => pattern.test(baseOf(path)));

/** The greatest number of a class, and letters of a YAML file: a parser takes its time for each. */
const MOST_CLASSES = 10_000;
const MOST_YAML = 200_000;

type Names = readonly string[];

export interface ClassNames {
  /** The names that a label file's numbers stand for, or why that is unclear. */
  readonly of: (labels: string) => Names | string;
  /** By their paths. */
  readonly lists: ReadonlyMap<string, Names>;
  readonly summary: readonly string[];
}

/**
 * Reads the lists of names of a collection.
 * @param paths of files that are about names
 * @param all paths of the collection, for lists that others name
 */
export async function readNames(
  paths: readonly string[],
  all: readonly string[],
  text: (path: string) => Promise<string>,
): Promise<ClassNames> {
  const lists = new Map<string, Names>();
  const summary: string[] = [];
  for (const path of paths) {
    try {
      const content = await text(path);
      const found = YAML.test(path)
        ? namesOfYaml(content)
        : SETTINGS.test(path)
          ? (/^[ \t]*names[ \t]*=[ \t]*(\S[^\r\n]*)/m.exec(content)?.[1].trim() ?? null)
          : linesOf(content);
      if (found === null) continue;
      if (typeof found !== "string") lists.set(path, found);
      else {
        const list = named(found, path, all);
        if (!list) throw new UserError(`there is no ${clip(found)}, which it names.`);
        if (!lists.has(list)) lists.set(list, linesOf(await text(list)));
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      summary.push(`${path}: these names are ignored: ${error.message}`);
    }
  }
  return { lists, summary, of: (labels) => namesFor(labels, lists) };
}

/** The deepest list in a folder above some labels; where there is none, the only one. */
function namesFor(labels: string, lists: ReadonlyMap<string, Names>): Names | string {
  const above = [...lists.keys()].filter(
    (path) => folderOf(path) === "" || labels.startsWith(`${folderOf(path)}/`),
  );
  const depth = Math.max(...above.map((path) => folderOf(path).length));
  const nearest = above.filter((path) => folderOf(path).length === depth);
  const candidates = nearest.length > 0 ? nearest : [...lists.keys()];
  const different = new Map(
    candidates.map((path) => [JSON.stringify(trimmed(lists.get(path)!)), path]),
  );
  if (different.size > 1) {
    return `its classes have numbers only, as their names may be in ${[...different.values()].join(" or ")}`;
  }
  return lists.get(candidates[0]) ?? [];
}

/** Without empty lines at the end, in which lists that say the same may differ. */
function trimmed(names: Names): Names {
  return names.slice(0, names.findLastIndex((name) => name !== "") + 1);
}

/**
 * What a YAML file says of names: a list, or the path of one; null where it is about something else.
 * @throws UserError where it is no YAML
 */
function namesOfYaml(text: string): Names | string | null {
  if (text.length > MOST_YAML) {
    throw new UserError(`it has ${text.length} letters; at most ${MOST_YAML} are read.`);
  }
  let content: unknown;
  try {
    content = load(text);
  } catch (cause) {
    throw new UserError(`${clip((cause as Error).message.split("\n")[0])}.`, { cause });
  }
  const names =
    content !== null && typeof content === "object" && "names" in content ? content.names : null;
  if (typeof names === "string") return names;
  if (names === null || typeof names !== "object") return null;
  const list: string[] = [];
  for (const [key, name] of Object.entries(names)) {
    const number = Number(key);
    if (!Number.isInteger(number) || number < 0 || number >= MOST_CLASSES) continue;
    while (list.length < number) list.push("");
    list[number] = typeof name === "object" ? "" : String(name).trim();
  }
  return list.some((name) => name !== "") ? list : null;
}

/** The file of a collection that another one names, from wherever its paths begin. */
function named(reference: string, by: string, all: readonly string[]): string | undefined {
  const path = reference.replaceAll("\\", "/").replace(/^(\.{0,2}\/)+/, "");
  const beside = folderOf(by) === "" ? path : `${folderOf(by)}/${path}`;
  return (
    all.find((one) => one === beside) ??
    all.find((one) => one === path || one.endsWith(`/${path}`)) ??
    all.find((one) => baseOf(one) === baseOf(path))
  );
}
