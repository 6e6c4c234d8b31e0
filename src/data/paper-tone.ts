/** The tone of the paper around each pixel of a picture, whatever is written on it. */

/** Of a larger window not every row is looked at. */
const MOST_ROWS = 64;

/**
 * The median of a square window around each pixel, cut off at the picture's edges: of strokes, which are
 * the lesser part of every window, it keeps nothing, and a straight edge of a shadow it leaves where it is.
 * @param grey [height, width], 0 to 255
 * @param radius the window reaches so many pixels to each side
 * @returns [height, width], whole numbers
 */
export function paperTone(
  grey: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const levels = Uint8Array.from(grey, (value) => Math.round(value));
  const tone = new Float32Array(grey.length);
  for (let y = 0; y < height; y++) {
    const window = new Histogram();
    const top = Math.max(0, y - radius);
    const bottom = Math.min(height - 1, y + radius);
    const step = Math.ceil((bottom - top + 1) / MOST_ROWS);
    const column = (x: number, by: 1 | -1) => {
      if (x < 0 || x >= width) return;
      for (let row = top; row <= bottom; row += step) window.add(levels[row * width + x], by);
    };
    for (let x = 0; x < radius; x++) column(x, 1);
    for (let x = 0; x < width; x++) {
      column(x + radius, 1);
      column(x - radius - 1, -1);
      tone[y * width + x] = window.median();
    }
  }
  return tone;
}

/** Counts of levels from 0 to 255, and their median, which moves little from one pixel to the next. */
class Histogram {
  private readonly counts = new Int32Array(256);
  private total = 0;
  private level = 0;
  /** How many are below `level`. */
  private below = 0;

  add(level: number, by: 1 | -1): void {
    this.counts[level] += by;
    this.total += by;
    if (level < this.level) this.below += by;
  }

  /** Half of all are at most this. */
  median(): number {
    const half = this.total / 2;
    while (this.below >= half) this.below -= this.counts[--this.level];
    while (this.below + this.counts[this.level] < half) this.below += this.counts[this.level++];
    return this.level;
  }
}
