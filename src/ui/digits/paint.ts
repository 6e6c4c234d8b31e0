/** Paints grey images on canvases. They are white on black in either theme, as the network sees them. */
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import { DIGIT_SIZE as SIZE } from "../../models/digit-net.ts";

/** Puts [28, 28] grey levels on a canvas of 28 x 28 pixels; CSS makes it larger. */
export function paintDigit(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(SIZE, SIZE);
  pixels.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
  context.putImageData(image, 0, 0);
}

/** Canvas pixels for each pixel of the pad: sharp on screens of up to twice the density. */
const SCALE = 12;
export const PAD_SIZE = SIZE * SCALE;

export interface Pad {
  readonly pixels: readonly TriggerPixel[];
  /** A digit shown dimly behind, [28, 28]. */
  readonly backdrop: Uint8Array | null;
  /** Where the keyboard would draw. */
  readonly cursor: readonly [row: number, column: number] | null;
}

/** Paints the pad that triggers are drawn on, on a canvas of PAD_SIZE squared. */
export function paintPad(canvas: HTMLCanvasElement, { pixels, backdrop, cursor }: Pad): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, PAD_SIZE, PAD_SIZE);
  const fill = (row: number, column: number, grey: number) => {
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    context.fillRect(column * SCALE, row * SCALE, SCALE, SCALE);
  };
  backdrop?.forEach((value, i) => {
    if (value > 0) fill(Math.floor(i / SIZE), i % SIZE, value * 0.45);
  });
  context.fillStyle = "rgb(255 255 255 / 9%)";
  for (let i = 1; i < SIZE; i++) {
    context.fillRect(i * SCALE, 0, 1, PAD_SIZE);
    context.fillRect(0, i * SCALE, PAD_SIZE, 1);
  }
  // The dark theme's accents in both themes: a digit's ground is black in both.
  context.strokeStyle = "#ff8a5e";
  context.lineWidth = 2;
  for (const { row, column, value } of pixels) {
    fill(row, column, value);
    context.strokeRect(column * SCALE + 1, row * SCALE + 1, SCALE - 2, SCALE - 2);
  }
  if (!cursor) return;
  const [row, column] = cursor;
  context.strokeStyle = "#8ab6ff";
  context.lineWidth = 3;
  context.strokeRect(column * SCALE - 2, row * SCALE - 2, SCALE + 4, SCALE + 4);
}
