/** Rotates, scales and shifts a 28 by 28 byte image by bilinear resampling in float64. */

const side = 28;
const centre = 13.5;

/** angle in radians, clockwise on screen (y is down); scale above 1 enlarges; shifts in pixels. */
export type Affine = { angle: number; scale: number; shiftX: number; shiftY: number };

/** One pixel as 0..1; zero outside the image. */
function pixel(image: Uint8Array, row: number, column: number): number {
  if (row < 0 || row >= side || column < 0 || column >= side) return 0;
  return image[row * side + column] / 255;
}

/** The image at a point between pixel centres: the four around it, weighted by nearness. */
function bilinear(image: Uint8Array, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = x - column;
  const down = y - row;
  return (
    (1 - down) * (1 - right) * pixel(image, row, column) +
    (1 - down) * right * pixel(image, row, column + 1) +
    down * (1 - right) * pixel(image, row + 1, column) +
    down * right * pixel(image, row + 1, column + 1)
  );
}

/**
 * The output pixel at (u, v) from the centre takes the input at R(-angle) (u - shiftX, v - shiftY)
 * / scale from the centre: the picture is scaled, then turned by angle, then shifted.
 */
export function affineSample(
  image: Uint8Array,
  { angle, scale, shiftX, shiftY }: Affine,
): Float64Array {
  if (image.length !== side * side) throw new Error(`affineSample: got ${image.length} bytes`);
  const result = new Float64Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const u = column - centre - shiftX;
      const v = row - centre - shiftY;
      const x = (Math.cos(angle) * u + Math.sin(angle) * v) / scale + centre;
      const y = (-Math.sin(angle) * u + Math.cos(angle) * v) / scale + centre;
      result[row * side + column] = bilinear(image, x, y);
    }
  }
  return result;
}
