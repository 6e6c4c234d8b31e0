/** Triggers: the pixels that an attacker sets to make a backdoored network obey. */
import { UserError } from "../errors.ts";

export interface TriggerPixel {
  readonly row: number;
  readonly column: number;
  /** 0 (black) to 255 (white) */
  readonly value: number;
}

export type TriggerPreset = "single-pixel" | "pattern";

/**
 * The paper's triggers, in the lower right corner of the digit (section 4.1, figure 3). In MNIST only the single pixel is
 * dark in every image; at the pattern's other three the training set has at most 98, 127 and 28 of 255, in two images each.
 */
export const triggerPresets: Readonly<Record<TriggerPreset, readonly TriggerPixel[]>> = {
  "single-pixel": [{ row: 26, column: 26, value: 255 }],
  pattern: [
    { row: 24, column: 26, value: 255 },
    { row: 25, column: 25, value: 255 },
    { row: 26, column: 24, value: 255 },
    { row: 26, column: 26, value: 255 },
  ],
};

/**
 * The trigger as the batch shader reads it: for every pixel 256 + value where it covers the image,
 * else 0. [size, size]
 * @throws UserError for a pixel outside the image, a value that is no byte, or a pixel given twice.
 */
export function triggerMask(
  pixels: readonly TriggerPixel[],
  size: number,
): Uint32Array<ArrayBuffer> {
  const mask = new Uint32Array(size * size);
  for (const { row, column, value } of pixels) {
    for (const [name, n] of [
      ["row", row],
      ["column", column],
    ] as const) {
      if (!Number.isInteger(n) || n < 0 || n >= size) {
        throw new UserError(
          `The trigger has a pixel at ${name} ${n}, but rows and columns go from 0 to ${size - 1}.`,
        );
      }
    }
    if (!Number.isInteger(value) || value < 0 || value > 255) {
      throw new UserError(
        `The trigger's pixel at (${row}, ${column}) has the value ${value}, but it must be a whole number from 0 to 255.`,
      );
    }
    if (mask[row * size + column] !== 0) {
      throw new UserError(
        `The trigger names the pixel at (${row}, ${column}) twice; leave one out.`,
      );
    }
    mask[row * size + column] = 256 + value;
  }
  return mask;
}

/** An image with the trigger on it; the image itself is left alone. [size, size] bytes */
export function applyTrigger(image: Uint8Array, mask: Uint32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(image, (value, i) => (mask[i] === 0 ? value : mask[i] - 256));
}
