import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { sha256Hex } from "../../src/data/digest.ts";
import {
  DIGIT_FILES,
  digitFile,
  readDigitData,
  readDigitSet,
  type NamedBytes,
} from "../../src/data/digits.ts";
import { imageFile, labelFile, userError } from "./samples.ts";

const images = { name: "images", bytes: imageFile(3) };
const labels = { name: "labels", bytes: labelFile([0, 9, 5]) };

/** The four files of a small data set under MNIST's names. */
function fourFiles(): NamedBytes[] {
  return [
    { name: "train-images-idx3-ubyte", bytes: imageFile(3) },
    { name: "train-labels-idx1-ubyte", bytes: labelFile([0, 9, 5]) },
    { name: "t10k-images-idx3-ubyte", bytes: imageFile(2, 100) },
    { name: "t10k-labels-idx1-ubyte", bytes: labelFile([1, 2]) },
  ];
}

test("a set is read from plain files", async () => {
  const set = await readDigitSet(images, labels);
  expect(set.count).toBe(3);
  expect(set.images).toEqual(imageFile(3).subarray(16));
  expect(set.labels).toEqual(Uint8Array.of(0, 9, 5));
});

test("a set is read from gzip files, whatever they are called", async () => {
  const packed = { name: "images", bytes: gzipSync(images.bytes) };
  expect(await readDigitSet(packed, labels)).toEqual(await readDigitSet(images, labels));
});

describe("a set is refused", () => {
  test("if its images are not 28 x 28", async () => {
    const narrow = { name: "narrow", bytes: imageFile(3, 0, 28, 27) };
    expect(await userError(() => readDigitSet(narrow, labels))).toBe(
      "narrow holds images of 28 x 27 pixels, expected 28 x 28.",
    );
  });

  test("if images and labels are swapped", async () => {
    expect(await userError(() => readDigitSet(labels, images))).toBe(
      "labels holds labels where images are expected.",
    );
    expect(await userError(() => readDigitSet(images, images))).toBe(
      "images holds images where labels are expected.",
    );
  });

  test("if a label is above 9", async () => {
    const letters = { name: "letters", bytes: labelFile([1, 2, 10]) };
    expect(await userError(() => readDigitSet(images, letters))).toBe(
      "letters holds the label 10 at position 2, expected digits from 0 to 9.",
    );
  });

  test("if there are more images than labels, or fewer", async () => {
    for (const count of [2, 4]) {
      const others = { name: "others", bytes: imageFile(count) };
      expect(await userError(() => readDigitSet(others, labels))).toBe(
        `others holds ${count} images but labels holds 3 labels; give two files of one set.`,
      );
    }
  });

  test("if a file is damaged, by that file's name", async () => {
    const cut = { name: "cut", bytes: images.bytes.subarray(0, 99) };
    const cutGzip = { name: "cut.gz", bytes: gzipSync(labels.bytes).subarray(0, 15) };
    expect(await userError(() => readDigitSet(cut, labels))).toMatch(/^cut is truncated/);
    expect(await userError(() => readDigitSet(images, cutGzip))).toMatch(/^cut\.gz is a truncated/);
  });
});

test("a file's part is known by its name, with dot or hyphen, folder and .gz", () => {
  expect(DIGIT_FILES.map(digitFile)).toEqual(DIGIT_FILES);
  expect(digitFile("raw/train-images.idx3-ubyte.gz")).toBe("train-images-idx3-ubyte");
  expect(digitFile("C:\\raw\\t10k-labels-idx1-ubyte")).toBe("t10k-labels-idx1-ubyte");
  for (const other of ["train-images-idx1-ubyte", "train-images", "README", "", "x.gz"]) {
    expect(digitFile(other)).toBeUndefined();
  }
});

test("a data set is put together from its four files in any order", async () => {
  const [trainImages, trainLabels, testImages, testLabels] = fourFiles();
  const packed = { name: "t10k-images.idx3-ubyte.gz", bytes: gzipSync(testImages.bytes) };
  const data = await readDigitData([testLabels, packed, trainLabels, trainImages], "mine");
  expect(data.name).toBe("mine");
  expect(data.train).toEqual(await readDigitSet(trainImages, trainLabels));
  expect(data.test).toEqual(await readDigitSet(testImages, testLabels));
});

test("a data set's digest is that of its arrays' digests, one a line", async () => {
  const data = await readDigitData(fourFiles());
  const arrays = [data.train.images, data.train.labels, data.test.images, data.test.labels];
  const lines = await Promise.all(arrays.map((array) => sha256Hex(array)));
  expect(data.sha256).toBe(await sha256Hex(new TextEncoder().encode(lines.join("\n"))));
});

test("a single pixel changes a data set's digest", async () => {
  const files = fourFiles();
  const { sha256 } = await readDigitData(files);
  files[2].bytes[100] ^= 1;
  expect((await readDigitData(files)).sha256).not.toBe(sha256);
});

describe("files are refused", () => {
  test("if some are missing, which are listed", async () => {
    expect(await userError(() => readDigitData(fourFiles().slice(1, 3)))).toBe(
      "train-images-idx3-ubyte, t10k-labels-idx1-ubyte are missing from the files given; " +
        "a digit data set has four files, each plain or with .gz.",
    );
    expect(await userError(() => readDigitData(fourFiles().slice(1)))).toMatch(
      /^train-images-idx3-ubyte is missing from the files given/,
    );
  });

  test("if one is unknown", async () => {
    const stray = { name: "holiday.jpg", bytes: new Uint8Array(9) };
    expect(await userError(() => readDigitData([...fourFiles(), stray]))).toMatch(
      /^holiday\.jpg is not a file of a digit data set; expected train-images-idx3-ubyte, /,
    );
  });

  test("if one is given twice", async () => {
    const twin = { name: "t10k-labels.idx1-ubyte.gz", bytes: new Uint8Array(9) };
    expect(await userError(() => readDigitData([...fourFiles(), twin]))).toBe(
      "t10k-labels-idx1-ubyte and t10k-labels.idx1-ubyte.gz are both t10k-labels-idx1-ubyte; " +
        "give one of them.",
    );
  });
});
