/** Small files in MNIST's format, and errors caught, for the tests of what reads them. */
import { UserError } from "../../src/errors.ts";

/** An idx file: magic number, big-endian dimensions, data. */
export function idx(magic: number, shape: number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** An idx file of `count` images whose bytes count up from `first`. */
export function imageFile(count: number, first = 0, height = 28, width = 28): Uint8Array {
  const pixels = Array.from({ length: count * height * width }, (_, i) => (first + i) % 256);
  return idx(0x803, [count, height, width], pixels);
}

/** An idx file of labels. */
export function labelFile(labels: number[]): Uint8Array {
  return idx(0x801, [labels.length], labels);
}

/** The message of the UserError that the work ends in; anything else fails the test. */
export async function userError(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("expected a UserError, but nothing was thrown");
}

/** Runs the work and lets UserErrors pass: whatever else it throws fails the test. */
export async function onlyUserErrors(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
