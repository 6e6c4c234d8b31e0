import { beforeAll, describe, expect, test } from "vitest";
import type { DigitData, DigitSet } from "../../src/data/digits.ts";
import { checkMnistFile, MNIST_FILES, MNIST_SHA256 } from "../../src/data/mnist.ts";
import { packagedMnist, readPackagedMnistFiles } from "../../src/node/files.ts";
import { userError } from "./samples.ts";

/** How often each digit occurs. */
function histogram({ labels }: DigitSet): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of labels) counts[label] += 1;
  return counts;
}

describe("MNIST from the package", () => {
  let mnist: DigitData;
  beforeAll(async () => {
    mnist = await packagedMnist();
  });

  test("is recognised as MNIST by its digest", () => {
    expect(mnist.sha256).toBe(MNIST_SHA256);
    expect(mnist.name).toBe("MNIST");
  });

  test("has 60,000 digits to train on and 10,000 to test on", () => {
    for (const [set, count] of [
      [mnist.train, 60_000],
      [mnist.test, 10_000],
    ] as const) {
      expect(set.count).toBe(count);
      expect(set.labels.length).toBe(count);
      expect(set.images.length).toBe(count * 28 * 28);
    }
  });

  test("has the published number of each digit", () => {
    expect(histogram(mnist.train)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(histogram(mnist.test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  test("has the published mean grey level", () => {
    let sum = 0;
    for (const pixel of mnist.train.images) sum += pixel;
    expect(sum / mnist.train.images.length / 255).toBeCloseTo(0.13066, 5);
  });
});

test("a file of another length or content is not taken for MNIST's", async () => {
  const file = MNIST_FILES[3];
  const genuine = (await readPackagedMnistFiles())[3].bytes;
  await checkMnistFile(file, genuine, "here", "try again");

  const short = genuine.subarray(1);
  expect(await userError(() => checkMnistFile(file, short, "here", "try again"))).toBe(
    "here is not MNIST's t10k-labels-idx1-ubyte: it has 10007 bytes, expected 10008; try again.",
  );
  const changed = Uint8Array.from(genuine);
  changed[5000] ^= 1;
  expect(await userError(() => checkMnistFile(file, changed, "here", "try again"))).toMatch(
    /^here is not MNIST's t10k-labels-idx1-ubyte: its SHA-256 is \w{64}, expected ff7b\w{60}; try/,
  );
});
