/** Finds connected strokes in a picture of ink, and tells which of them is the digit that was written. */

/** What stands out from the paper, and where something ends in the picture itself; all [height, width]. */
export interface InkPicture {
  readonly width: number;
  readonly height: number;
  /** Contrast to the paper, 0 where there is none, in grey levels. */
  readonly ink: Float32Array;
  /** The greatest difference of grey levels nearby, whatever is taken for the paper. */
  readonly steps: Float32Array;
}

/** Pixels that hang together, at a level of contrast. */
interface Stroke {
  readonly level: number;
  /** Places in the picture. */
  readonly pixels: Int32Array;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Longer side of its box. */
  readonly size: number;
  /** Pixels with one beside them that does not belong to it. */
  readonly outline: number;
  /** Three quarters of its outline lie at a step of at least so many grey levels. */
  readonly edge: number;
  readonly atBorder: boolean;
}

/** A digit's strokes, and how much they look like a digit beside others of the same picture. */
export interface Found {
  readonly likeness: number;
  readonly picture: InkPicture;
  readonly strokes: readonly Stroke[];
}

/** From one level of contrast to the next. */
const FADE = 0.72;

/** Fainter ink belongs to the digit as long as it leaves so much of its likeness. */
const KEPT = 0.75;

/**
 * The likeliest digit.
 * @param least grey levels of contrast: ink that nowhere reaches it is none
 * @returns null if there is no ink
 */
export function findDigit(picture: InkPicture, least: number): Found | null {
  const peak = picture.ink.reduce((most, value) => Math.max(most, value), 0);
  if (!(peak >= least)) return null;
  const levels: Stroke[][] = [];
  for (let level = 0.9 * peak; level >= least / 2; level *= FADE) {
    levels.push(strokesAt(picture, level));
  }
  const likely = (strokes: readonly Stroke[]) =>
    strokes.reduce((a, b) => (likeness(b) > likeness(a) ? b : a));
  let chosen = likely(levels.map(likely));
  const best = likeness(chosen);
  const middle = chosen.pixels[0];
  let all = levels.find((strokes) => strokes.includes(chosen))!;
  for (const strokes of levels.slice(levels.indexOf(all) + 1)) {
    const wider = strokes.find(({ pixels }) => pixels.includes(middle))!;
    if (likeness(wider) < KEPT * best) break;
    [chosen, all] = [wider, strokes];
  }
  return {
    likeness: best,
    picture,
    strokes: [chosen, ...all.filter((one) => isPart(one, chosen))],
  };
}

/** The ink of the strokes, and none beside them. [height, width] */
export function inkOf({ picture, strokes }: Found): Float32Array {
  const ink = new Float32Array(picture.ink.length);
  for (const { pixels } of strokes) for (const at of pixels) ink[at] = picture.ink[at];
  return ink;
}

/**
 * How much a stroke looks like a digit: it stands out, is large, and is drawn rather than filled. A frame
 * or a grid is hollow; what goes to the picture's border is a table, a shadow or a ruled line, unless
 * nothing else is there.
 */
function likeness(stroke: Stroke): number {
  const { pixels, left, right, top, bottom, size, outline, edge, atBorder } = stroke;
  const filled = pixels.length / ((right - left + 1) * (bottom - top + 1));
  const breadth = (2 * pixels.length) / outline / size;
  return (
    edge *
    Math.sqrt(size) *
    Math.min(1, filled / 0.2) ** 2 *
    (breadth > 0.25 ? 0.2 : 1) *
    (atBorder ? 0.2 : 1)
  );
}

/** Whether a stroke belongs to the digit although it does not touch it: the bar of a 5, say. */
function isPart(stroke: Stroke, digit: Stroke): boolean {
  const gap = Math.max(
    stroke.left - digit.right,
    digit.left - stroke.right,
    stroke.top - digit.bottom,
    digit.top - stroke.bottom,
  );
  return (
    stroke !== digit &&
    gap <= 0.2 * digit.size &&
    stroke.size <= digit.size &&
    stroke.pixels.length >= 0.03 * digit.pixels.length &&
    stroke.edge >= 0.6 * digit.edge &&
    (!stroke.atBorder || digit.atBorder)
  );
}

/** All strokes of at least this contrast. */
function strokesAt(picture: InkPicture, level: number): Stroke[] {
  const { ink, width } = picture;
  const seen = new Uint8Array(ink.length);
  // All strokes' pixels, one behind the other.
  const queue = new Int32Array(ink.length);
  let end = 0;
  const take = (at: number) => {
    if (seen[at] || ink[at] < level) return;
    seen[at] = 1;
    queue[end++] = at;
  };
  const strokes: Stroke[] = [];
  for (let seed = 0; seed < ink.length; seed++) {
    const first = end;
    take(seed);
    if (end === first) continue;
    for (let next = first; next < end; next++) {
      const at = queue[next];
      const x = at % width;
      const from = x > 0 ? -1 : 0;
      const to = x < width - 1 ? 1 : 0;
      for (let row = at - width; row <= at + width; row += width) {
        if (row < 0 || row >= ink.length) continue;
        for (let column = from; column <= to; column++) take(row + column);
      }
    }
    strokes.push(measure(picture, level, queue.subarray(first, end)));
  }
  return strokes;
}

function measure({ ink, steps, width, height }: InkPicture, level: number, pixels: Int32Array) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  const outline: number[] = [];
  const isInk = (at: number) => ink[at] >= level;
  for (const at of pixels) {
    const x = at % width;
    const y = (at - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    const inside =
      (x === 0 || isInk(at - 1)) &&
      (x === width - 1 || isInk(at + 1)) &&
      (y === 0 || isInk(at - width)) &&
      (y === height - 1 || isInk(at + width));
    if (!inside) outline.push(steps[at]);
  }
  outline.sort((a, b) => a - b);
  return {
    level,
    pixels,
    left,
    right,
    top,
    bottom,
    size: Math.max(right - left, bottom - top) + 1,
    outline: Math.max(1, outline.length),
    edge: outline.length > 0 ? outline[outline.length >> 2] : 0,
    atBorder: left === 0 || top === 0 || right === width - 1 || bottom === height - 1,
  };
}
