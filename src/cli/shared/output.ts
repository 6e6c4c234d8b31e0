/** Where results go: the folder that --out names, and the file that --json names. */
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureWritableDir, writeFileAtomic } from "../../node/files.ts";
import { textOf, UsageError, type Options } from "./options.ts";
import { say } from "./say.ts";

/** The folder of a run to go on with. @param what it holds; undefined where nothing is gone on with */
export function folderToResume(given: Options, what: string): string | undefined {
  if (!given["resume"]) return undefined;
  const out = textOf(given, "out");
  if (out !== undefined) return out;
  throw new UsageError(`--resume needs --out with the folder of the ${what} to go on from.`);
}

/** @throws UsageError where --json is a folder */
export function assertJsonIsFile(given: Options): void {
  const json = textOf(given, "json");
  if (json !== undefined && existsSync(json) && statSync(json).isDirectory()) {
    throw new UsageError(`--json is ${json}, but that is a folder: give a file in it.`);
  }
}

/**
 * Makes sure, before anything takes its time, that results can be written; makes folders where need be.
 * @param out where results go, if anywhere
 */
export async function ensureOutputs(given: Options, out: string | undefined): Promise<void> {
  assertJsonIsFile(given);
  const json = textOf(given, "json");
  if (json !== undefined) await ensureWritableDir(dirname(json));
  if (out !== undefined) await ensureWritableDir(out);
}

/** Writes a result into `out`, tells it, and writes it to --json. */
export async function reportResult(
  result: object,
  inWords: (file: string | undefined) => string,
  given: Options,
  out: string | undefined,
): Promise<void> {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  const json = textOf(given, "json");
  const file = out === undefined ? undefined : join(out, "result.json");
  if (file !== undefined) await writeFileAtomic(file, text);
  say(inWords(file));
  // What cannot be written there takes nothing else with it.
  if (json !== undefined) await writeFileAtomic(json, text);
}
