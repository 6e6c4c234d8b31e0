/** A list of digests as sha256sum writes it: a line for each file, "digest  path". */
import { clip, UserError } from "../errors.ts";
import { compareFiles, inWords } from "./compare.ts";
import type { MakeHasher } from "./hashing.ts";
import { digestFiles, type Digests, type ModelFiles, type Watch } from "./model-files.ts";
import { byCodePoint, isCanonical } from "./paths.ts";
import { NOT_OF_BEHAVIOUR, type Verdict } from "./verify.ts";

export const SUMS = "SHA256SUMS";

/** A file's whole content is one piece. */
const WHOLE = { algorithm: "sha256", shard: null } as const;

/** Names with a line break or a backslash are written with \n and \\, behind a backslash that says so. */
export function writeSums(digests: ReadonlyMap<string, Digests>): string {
  return [...digests]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([path, [digest]]) => {
      const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
      return `${escaped === path ? "" : "\\"}${digest}  ${escaped}\n`;
    })
    .join("");
}

/**
 * @param name of the file, for messages
 * @throws UserError naming the first line that is none
 */
export function readSums(text: string, name: string): Map<string, Digests> {
  const sums = new Map<string, Digests>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line === "") continue;
    const [, escaped, digest, written = ""] = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/s.exec(line) ?? [];
    const path = escaped === "\\" ? written.replaceAll(/\\(.)/g, unescaped) : written;
    const canonical = path.replace(/^\.\//, "");
    if (digest === undefined || !isCanonical(canonical) || sums.has(canonical)) {
      throw new UserError(
        `${name} is no list of digests: its line ${i + 1} ("${clip(line)}") is not a SHA-256, two spaces and the path of ` +
          "another file.",
      );
    }
    sums.set(canonical, [digest.toLowerCase()]);
  }
  if (sums.size > 0) return sums;
  throw new UserError(`${name} is no list of digests: it has no line.`);
}

const unescaped = (_: string, letter: string): string => ({ n: "\n", r: "\r" })[letter] ?? letter;

/** The SHA-256 of a model's files. */
export async function sumsOf(
  model: ModelFiles,
  make: MakeHasher,
  isOut: (path: string) => boolean,
  watch: Watch = {},
): Promise<Map<string, Digests>> {
  const files = model.files.filter(({ path }) => !isOut(path));
  return await digestFiles(files, WHOLE, make, watch);
}

/** Whether a model's files are those of a list. @param isOut what is there and need not be in the list */
export async function verifySums(
  listed: ReadonlyMap<string, Digests>,
  model: ModelFiles,
  make: MakeHasher,
  isOut: (path: string) => boolean,
  watch: Watch = {},
): Promise<Verdict> {
  const found = await sumsOf(model, make, (path) => !listed.has(path) && isOut(path), watch);
  // A list is of a folder; of a single file in it, its own line counts.
  const [only] = found.keys();
  const own = model.single && listed.has(only) ? new Map([[only, listed.get(only)!]]) : listed;
  const differences = compareFiles(own, found);
  const failed = differences.length > 0;
  const count = own.size === 1 ? "The file is" : `All ${own.size} files are`;
  return {
    outcome: failed ? "failed" : "matches",
    signer: null,
    problems: differences.map((one) => inWords(one, "listed")),
    proven: failed ? [] : [`${count} byte for byte what the list of digests names.`],
    unproven: failed ? [] : [LIST_ALONE, NOT_OF_BEHAVIOUR],
    differences,
  };
}

/** What digests without a signature do not say. */
export const LIST_ALONE =
  "Who published it: whoever can change the files can change a list beside them, unless you have it from elsewhere.";
