/** Sets of labelled digits as the studies use them, read from files in MNIST's format. */
import { UserError } from "../errors.ts";
import { sha256Hex } from "./digest.ts";
import { gunzip, isGzip } from "./gzip.ts";
import { parseIdx, type IdxArray } from "./idx.ts";
import { MNIST_FILES, MNIST_SHA256 } from "./mnist.ts";

/** Images and their labels, in the same order. */
export interface DigitSet {
  /** Grey levels, 0 is background. [count, 28, 28] */
  images: Uint8Array;
  /** Digits 0 to 9. [count] */
  labels: Uint8Array;
  count: number;
}

const beginnings = new WeakMap<DigitSet, Map<number, DigitSet>>();

/**
 * The first images of a set, as a set; of the same number always the same one, so that a device holds it once.
 * @throws UserError where there are not so many
 */
export function firstImages(set: DigitSet, count: number): DigitSet {
  if (count === set.count) return set;
  if (count > set.count) {
    throw new UserError(
      `The recipe takes the first ${count} training images, but the data have ${set.count}: give data with as many.`,
    );
  }
  const known = beginnings.get(set) ?? new Map<number, DigitSet>();
  beginnings.set(set, known);
  const images = set.images.subarray(0, count * SIDE ** 2);
  const first = known.get(count) ?? { images, labels: set.labels.subarray(0, count), count };
  known.set(count, first);
  return first;
}

/** A data set: what to train on and what to test on. */
export interface DigitData {
  name: string;
  train: DigitSet;
  test: DigitSet;
  /**
   * Identifies the data, however it was packed: the SHA-256 of the SHA-256s (hexadecimal, one a
   * line) of the training images, training labels, test images and test labels.
   */
  sha256: string;
}

/** A file as the user or the network gave it. */
export interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

/** The part a file plays in a data set, called by MNIST's name for it. */
export type DigitFile = (typeof MNIST_FILES)[number]["name"];

/** The four files of a data set in their fixed order. */
export const DIGIT_FILES: readonly DigitFile[] = MNIST_FILES.map((file) => file.name);

/** Width and height of an image in pixels. */
const SIDE = 28;

/** The most bytes a compressed file may unfold to: 256 MiB, about 340,000 images. */
const MAX_BYTES = 2 ** 28;

/**
 * Reads a set from its two idx files, each plain or gzip.
 * @throws UserError if a file is damaged, images are not 28 x 28, a label is no digit or the
 * counts differ
 */
export async function readDigitSet(images: NamedBytes, labels: NamedBytes): Promise<DigitSet> {
  const pixels = await readIdx(images);
  const [count, height, width] = pixels.shape;
  if (height !== SIDE || width !== SIDE) {
    throw new UserError(
      pixels.shape.length === 3
        ? `${images.name} holds images of ${height} x ${width} pixels, expected 28 x 28.`
        : `${images.name} holds labels where images are expected.`,
    );
  }
  const digits = await readIdx(labels);
  if (digits.shape.length !== 1) {
    throw new UserError(`${labels.name} holds images where labels are expected.`);
  }
  const wrong = digits.data.findIndex((label) => label > 9);
  if (wrong !== -1) {
    throw new UserError(
      `${labels.name} holds the label ${digits.data[wrong]} at position ${wrong}, ` +
        `expected digits from 0 to 9.`,
    );
  }
  if (digits.data.length !== count) {
    throw new UserError(
      `${images.name} holds ${count} images but ${labels.name} holds ${digits.data.length} ` +
        `labels; give two files of one set.`,
    );
  }
  return { images: pixels.data, labels: digits.data, count };
}

/**
 * Reads a data set from its four files, in any order, recognised by their names.
 * @param name what to call the data, unless it turns out to be MNIST itself
 * @throws UserError if a file is missing, unknown, given twice or damaged
 */
export async function readDigitData(
  files: readonly NamedBytes[],
  name = "own digits",
): Promise<DigitData> {
  const [trainImages, trainLabels, testImages, testLabels] = matchDigitFiles(
    files,
    "the files given",
  );
  const train = await readDigitSet(trainImages, trainLabels);
  const test = await readDigitSet(testImages, testLabels);
  const arrays = [train.images, train.labels, test.images, test.labels];
  const digests = await Promise.all(arrays.map(sha256Hex));
  const sha256 = await sha256Hex(new TextEncoder().encode(digests.join("\n")));
  return { name: sha256 === MNIST_SHA256 ? "MNIST" : name, train, test, sha256 };
}

/** The part that a file plays by its name ("t10k-labels.idx1-ubyte.gz"), or undefined. */
export function digitFile(path: string): DigitFile | undefined {
  const base = path.split(/[/\\]/).at(-1) ?? "";
  const plain = base.replace(/\.gz$/, "").replace(/\.(?=idx[13]-ubyte$)/, "-");
  return DIGIT_FILES.find((file) => file === plain);
}

/**
 * Finds the file for each part of a data set and puts them in the order of `DIGIT_FILES`.
 * @param where what was searched, for errors
 * @throws UserError if a file is unknown, a part is there twice or parts are missing
 */
export function matchDigitFiles<T extends { name: string }>(
  files: readonly T[],
  where: string,
): T[] {
  const found = new Map<DigitFile, T>();
  for (const file of files) {
    const role = digitFile(file.name);
    if (role === undefined) {
      throw new UserError(
        `${file.name} is not a file of a digit data set; ` +
          `expected ${DIGIT_FILES.join(", ")}, each plain or with .gz.`,
      );
    }
    const twin = found.get(role);
    if (twin !== undefined) {
      throw new UserError(`${twin.name} and ${file.name} are both ${role}; give one of them.`);
    }
    found.set(role, file);
  }
  const missing = DIGIT_FILES.filter((role) => !found.has(role));
  if (missing.length > 0) {
    throw new UserError(
      `${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing from ${where}; ` +
        `a digit data set has four files, each plain or with .gz.`,
    );
  }
  return DIGIT_FILES.flatMap((role) => found.get(role) ?? []);
}

/** Decompresses a file where needed and reads its array. */
async function readIdx({ name, bytes }: NamedBytes): Promise<IdxArray> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, MAX_BYTES, name) : bytes, name);
}
