/** A picture of a digit, of any size and in any colours, as MNIST would hold it: 28 x 28, white on black. */
import { UserError } from "../errors.ts";
import { paperTone } from "./paper-tone.ts";
import { resample } from "./resample.ts";
import { findDigit, inkOf, type Found } from "./strokes.ts";

/** Width and height of a digit image. */
export const SIDE = 28;

/** Width and height of the box that MNIST scales a digit into. */
const BOX = 20;

/** Where MNIST's digits have their centre of mass, measured on the set: the middle of pixel 14. */
const MIDDLE = 14.5;

/** Below this difference of ink and paper, in grey levels of 255, a picture is blank. */
const LEAST_CONTRAST = 12;

/** Longer pictures are shrunk to this before anything is looked for. */
const WORKING_SIDE = 256;

/** How far the paper's tone is looked for around a pixel, as parts of the longer side. */
const WINDOWS = [0.5, 0.16];

/**
 * Brightness of RGBA pixels, 0 to 255. What is transparent becomes paper: where the opaque part is a card
 * with something on it, of the card's tone; where it is nothing but ink, light if that is dark, and dark if
 * it is light.
 * @param rgba [pixels, 4]
 * @returns [pixels]
 */
export function greyOfRgba(rgba: Uint8ClampedArray): Float32Array {
  const grey = new Float32Array(rgba.length / 4);
  let least = 255;
  for (let i = 0; i < grey.length; i++) {
    least = Math.min(least, rgba[4 * i + 3]);
    grey[i] = 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
  }
  if (least === 255) return grey;
  const opaque = grey.filter((_, i) => rgba[4 * i + 3] > 127).sort();
  const usual = opaque[opaque.length >> 1] ?? 255;
  const others = opaque.filter((value) => Math.abs(value - usual) > 2 * LEAST_CONTRAST).length;
  const isCard = opaque.length > 0.3 * grey.length && others > 0.005 * opaque.length;
  const paper = isCard ? usual : usual > 127.5 ? 0 : 255;
  return grey.map((value, i) => paper + (value - paper) * (rgba[4 * i + 3] / 255));
}

/**
 * Finds the digit in a picture and brings it into MNIST's form: light on dark, without the paper's shadows,
 * lines and grain, scaled into 20 x 20, centred by mass.
 * @param grey [height, width], 0 to 255
 * @returns [28, 28]
 * @throws UserError if nothing stands out from the background
 */
export function digitFromGrey(grey: Float32Array, width: number, height: number): Uint8Array {
  const [w, h] = workingSize(width, height);
  const picture = w < width ? resample(grey, [width, height], [w, h]) : grey;
  const reach = Math.max(1, Math.round(Math.max(w, h) / 80));
  const steps = localRange(picture, w, h, reach);
  const least = Math.max(LEAST_CONTRAST, 6 * grain(picture, w));
  let best: Found | null = null;
  for (const part of WINDOWS) {
    const paper = paperTone(picture, w, h, Math.ceil(part * Math.max(w, h)));
    for (const darker of [true, false]) {
      const ink = contrast(picture, paper, darker);
      const found = findDigit({ width: w, height: h, ink, steps }, least);
      if (found && found.likeness > 1.25 * (best?.likeness ?? 0)) best = found;
    }
  }
  if (!best) {
    throw new UserError(
      "The picture is blank: nothing in it stands out from its background; take one with a single dark digit on light paper, or the reverse.",
    );
  }
  return fitDigit(inkOf(best), w, h);
}

/** So small that nothing is known of single pixels' grain, and large enough for a digit in a corner. */
function workingSize(width: number, height: number): readonly [number, number] {
  const scale = Math.max(
    WORKING_SIDE / Math.max(width, height),
    Math.min(1, SIDE / Math.min(width, height)),
  );
  if (scale >= 1) return [width, height];
  return [Math.round(width * scale), Math.round(height * scale)];
}

/**
 * How much darker, or lighter, each pixel is than its paper, as it were if all paper had as much light as
 * most of it has.
 * @returns [height, width], grey levels, 0 for what is on the other side of the paper's tone
 */
function contrast(grey: Float32Array, paper: Float32Array, darker: boolean): Float32Array {
  const usual = paper.slice().sort()[paper.length >> 1];
  return grey.map((value, i) => {
    const light = Math.min(2, Math.max(0.5, (usual + 16) / (paper[i] + 16)));
    return Math.max(0, darker ? paper[i] - value : value - paper[i]) * light;
  });
}

/** Greatest difference of two pixels within a square window. [height, width] */
function localRange(grey: Float32Array, width: number, height: number, reach: number) {
  const most = extreme(grey, width, height, reach, Math.max);
  const least = extreme(grey, width, height, reach, Math.min);
  return most.map((value, i) => value - least[i]);
}

/** The most, or the least, of a square window around each pixel. [height, width] */
function extreme(
  grey: Float32Array,
  width: number,
  height: number,
  reach: number,
  of: (a: number, b: number) => number,
): Float32Array {
  const rows = grey.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let at = Math.max(0, x - reach); at <= Math.min(width - 1, x + reach); at++) {
        rows[y * width + x] = of(rows[y * width + x], grey[y * width + at]);
      }
    }
  }
  const all = rows.slice();
  for (let y = 0; y < height; y++) {
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
      for (let x = 0; x < width; x++) {
        all[y * width + x] = of(all[y * width + x], rows[row * width + x]);
      }
    }
  }
  return all;
}

/** Pixels so far apart have each its own noise, also where the picture was shrunk. */
const APART = 3;

/** Standard deviation of the picture's noise, in grey levels, by the usual difference of pixels nearby. */
function grain(grey: Float32Array, width: number): number {
  const differences: number[] = [];
  for (let at = 0; at < grey.length; at++) {
    const below = at + APART * width;
    if ((at % width) + APART < width) differences.push(Math.abs(grey[at + APART] - grey[at]));
    if (below < grey.length) differences.push(Math.abs(grey[below] - grey[at]));
  }
  const usual = Float32Array.from(differences).sort()[differences.length >> 1] ?? 0;
  // Half of all values of a normal distribution are within 0.6745 of its deviation.
  return usual / (0.6745 * Math.SQRT2);
}

/**
 * Scales ink into MNIST's 20 x 20 box and centres it by mass; without ink the image stays black.
 * @param ink [height, width], 0 is background, any scale
 * @returns [28, 28], the strongest ink 255
 */
export function fitDigit(
  ink: ArrayLike<number>,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  const box = bounds(ink, width, height);
  const digit = new Uint8Array(SIDE * SIDE);
  if (!box) return digit;
  const scale = BOX / Math.max(box.width, box.height);
  const w = Math.max(1, Math.round(box.width * scale));
  const h = Math.max(1, Math.round(box.height * scale));
  const cut = Float32Array.from({ length: box.width * box.height }, (_, i) => {
    const x = i % box.width;
    return ink[(box.top + (i - x) / box.width) * width + box.left + x];
  });
  const small = resample(cut, [box.width, box.height], [w, h]);
  const at = (x: number, y: number) => small[y * w + x];
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let x = 0; x < w; x++) {
    for (let y = 0; y < h; y++) {
      mass += at(x, y);
      massX += at(x, y) * (x + 0.5);
      massY += at(x, y) * (y + 0.5);
    }
  }
  const left = offset(massX / mass, w);
  const top = offset(massY / mass, h);
  const most = small.reduce((a, b) => Math.max(a, b), 0);
  for (let x = 0; x < w; x++) {
    for (let y = 0; y < h; y++) {
      digit[(top + y) * SIDE + left + x] = Math.round((255 * at(x, y)) / most);
    }
  }
  return digit;
}

/** Where `size` pixels begin so that their centre of mass is in place, and all are inside. */
function offset(centre: number, size: number): number {
  return Math.min(SIDE - size, Math.max(0, Math.round(MIDDLE - centre)));
}

/** The smallest box with all ink in it; null where there is none. */
function bounds(ink: ArrayLike<number>, width: number, height: number) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] <= 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}
