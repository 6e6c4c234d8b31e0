/** What the genuine MNIST files are called, how long they are and how to know them. */
import { UserError } from "../errors.ts";
import { sha256Hex } from "./digest.ts";

/** The four files in their fixed order; size in bytes and SHA-256 are of the plain idx file. */
export const MNIST_FILES = [
  {
    name: "train-images-idx3-ubyte",
    size: 47_040_016,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  {
    name: "train-labels-idx1-ubyte",
    size: 60_008,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  {
    name: "t10k-images-idx3-ubyte",
    size: 7_840_016,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  {
    name: "t10k-labels-idx1-ubyte",
    size: 10_008,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
] as const;

export type MnistFile = (typeof MNIST_FILES)[number];

/** `DigitData.sha256` of MNIST. */
export const MNIST_SHA256 = "3f46bc77a4d19d0cdfcde0a3e6936800293451476d5327dc85b84d035fee2e8a";

/**
 * Checks that bytes are the given file of MNIST.
 * @param source where the bytes come from, for the error
 * @param advice what to do if they are wrong, as the end of a sentence
 * @throws UserError if the length or the digest differs
 */
export async function checkMnistFile(
  file: MnistFile,
  bytes: Uint8Array,
  source: string,
  advice: string,
): Promise<void> {
  if (bytes.length !== file.size) {
    throw new UserError(
      `${source} is not MNIST's ${file.name}: ` +
        `it has ${bytes.length} bytes, expected ${file.size}; ${advice}.`,
    );
  }
  const digest = await sha256Hex(bytes);
  if (digest !== file.sha256) {
    throw new UserError(
      `${source} is not MNIST's ${file.name}: ` +
        `its SHA-256 is ${digest}, expected ${file.sha256}; ${advice}.`,
    );
  }
}
