/** A decoded picture, and the same reduced to what a network can see. */

/** A decoded picture: RGBA, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Reduces a picture so that it fits into a square of `side`, each pixel the mean of what it covers. */
export function fitInto(picture: Picture, side: number): Picture {
  const scale = Math.max(1, picture.width / side, picture.height / side);
  if (scale === 1) return picture;
  const width = Math.max(1, Math.floor(picture.width / scale));
  const height = Math.max(1, Math.floor(picture.height / scale));
  const data = new Uint8Array(4 * width * height);
  // Whole source pixels between the rounded edges of each result pixel.
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * picture.height) / height);
    const end = Math.max(top + 1, Math.floor(((y + 1) * picture.height) / height));
    for (let x = 0; x < width; x++) {
      const left = Math.floor((x * picture.width) / width);
      const right = Math.max(left + 1, Math.floor(((x + 1) * picture.width) / width));
      const sums = [0, 0, 0];
      for (let row = top; row < end; row++) {
        for (let column = left; column < right; column++) {
          const at = 4 * (row * picture.width + column);
          for (let c = 0; c < 3; c++) sums[c] += picture.data[at + c];
        }
      }
      const count = (end - top) * (right - left);
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) data[at + c] = Math.round(sums[c] / count);
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

/** A copy of a picture with another one in it, whose upper left corner lies at x, y. */
export function pastedInto(
  { width, height, data }: Picture,
  piece: Picture,
  { x, y }: { readonly x: number; readonly y: number },
): Picture {
  const copy = Uint8Array.from(data);
  for (let row = 0; row < piece.height; row++) {
    const line = piece.data.subarray(4 * row * piece.width, 4 * (row + 1) * piece.width);
    copy.set(line, 4 * ((y + row) * width + x));
  }
  return { width, height, data: copy };
}
