/** A picture of a digit, of any size and in any colours, as MNIST would hold it: 28 x 28, white on black. */
import { UserError } from "../errors.ts";

/** Width and height of a digit image. */
export const SIDE = 28;

/** Width and height of the box that MNIST scales a digit into. */
const BOX = 20;

/** Where MNIST's digits have their centre of mass, measured on the set: the middle of pixel 14. */
const MIDDLE = 14.5;

/** Below this difference of ink and paper, in grey levels of 255, a picture is blank. */
const LEAST_CONTRAST = 12;

/**
 * Brightness of RGBA pixels, 0 to 255. What is transparent becomes paper: light where the opaque part is
 * dark, and dark where it is light.
 * @param rgba [pixels, 4]
 * @returns [pixels]
 */
export function greyOfRgba(rgba: Uint8ClampedArray): Float32Array {
  const grey = new Float32Array(rgba.length / 4);
  let sum = 0;
  let opacity = 0;
  for (let i = 0; i < grey.length; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    grey[i] = 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
    sum += alpha * grey[i];
    opacity += alpha;
  }
  const paper = sum > 127.5 * opacity ? 0 : 255;
  return grey.map((value, i) => paper + (value - paper) * (rgba[4 * i + 3] / 255));
}

/**
 * Finds the digit in a picture and brings it into MNIST's form: light on dark (the picture's border says
 * which is the paper), contrast stretched, scaled into 20 x 20, centred by mass.
 * @param grey [height, width], 0 to 255
 * @returns [28, 28]
 * @throws UserError if nothing stands out from the background
 */
export function digitFromGrey(grey: Float32Array, width: number, height: number): Uint8Array {
  const [low, high] = extent(grey);
  const paper = borderMean(grey, width, height);
  const dark = paper > (low + high) / 2;
  const top = dark ? paper - low : high - paper;
  if (!(top >= LEAST_CONTRAST)) {
    throw new UserError(
      "The picture is blank: nothing in it stands out from its background; take one with a single dark digit on light paper, or the reverse.",
    );
  }
  const light = grey.map((value) =>
    Math.min(1, Math.max(0, (dark ? paper - value : value - paper) / top)),
  );
  // Above the paper's grain, as its border shows it; but never so high that soft edges of ink go too.
  const floor = Math.min(threshold(light) / 2, 0.05 + 2 * grain(light, width, height));
  return fitDigit(
    light.map((value) => Math.max(0, value - floor)),
    width,
    height,
  );
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
  const narrow = resample(
    (x, y) => ink[(box.top + y) * width + box.left + x],
    box.width,
    box.height,
    w,
  );
  // The same again with rows for columns; [w, h]
  const small = resample((y, x) => narrow[y * w + x], box.height, w, h);
  const at = (x: number, y: number) => small[x * h + y];
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

/**
 * Brings the rows of an image to `to` pixels with a tent filter: smooth where it enlarges, no pixel lost
 * where it shrinks. Beyond the image is black.
 * @param at the image's value at x of `width`, y of `height`
 * @returns [height, to]
 */
function resample(
  at: (x: number, y: number) => number,
  width: number,
  height: number,
  to: number,
): Float32Array {
  const result = new Float32Array(height * to);
  const ratio = width / to;
  const reach = Math.max(1, ratio);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(width - 1, Math.floor(centre + reach));
    for (let x = first; x <= last; x++) {
      const weight = (1 - Math.abs(x - centre) / reach) / reach;
      if (weight <= 0) continue;
      for (let y = 0; y < height; y++) result[y * to + i] += weight * at(x, y);
    }
  }
  return result;
}

/** Least and greatest value. */
function extent(values: Float32Array): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** All pixels at the edge, those in the corners twice. */
function border(values: Float32Array, width: number, height: number): Float32Array {
  const edge = new Float32Array(2 * (width + height));
  let at = 0;
  for (let x = 0; x < width; x++) {
    edge[at++] = values[x];
    edge[at++] = values[(height - 1) * width + x];
  }
  for (let y = 0; y < height; y++) {
    edge[at++] = values[y * width];
    edge[at++] = values[y * width + width - 1];
  }
  return edge;
}

function borderMean(grey: Float32Array, width: number, height: number): number {
  const edge = border(grey, width, height);
  return edge.reduce((sum, value) => sum + value, 0) / edge.length;
}

/** What 19 of 20 pixels at the edge stay below: a digit may touch it here and there. */
function grain(light: Float32Array, width: number, height: number): number {
  const edge = border(light, width, height).sort();
  return edge[Math.floor(0.95 * (edge.length - 1))];
}

/** Otsu's threshold: splits values from 0 to 1 into two groups that differ most. */
function threshold(values: Float32Array): number {
  const bins = 64;
  const counts = new Float64Array(bins);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(value * bins))]++;
  const total = counts.reduce((sum, n, bin) => sum + n * bin, 0);
  let below = 0;
  let sumBelow = 0;
  let first = 0;
  let last = 0;
  let most = -1;
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > most) first = bin;
    // Between two clear groups every threshold is as good: the middle one leaves both most room.
    if (between >= most) last = bin;
    most = Math.max(most, between);
  }
  return ((first + last) / 2 + 1) / bins;
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
