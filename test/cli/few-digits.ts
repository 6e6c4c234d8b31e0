/** A few digits of MNIST as a folder of idx files, whole or spoilt, for the tests of the command line. */
import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { packagedMnist } from "../../src/node/files.ts";
import { idx } from "../data/samples.ts";

export const TRAIN = 240;
export const TEST = 40;

export type Files = Readonly<Record<string, Uint8Array>>;

/** The four files by name: training set compressed, test set plain. */
export async function fewDigits(): Promise<Files> {
  const { train, test } = await packagedMnist();
  const images = (set: typeof train, count: number) =>
    idx(0x803, [count, 28, 28], set.images.subarray(0, 784 * count));
  const labels = (set: typeof train, count: number) =>
    idx(0x801, [count], set.labels.subarray(0, count));
  return {
    "train-images-idx3-ubyte.gz": gzipSync(images(train, TRAIN)),
    "train-labels-idx1-ubyte.gz": gzipSync(labels(train, TRAIN)),
    "t10k-images-idx3-ubyte": images(test, TEST),
    "t10k-labels-idx1-ubyte": labels(test, TEST),
  };
}

/** Makes a folder with the files, some of them replaced (or left out: null). @returns its path */
export function dataFolder(
  path: string,
  files: Files,
  change: Readonly<Record<string, Uint8Array | null>> = {},
): string {
  mkdirSync(path);
  for (const [file, bytes] of Object.entries({ ...files, ...change })) {
    if (bytes) writeFileSync(`${path}/${file}`, bytes);
  }
  return path;
}
