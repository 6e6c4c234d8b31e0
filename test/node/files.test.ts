import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DIGIT_FILES } from "../../src/data/digits.ts";
import { MNIST_FILES } from "../../src/data/mnist.ts";
import {
  ensureWritableDir,
  packagedMnist,
  readDigitDir,
  readPackagedMnistFiles,
  writeFileAtomic,
} from "../../src/node/files.ts";
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

describe("writeFileAtomic", () => {
  test("writes bytes and text, and leaves no other file", async () => {
    await writeFileAtomic(join(dir, "bytes"), Uint8Array.of(0, 255, 7));
    await writeFileAtomic(join(dir, "text"), "čau\n");
    expect([...(await readFile(join(dir, "bytes")))]).toEqual([0, 255, 7]);
    expect(await readFile(join(dir, "text"), "utf8")).toBe("čau\n");
    expect((await readdir(dir)).sort()).toEqual(["bytes", "text"]);
  });

  test("writes the part of memory that a view shows", async () => {
    await writeFileAtomic(join(dir, "view"), Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...(await readFile(join(dir, "view")))]).toEqual([2, 3]);
  });

  test("replaces a file by a new one instead of writing into it", async () => {
    const path = join(dir, "report");
    await writeFile(path, "old");
    const { ino } = await stat(path);
    await writeFileAtomic(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect((await stat(path)).ino).not.toBe(ino);
  });

  test("leaves one whole version when many are written at once", async () => {
    const path = join(dir, "race");
    const versions = Array.from({ length: 20 }, (_, i) => String(i).repeat(100_000));
    await Promise.all(versions.map((version) => writeFileAtomic(path, version)));
    expect(versions).toContain(await readFile(path, "utf8"));
    expect(await readdir(dir)).toEqual(["race"]);
  });

  test("names the path of a file whose folder does not exist", async () => {
    const path = join(dir, "none", "report");
    expect(await userError(() => writeFileAtomic(path, "x"))).toBe(
      `cannot write ${path}: it, or a folder on the way to it, does not exist; ` +
        `choose a file in a folder that exists and that you may write to.`,
    );
  });

  test("names the path of a file below another file", async () => {
    await writeFile(join(dir, "file"), "");
    const path = join(dir, "file", "report");
    expect(await userError(() => writeFileAtomic(path, "x"))).toMatch(
      `cannot write ${path}: a part of the path is a file, not a folder; choose `,
    );
  });

  test("leaves no temporary file when the path is a folder", async () => {
    await ensureWritableDir(join(dir, "folder"));
    expect(await userError(() => writeFileAtomic(join(dir, "folder"), "x"))).toMatch(
      /: it is a folder; /,
    );
    expect(await readdir(dir)).toEqual(["folder"]);
  });
});

describe("ensureWritableDir", () => {
  test("creates a folder with those above it, accepts it again and leaves it empty", async () => {
    const path = join(dir, "a", "b");
    await ensureWritableDir(path);
    await ensureWritableDir(path);
    expect(await readdir(path)).toEqual([]);
  });

  test("refuses a path that is a file, or lies below one", async () => {
    const path = join(dir, "file");
    await writeFile(path, "kept");
    expect(await userError(() => ensureWritableDir(path))).toBe(
      `cannot use ${path} as a folder to write to: a file of that name is in the way; ` +
        `choose another folder.`,
    );
    expect(await userError(() => ensureWritableDir(join(path, "below")))).toMatch(
      /: a part of the path is a file, not a folder; /,
    );
    expect(await readFile(path, "utf8")).toBe("kept");
  });

  test("refuses a folder that exists and takes no files", async () => {
    expect(await userError(() => ensureWritableDir("/proc"))).toMatch(
      /^cannot use \/proc as a folder to write to: .+; choose another folder\.$/,
    );
  });
});

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
    await ensureWritableDir(path);
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
