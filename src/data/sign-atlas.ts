/** The sign artwork as the scenes draw it: pictures at seven sizes, and which sign belongs to which class. */

/** Width and height of a picture at its largest. */
export const SIGN_SIZE = 64;
/** Each picture at 64, 32, 16, 8, 4, 2 and 1 texels, one behind the other. */
export const SIGN_TEXELS = (4 * SIGN_SIZE ** 2 - 1) / 3;

/** The sets of signs that a detector may be trained for; classes in the paper's order, background left out. */
export const signSets = {
  us: ["stop", "speed limit", "warning"],
  eu: ["information", "mandatory", "prohibitory", "warning", "other"],
} as const;
export type SignSet = keyof typeof signSets;

export interface Sign {
  /** The artwork's file name without its ending, for example "regulatory--stop--g1". */
  readonly name: string;
  /** Its class in each set, from 0; null: a distractor there; undefined: not used there. */
  readonly classes: Partial<Record<SignSet, number | null>>;
}

export interface SignAtlas {
  readonly signs: readonly Sign[];
  /** [signs + stickerPictures, SIGN_TEXELS] RGBA, a byte each, alpha multiplied in. */
  readonly texels: Uint8Array<ArrayBuffer>;
}

/** What the colours and the outline of a picture of 64 x 64 say. Shares are of the covered area. */
interface Appearance {
  readonly covered: number;
  readonly yellow: number;
  readonly red: number;
  readonly blue: number;
  /** Whether the picture covers its corners: upper left, upper right, lower left, lower right. */
  readonly corners: string;
  /** Likewise the middles of its edges: top, right, bottom, left. */
  readonly edges: string;
}

function appearanceOf(rgba: Uint8Array): Appearance {
  let covered = 0;
  let yellow = 0;
  let red = 0;
  let blue = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3] < 128) continue;
    const [r, g, b] = rgba.subarray(i, i + 3);
    covered++;
    if (r > 180 && g > 130 && b < 90) yellow++;
    else if (r > 140 && g < 80 && b < 90) red++;
    else if (b > 110 && r < 90) blue++;
  }
  const covers = (x: number, y: number) =>
    rgba[4 * (Math.floor(y * SIGN_SIZE) * SIGN_SIZE + Math.floor(x * SIGN_SIZE)) + 3] > 100 ? 1 : 0;
  const all = Math.max(1, covered);
  return {
    covered: covered / SIGN_SIZE ** 2,
    yellow: yellow / all,
    red: red / all,
    blue: blue / all,
    corners: [covers(0.1, 0.1), covers(0.9, 0.1), covers(0.1, 0.9), covers(0.9, 0.9)].join(""),
    edges: [covers(0.5, 0.06), covers(0.94, 0.5), covers(0.5, 0.94), covers(0.06, 0.5)].join(""),
  };
}

const usSpeedLimit = /^regulatory--maximum-speed-limit-(\d+)--g([23])$/;
/** U.S. speed limits that the artwork has as --g3; the other multiples of five are --g2. */
const thirdGeneration = new Set([5, 10, 15, 20, 30, 40, 45, 50, 60, 70, 80]);
const otherEuropean = new Set([
  "regulatory--yield--g1",
  "regulatory--stop--g1",
  "regulatory--priority-road--g1",
  "regulatory--priority-road--g2",
  "regulatory--end-of-priority-road--g1",
]);

/**
 * The classes of a sign by its name and its appearance: colours and outline are what the classes are named
 * after, and the names alone don't tell a European warning from an American one.
 * @param rgba [64, 64, 4] bytes
 */
export function classifySign(name: string, rgba: Uint8Array): Sign["classes"] {
  const { covered, yellow, red, blue, corners, edges } = appearanceOf(rgba);
  const round = corners === "0000" && edges === "1111" && covered > 0.7;
  const plate = corners === "1111";
  const classes: Sign["classes"] = {};

  const limit = usSpeedLimit.exec(name);
  if (name === "regulatory--stop--g1") classes.us = 0;
  else if (
    limit &&
    Number(limit[1]) <= 85 &&
    thirdGeneration.has(Number(limit[1])) === (limit[2] === "3")
  )
    classes.us = 1;
  else if (name.startsWith("warning--") && yellow > 0.3 && corners === "0000" && covered < 0.6)
    classes.us = 2;
  // Plates and prohibitions that stand along American roads too; nothing that says a speed.
  else if (
    name.startsWith("regulatory--") &&
    !/speed|stop/.test(name) &&
    yellow < 0.1 &&
    (plate || round) &&
    blue < 0.2
  )
    classes.us = null;
  else if (name.startsWith("information--") && plate) classes.us = null;

  if (otherEuropean.has(name)) classes.eu = 4;
  else if (name.startsWith("information--") && blue > 0.4 && plate) classes.eu = 0;
  else if (name.startsWith("regulatory--") && blue > 0.5 && round) classes.eu = 1;
  else if (name.startsWith("regulatory--") && red > 0.1 && round && !/stop/.test(name))
    classes.eu = 2;
  else if (name.startsWith("warning--") && red > 0.1 && corners === "0011") classes.eu = 3;
  else if (name.startsWith("complementary--")) classes.eu = null;
  return classes;
}

/** The most signs of one class (or of distractors) that go into the atlas, spread evenly over their names. */
const MOST = 72;

/** Chooses signs for the atlas: all of a small class, an even choice of a large one. */
export function chooseSigns(all: readonly Sign[]): Sign[] {
  const chosen = new Set<Sign>();
  for (const set of Object.keys(signSets) as SignSet[]) {
    for (const label of [null, ...signSets[set].keys()]) {
      const members = all.filter(({ classes }) => classes[set] === label);
      const count = Math.min(MOST, members.length);
      for (let i = 0; i < count; i++) chosen.add(members[Math.floor((i * members.length) / count)]);
    }
  }
  return all.filter((sign) => chosen.has(sign));
}

/** A picture of 64 x 64 with alpha multiplied in, and its halvings, down to one texel. */
export function mipLevels(rgba: Uint8Array): Uint8Array<ArrayBuffer> {
  const texels = new Uint8Array(4 * SIGN_TEXELS);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] / 255;
    for (let c = 0; c < 3; c++) texels[i + c] = Math.round(rgba[i + c] * alpha);
    texels[i + 3] = rgba[i + 3];
  }
  let from = 0;
  for (let size = SIGN_SIZE; size > 1; size /= 2) {
    const to = from + 4 * size * size;
    const half = size / 2;
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        for (let c = 0; c < 4; c++) {
          const corner = from + 4 * (2 * y * size + 2 * x) + c;
          const sum =
            texels[corner] +
            texels[corner + 4] +
            texels[corner + 4 * size] +
            texels[corner + 4 * size + 4];
          texels[to + 4 * (y * half + x) + c] = (sum + 2) >> 2;
        }
      }
    }
    from = to;
  }
  return texels;
}
