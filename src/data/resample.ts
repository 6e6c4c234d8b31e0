/** Brings an image to another size. */

/**
 * An image in another size, by a tent filter: smooth where it enlarges, no pixel lost where it shrinks.
 * Each pixel is a mean of pixels of the image; what would be beyond it counts for nothing.
 * @param image [height, width]
 * @returns [toHeight, toWidth]
 */
export function resample(
  image: Float32Array,
  [width, height]: readonly [number, number],
  [toWidth, toHeight]: readonly [number, number],
): Float32Array {
  const narrow = resampleRows(image, width, height, toWidth);
  return resampleColumns(narrow, toWidth, height, toHeight);
}

/** What a pixel of `to` is made of: pixels of `from`, and their weights. */
function* taps(
  from: number,
  to: number,
): Generator<readonly [to: number, at: number, weight: number]> {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(from - 1, Math.floor(centre + reach));
    const weight = (at: number) => Math.max(0, 1 - Math.abs(at - centre) / reach);
    let sum = 0;
    for (let at = first; at <= last; at++) sum += weight(at);
    for (let at = first; at <= last; at++) yield [i, at, weight(at) / sum];
  }
}

/** [height, width] to [height, to] */
function resampleRows(image: Float32Array, width: number, height: number, to: number) {
  const result = new Float32Array(height * to);
  const all = [...taps(width, to)];
  for (let y = 0; y < height; y++) {
    for (const [i, at, weight] of all) result[y * to + i] += weight * image[y * width + at];
  }
  return result;
}

/** [height, width] to [to, width] */
function resampleColumns(image: Float32Array, width: number, height: number, to: number) {
  const result = new Float32Array(to * width);
  for (const [i, at, weight] of taps(height, to)) {
    for (let x = 0; x < width; x++) result[i * width + x] += weight * image[at * width + x];
  }
  return result;
}
