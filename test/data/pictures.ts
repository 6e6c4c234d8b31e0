/** Pictures made for tests. */
import type { Picture } from "../../src/data/picture.ts";

/** A picture from a formula of its pixels' grey. */
export function picture(
  width: number,
  height: number,
  grey: (x: number, y: number) => number,
): Picture {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.set([grey(x, y), grey(x, y), grey(x, y), 255], 4 * (y * width + x));
  }
  return { width, height, data };
}
