import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DIGIT_FILES } from "../../src/data/digits.ts";
import { MNIST_FILES } from "../../src/data/mnist.ts";
import { packagedMnist, readDigitDir, readPackagedMnistFiles } from "../../src/node/files.ts";
import { imageFile, labelFile, userError } from "../data/samples.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "files-test-"));
});

afterEach(() => rm(dir, { recursive: true }));

/** Fills the folder with a data set of two training images and one test image. */
async function fill(): Promise<void> {
  await writeFile(join(dir, "train-images-idx3-ubyte"), imageFile(2));
  await writeFile(join(dir, "train-labels.idx1-ubyte"), labelFile([3, 4]));
  await writeFile(join(dir, "t10k-images-idx3-ubyte.gz"), gzipSync(imageFile(1, 50)));
  await writeFile(join(dir, "t10k-labels.idx1-ubyte.gz"), gzipSync(labelFile([5])));
  await writeFile(join(dir, "README.md"), "not a digit");
}

describe("readDigitDir", () => {
  test("reads the four files, plain or packed, and calls the data by the folder's name", async () => {
    await fill();
    const data = await readDigitDir(`${dir}/`);
    expect(dir.endsWith(`/${data.name}`)).toBe(true);
    expect(data.train.labels).toEqual(Uint8Array.of(3, 4));
    expect(data.train.images).toEqual(imageFile(2).subarray(16));
    expect(data.test.labels).toEqual(Uint8Array.of(5));
    expect(data.test.images).toEqual(imageFile(1, 50).subarray(16));
  });

  test("prefers a plain file to its packed twin", async () => {
    await fill();
    await writeFile(join(dir, "train-labels.idx1-ubyte.gz"), "damaged");
    expect((await readDigitDir(dir)).train.labels).toEqual(Uint8Array.of(3, 4));
  });

  test("names a folder that is missing or no folder, and what it should hold", async () => {
    const files = DIGIT_FILES.join(", ");
    const missing = join(dir, "none");
    expect(await userError(() => readDigitDir(missing))).toBe(
      `cannot read the folder ${missing}: it, or a folder on the way to it, does not exist; ` +
        `give the folder that holds the four files ${files}.`,
    );
    const file = join(dir, "file");
    await writeFile(file, "");
    expect(await userError(() => readDigitDir(file))).toMatch(/ is a file, not a folder; give the/);
  });

  test("lists the files that are missing", async () => {
    await fill();
    await rm(join(dir, "train-labels.idx1-ubyte"));
    await rm(join(dir, "t10k-images-idx3-ubyte.gz"));
    expect(await userError(() => readDigitDir(dir))).toBe(
      `train-labels-idx1-ubyte, t10k-images-idx3-ubyte are missing from ${dir}; ` +
        `a digit data set has four files, each plain or with .gz.`,
    );
  });

  test("names the path of a file that is damaged or cannot be read", async () => {
    await fill();
    const path = join(dir, "train-images-idx3-ubyte");
    await writeFile(path, imageFile(2).subarray(0, 100));
    expect(await userError(() => readDigitDir(dir))).toMatch(`${path} is truncated: it has 100 b`);
    await rm(path);
    await mkdir(path);
    expect(await userError(() => readDigitDir(dir))).toBe(`cannot read ${path}: it is a folder.`);
  });
});

test("the package's files are MNIST's, in the fixed order, and read the same from a folder", async () => {
  const files = await readPackagedMnistFiles();
  expect(files.map(({ name }) => name)).toEqual(MNIST_FILES.map(({ name }) => name));
  for (const { name, bytes } of files) await writeFile(join(dir, name), bytes);
  const { name, sha256 } = await packagedMnist();
  const copy = await readDigitDir(dir);
  expect([copy.name, copy.sha256]).toEqual([name, sha256]);
});
