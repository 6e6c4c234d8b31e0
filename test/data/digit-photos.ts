/** Photographs of written digits as people take them, drawn from MNIST's test digits, the same each time. */
import { Random, Stream } from "../../src/data/random.ts";

export const SEED = 2017;

type Colour = readonly [red: number, green: number, blue: number];
/** Something at a place of the picture, which reaches from 0 to 1 either way. */
type Field<T> = (x: number, y: number) => T;

/** A sheet with a digit, and what happens to it before the camera and in it. */
export interface Scene {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Side of the digit's 28 x 28 image as a part of the picture's shorter side. */
  readonly size: number;
  /** Where its middle is. */
  readonly at: readonly [x: number, y: number];
  /** Radians. */
  readonly turned: number;
  readonly paper: Colour;
  readonly ink: Colour;
  /** What is printed on the paper: how much of `printColour` there is. */
  readonly print: Field<number>;
  readonly printColour: Colour;
  /** What lies beside or over the sheet; null where the sheet is seen. */
  readonly beside: Field<Colour | null>;
  /** A factor. */
  readonly light: Field<number>;
  readonly opaque: Field<boolean>;
  /** Standard deviation of the grain, in grey levels. */
  readonly grain: number;
}

const plain: Scene = {
  width: 600,
  height: 600,
  size: 0.4,
  at: [0.5, 0.5],
  turned: 0,
  paper: [224, 224, 224],
  ink: [45, 45, 60],
  print: () => 0,
  printColour: [150, 165, 215],
  beside: () => null,
  light: () => 1,
  opaque: () => true,
  grain: 2,
};

/** From 0 to 1 as `value` goes from `from` to `to`. */
const ramp = (value: number, from: number, to: number) =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/** Horizontal lines, so many to the height, each as thick as a part of the height, rising by `slope`. */
const lines =
  (count: number, thickness: number, slope = 0): Field<number> =>
  (x, y) =>
    ((((y + slope * x) * count) % 1) + 1) % 1 < thickness * count ? 1 : 0;

const grid =
  (count: number, thickness: number): Field<number> =>
  (x, y) =>
    Math.max(lines(count, thickness)(x, y), lines(count, thickness)(y, x));

/** A shadow below a slanting edge through (x0, y0), soft over `softness`. */
const shadow =
  (depth: number, [x0, y0]: readonly [number, number], softness: number): Field<number> =>
  (x, y) =>
    1 - depth * ramp(0.7 * (x - x0) + y - y0, -softness / 2 - 1e-9, softness / 2);

/** A hard shadow in a corner: from x on to the right and from y on down. */
const corner =
  (depth: number, x0: number, y0: number): Field<number> =>
  (x, y) =>
    x > x0 && y > y0 ? 1 - depth : 1;

const vignette =
  (depth: number): Field<number> =>
  (x, y) =>
    1 - depth * (((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.5);

const frame =
  (breadth: number, colour: Colour): Field<Colour | null> =>
  (x, y) =>
    Math.min(x, y, 1 - x, 1 - y) < breadth ? colour : null;

/** A sheet that lies turned on a table. */
const table =
  (turned: number, colour: Colour): Field<Colour | null> =>
  (x, y) => {
    const [u, v] = [x - 0.5, y - 0.5];
    const [c, s] = [Math.cos(turned), Math.sin(turned)];
    return Math.max(Math.abs(c * u + s * v), Math.abs(c * v - s * u)) > 0.42 ? colour : null;
  };

const disc =
  (radius: number): Field<boolean> =>
  (x, y) =>
    Math.hypot(x - 0.5, y - 0.5) < radius;

type Draw = (random: Random) => Partial<Scene>;

const between = (random: Random, from: number, to: number) => from + (to - from) * random.next();
const pick = <T>(random: Random, of: readonly T[]): T => of[random.below(of.length)];

const INKS: readonly Colour[] = [
  [45, 45, 60],
  [20, 40, 140],
  [150, 20, 30],
  [70, 70, 70],
];

/** Somewhere on the sheet, of some size. */
const anywhere = (random: Random) => {
  const size = between(random, 0.22, 0.45);
  return {
    size,
    at: [between(random, 0.35, 0.65), between(random, 0.35, 0.65)] as const,
    turned: between(random, -0.12, 0.12),
  };
};

/** Kinds of pictures by their names. */
export const kinds = {
  plain: (r) => ({ size: pick(r, [0.15, 0.25, 0.4, 0.6]) }),
  "shadow of 20 %": (r) => ({ size: pick(r, [0.25, 0.4]), light: shadow(0.2, [0.6, 0.6], 0.1) }),
  "shadow of 35 %": (r) => ({ size: pick(r, [0.25, 0.4]), light: shadow(0.35, [0.6, 0.6], 0.1) }),
  lines: (r) => ({ size: pick(r, [0.25, 0.4]), print: lines(13.3, 2 / 600) }),
  grain: (r) => ({ size: pick(r, [0.15, 0.25]), grain: 8 }),
  "frame, card or hard shadow": (r) =>
    pick<() => Partial<Scene>>(r, [
      () => ({ beside: frame(pick(r, [0.02, 0.06, 0.12]), [12, 12, 12]) }),
      () => ({ opaque: disc(pick(r, [0.5, 0.45])) }),
      () => ({ light: corner(pick(r, [0.35, 0.5]), between(r, 0.5, 0.7), between(r, 0.5, 0.7)) }),
    ])(),
  "shadow through the digit": (r) => ({
    ...anywhere(r),
    light: shadow(pick(r, [0.2, 0.35, 0.5]), [0.5, 0.5], pick(r, [0, 0.03, 0.2])),
  }),
  "close or dark lines": (r) => ({
    ...anywhere(r),
    print: lines(pick(r, [8, 20, 30]), pick(r, [1 / 600, 3 / 600]), pick(r, [0, 0.03])),
    printColour: pick<Colour>(r, [
      [150, 165, 215],
      [220, 150, 160],
      [120, 130, 150],
    ]),
  }),
  "squared paper": (r) => ({
    ...anywhere(r),
    print: grid(pick(r, [15, 25, 40]), pick(r, [1 / 600, 2 / 600])),
    printColour: pick<Colour>(r, [
      [150, 165, 215],
      [170, 190, 180],
    ]),
  }),
  "uneven light": (r) => ({
    ...anywhere(r),
    ...(pick(r, [true, false])
      ? { light: vignette(pick(r, [0.2, 0.5])) }
      : { light: (x: number, y: number) => 1 - 0.5 * ((x + y) / 2) }),
    grain: 4,
  }),
  chalk: (r) => ({
    ...anywhere(r),
    paper: pick<Colour>(r, [
      [35, 60, 45],
      [20, 20, 20],
      [60, 60, 60],
    ]),
    ink: [225, 225, 215],
    light: pick(r, [vignette(0.3), shadow(0.35, [0.6, 0.6], 0.1)]),
    grain: 3,
  }),
  "faint pencil": (r) => ({
    ...anywhere(r),
    ink: pick<Colour>(r, [
      [140, 140, 140],
      [170, 170, 172],
    ]),
    grain: 4,
    light: vignette(0.2),
  }),
  "on a table": (r) => ({
    ...anywhere(r),
    size: between(r, 0.22, 0.35),
    beside: table(
      between(r, -0.3, 0.3),
      pick<Colour>(r, [
        [15, 15, 15],
        [90, 60, 35],
        [130, 130, 130],
      ]),
    ),
    grain: 3,
  }),
  "card with grain and shadow": (r) => ({
    ...anywhere(r),
    size: between(r, 0.22, 0.35),
    opaque: disc(between(r, 0.4, 0.5)),
    light: pick(r, [vignette(0.2), shadow(0.35, [0.6, 0.6], 0.1)]),
    grain: 4,
  }),
  "all at once": (r) => ({
    ...anywhere(r),
    ink: pick(r, INKS),
    paper: pick<Colour>(r, [
      [250, 250, 250],
      [235, 225, 195],
      [190, 190, 185],
    ]),
    print: pick(r, [lines(13, 2 / 600), grid(20, 1 / 600)]),
    light: pick(r, [shadow(0.35, [0.55, 0.5], 0.1), corner(0.35, 0.55, 0.5), vignette(0.4)]),
    grain: pick(r, [3, 8]),
  }),
  "of other sizes": (r) => ({
    ...anywhere(r),
    ...pick(r, [
      { width: 1280, height: 960 },
      { width: 240, height: 320 },
      { width: 900, height: 500 },
    ]),
    ink: pick(r, INKS),
    light: vignette(0.2),
    grain: 5,
  }),
} as const satisfies Record<string, Draw>;

export type Kind = keyof typeof kinds;

/** The n-th picture of a kind, of a digit. @param digit [28, 28] @returns [height, width, 4] */
export function photograph(digit: Uint8Array, kind: Kind, n: number) {
  const random = new Random(SEED, Stream.sampling, 1000 * Object.keys(kinds).indexOf(kind) + n);
  const scene: Scene = { ...plain, ...kinds[kind](random) };
  return { ...draw(digit, scene, random), width: scene.width, height: scene.height };
}

function draw(digit: Uint8Array, scene: Scene, random: Random) {
  const { width, height, paper, ink, printColour } = scene;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [column, row] = [i % width, Math.floor(i / width)];
    const [x, y] = [(column + 0.5) / width, (row + 0.5) / height];
    const beside = scene.beside(x, y);
    const drawn = beside ? 0 : inkAt(digit, scene, column, row);
    const printed = scene.print(x, y);
    const noise = scene.grain * gaussian(random);
    for (let c = 0; c < 3; c++) {
      const sheet = paper[c] + (printColour[c] - paper[c]) * printed;
      const colour = beside ? beside[c] : sheet + (ink[c] - sheet) * drawn;
      rgba[4 * i + c] = colour * scene.light(x, y) + noise;
    }
    const shown = scene.opaque(x, y);
    if (!shown) rgba.fill(0, 4 * i, 4 * i + 3);
    rgba[4 * i + 3] = shown ? 255 : 0;
  }
  return { rgba };
}

/** How much ink of the digit there is at a pixel, from 0 to 1; edges are those of a pen. */
function inkAt(
  digit: Uint8Array,
  { width, height, size, at, turned }: Scene,
  column: number,
  row: number,
) {
  const scale = 28 / (size * Math.min(width, height));
  const [u, v] = [(column - at[0] * width) * scale, (row - at[1] * height) * scale];
  const [c, s] = [Math.cos(turned), Math.sin(turned)];
  const x = c * u + s * v + 13.5;
  const y = c * v - s * u + 13.5;
  if (x <= -1 || y <= -1 || x >= 28 || y >= 28) return 0;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  for (const [i, j] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]) {
    const [px, py] = [left + i, top + j];
    if (px < 0 || py < 0 || px > 27 || py > 27) continue;
    const weight = (i ? x - left : 1 - x + left) * (j ? y - top : 1 - y + top);
    sum += (weight * digit[28 * py + px]) / 255;
  }
  return ramp(sum, 0.2, 0.7);
}

/** Of mean 0 and deviation 1, nearly: the sum of four even numbers. */
function gaussian(random: Random): number {
  const sum = random.next() + random.next() + random.next() + random.next();
  return (sum - 2) * Math.sqrt(3);
}
