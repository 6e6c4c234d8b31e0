/** Where results go: the folder that --out names, and the files that --json and others name. */
import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { UserError } from "../../errors.ts";
import { destinationOf, ensureWritableDir, writeOutput } from "../../node/write-output.ts";
import { jsonText } from "../../text/json.ts";
import { textOf, UsageError, type Options } from "./options.ts";
import { say } from "./say.ts";

/** A file that is written or read. */
export interface FileUse {
  /** For messages: "--json". */
  readonly name: string;
  readonly path: string;
}

/** A file that is read, or a folder in which files are. */
export interface InputUse extends FileUse {
  /** Of a folder, whether it reads a file at this path below it. */
  readonly reads?: (path: string) => boolean;
}

/** The folder of a run to go on with. @param what it holds; undefined where nothing is gone on with */
export function folderToResume(given: Options, what: string): string | undefined {
  if (!given["resume"]) return undefined;
  const out = textOf(given, "out");
  if (out !== undefined) return out;
  throw new UsageError(`--resume needs --out with the folder of the ${what} to go on from.`);
}

/** Files that options of these names name, where they are given. */
export function filesOf(given: Options, ...names: readonly string[]): FileUse[] {
  return names.flatMap((name) => {
    const path = textOf(given, name);
    return path === undefined ? [] : [{ name: `--${name}`, path }];
  });
}

/** Files of these names in a folder, if there is one. */
export const filesIn = (dir: string | undefined, ...names: readonly string[]): FileUse[] =>
  dir === undefined
    ? []
    : names.map((name) => ({ name: `${name} of --out`, path: join(dir, name) }));

/**
 * Makes sure that no output takes another file's place.
 * @param outputs all files that will be written
 * @param inputs all that is read
 * @throws UsageError where an output is a folder, another output or an input
 */
export async function assertOutputs(
  outputs: readonly FileUse[],
  inputs: readonly InputUse[],
): Promise<void> {
  await assertApart(await placesOf(outputs), inputs);
}

/**
 * Makes sure of that, and that results can be written, before anything takes its time; makes folders where need be.
 * @param out folder of results, if any
 * @param outputs all files that will be written, with those in `out`
 * @param inputs all that is read
 * @throws UsageError as assertOutputs does, UserError where nothing can be written
 */
export async function ensureOutputs(
  out: string | undefined,
  outputs: readonly FileUse[],
  inputs: readonly InputUse[],
): Promise<void> {
  const places = await placesOf(outputs);
  await assertApart(places, inputs);
  const folders = places.filter(({ special }) => !special).map(({ place }) => dirname(place));
  for (const folder of new Set([...folders, ...(out === undefined ? [] : [out])])) {
    await ensureWritableDir(folder);
  }
}

interface Place extends FileUse {
  /** Where it leads to, once links are followed. */
  readonly place: string;
  /** Which file that is, whatever it is called; the place where there is none yet. */
  readonly identity: string;
  /** A device or a pipe, which many may write into. */
  readonly special: boolean;
}

/** @throws UsageError for a folder */
async function placesOf(outputs: readonly FileUse[]): Promise<Place[]> {
  return await Promise.all(
    outputs.map(async ({ name, path }) => {
      const found = await stat(path).catch(() => null);
      if (path === "" || found?.isDirectory()) {
        throw new UsageError(
          path === ""
            ? `${name} is empty: give a file.`
            : `${name} is ${path}, but that is a folder: give a file in it.`,
        );
      }
      // What cannot be looked at now is refused when its folder is.
      const to = await destinationOf(path).catch(
        () => ({ kind: "file", path: resolve(path) }) as const,
      );
      if (to.kind !== "file") return { name, path, place: path, identity: path, special: true };
      return { name, path, place: to.path, identity: await identityOf(to.path), special: false };
    }),
  );
}

async function identityOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found ? `${found.dev}:${found.ino}` : path;
}

async function assertApart(outputs: readonly Place[], inputs: readonly InputUse[]): Promise<void> {
  const files = outputs.filter(({ special }) => !special);
  for (const [i, output] of files.entries()) {
    const twin = files.slice(0, i).find(({ identity }) => identity === output.identity);
    if (twin) throw inTheWay(output, `${twin.name} is written to`);
    for (const input of inputs) {
      if (await isRead(output, input)) throw inTheWay(output, `${input.name} reads`);
    }
  }
}

const inTheWay = ({ name, path }: FileUse, what: string) =>
  new UsageError(`${name} is ${path}, which ${what}: choose another file or folder for it.`);

async function isRead({ place, identity }: Place, input: InputUse): Promise<boolean> {
  const { reads, path } = input;
  if (!reads) return (await identityOf(path)) === identity;
  const top = await destinationOf(path).catch(() => null);
  const exists = await stat(place).catch(() => null);
  if (!exists || !top || top.kind === "descriptor") return false;
  const below = relative(top.path, place);
  return !below.startsWith("..") && reads(below);
}

/** Writes a result into `out`, tells it, and writes it to --json. @throws UserError of all that failed */
export async function reportResult(
  result: object,
  inWords: (file: string | undefined) => readonly string[],
  given: Options,
  out: string | undefined,
): Promise<void> {
  const text = jsonText(result);
  const json = textOf(given, "json");
  const file = out === undefined ? undefined : join(out, "result.json");
  await allOf(
    async () => {
      if (file !== undefined) await writeOutput(file, text);
    },
    async () => await say(inWords(file), file !== undefined || json !== undefined),
    async () => {
      if (json !== undefined) await writeOutput(json, text);
    },
  );
}

/** Does all of it, one after the other: what fails takes nothing else with it. @throws UserError of all that failed */
export async function allOf(...works: readonly (() => Promise<void>)[]): Promise<void> {
  const problems: UserError[] = [];
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length === 0) return;
  throw new UserError(problems.map(({ message }) => message).join(" "), { cause: problems[0] });
}
