/**
 * The colours of maps: one ramp for amounts, a double one for signed values. Zero is dark in either theme,
 * as the images' ground is; brightness grows with the amount, so that no hue has to be told apart.
 */
import { interpolateLab, piecewise, rgb } from "d3";
import { fixed, withMinus } from "../../format.ts";

export type Ramp = "sequential" | "diverging";

/** What the ends of a ramp stand for: 0 and `max`, or `-max` and `max`. */
export interface ColourRange {
  readonly ramp: Ramp;
  readonly max: number;
}

const STEPS = 256;

/** The place in a table of what is no number. */
const NO_NUMBER = STEPS;

const ramps: Readonly<Record<Ramp, (t: number) => string>> = {
  sequential: piecewise(interpolateLab, ["#0c1116", "#0b4258", "#167f9e", "#7ed3ec", "#f7fdff"]),
  diverging: piecewise(interpolateLab, [
    "#b5ecff",
    "#2e9fc0",
    "#0b4a61",
    "#12161b",
    "#7c2a0c",
    "#d9602c",
    "#ffd2bb",
  ]),
};

/** One pixel as a canvas holds it: the bytes r g b a in a little-endian word, as all GPUs' hosts are. */
function pixel(colour: string): number {
  const { r, g, b } = rgb(colour);
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

function table(ramp: (t: number) => string): Uint32Array {
  const colours = Array.from({ length: STEPS }, (_, i) => pixel(ramp(i / (STEPS - 1))));
  return Uint32Array.from([...colours, pixel("#8a8f98")]);
}

/** Pixels by `colourIndex`. */
export const colourTables: Readonly<Record<Ramp, Uint32Array>> = {
  sequential: table(ramps.sequential),
  diverging: table(ramps.diverging),
};

/** The place of a value in its ramp's table, 0 to 255; 256 for what is no number. */
export function colourIndex(value: number, { ramp, max }: ColourRange): number {
  if (Number.isNaN(value)) return NO_NUMBER;
  if (max === 0) return ramp === "diverging" ? STEPS / 2 : 0;
  const t = ramp === "diverging" ? (value / max + 1) / 2 : value / max;
  return Math.round(Math.min(1, Math.max(0, t)) * (STEPS - 1));
}

/** The range that holds all values: every number counts, infinite ones do not. */
export function rangeOf(ramp: Ramp, ...lists: readonly Float32Array[]): ColourRange {
  let max = 0;
  for (const values of lists) {
    for (const value of values) {
      const size = ramp === "diverging" ? Math.abs(value) : value;
      if (size > max && size < Infinity) max = size;
    }
  }
  return { ramp, max };
}

/** The ramp from its low to its high end, for a legend. */
export function cssGradient(ramp: Ramp): string {
  const stops = Array.from({ length: 9 }, (_, i) => ramps[ramp](i / 8));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/** A legend's numbers: three digits that count, and no more. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "no number";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000 || size < 0.001) return withMinus(value.toExponential(1));
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

/** 0 to 2.31, or ±2.31 */
export function rangeText({ ramp, max }: ColourRange): string {
  return ramp === "diverging" ? `±${short(max)}` : `0 to ${short(max)}`;
}
