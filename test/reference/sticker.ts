/** A sticker on a sign of a drawn scene (shaders/scene-draw.wgsl) in float64: what a pixel of the sign becomes. */

/** An object of a scene, from the words that the layout wrote. */
export interface DrawnObject {
  readonly centre: readonly [number, number];
  readonly halfSize: number;
  readonly roll: number;
  readonly yaw: number;
  readonly sign: number;
  readonly light: number;
  readonly blur: number;
  readonly cover: readonly [number, number, number];
  readonly dirt: number;
  readonly sticker: readonly [number, number, number, number];
  readonly tint: readonly [number, number, number];
  readonly picture: number;
}

export interface DrawnStreet {
  readonly objects: number;
  readonly noise: number;
  readonly light: readonly [number, number, number];
  readonly contrast: number;
  readonly hash: number;
  readonly shadow: number;
}

/** A label's class, without the bit that says that it counts neither way. */
export const classOf = (label: number): number => label & 0x7fffffff;

/** Whether something sticks on it whose middle lies behind leaves. */
export const isHidden = ({ cover, sticker }: DrawnObject): boolean =>
  sticker[2] > 0 &&
  cover[2] > 0 &&
  Math.hypot(cover[0] - sticker[0], cover[1] - sticker[1]) < cover[2];

const triple = (values: ArrayLike<number>, at: number) =>
  [values[at], values[at + 1], values[at + 2]] as const;

/** @param words the shaders' struct Scene of one image */
export function readScene(words: Float32Array): { street: DrawnStreet; things: DrawnObject[] } {
  const whole = new Uint32Array(words.buffer, words.byteOffset, words.length);
  const street = {
    objects: whole[2],
    noise: words[3],
    light: triple(words, 20),
    contrast: words[23],
    hash: whole[24],
    shadow: words[27],
  };
  const things = Array.from({ length: street.objects }, (_, i) => {
    const at = 28 + 24 * i;
    return {
      centre: [words[at], words[at + 1]] as const,
      halfSize: words[at + 2],
      roll: words[at + 3],
      yaw: words[at + 4],
      sign: whole[at + 5],
      light: words[at + 7],
      blur: words[at + 11],
      cover: triple(words, at + 12),
      dirt: words[at + 15],
      sticker: [words[at + 16], words[at + 17], words[at + 18], words[at + 19]] as const,
      tint: triple(words, at + 20),
      picture: whole[at + 23],
    };
  });
  return { street, things };
}

/** A point of the picture in an object's own coordinates: the inverse of turning by yaw and rolling. */
export function ownCoordinates(
  { centre, halfSize, roll, yaw }: DrawnObject,
  x: number,
  y: number,
): [number, number] {
  const [qx, qy] = [(x - centre[0]) / halfSize, (y - centre[1]) / halfSize];
  const seenX = Math.cos(roll) * qx + Math.sin(roll) * qy;
  const seenY = Math.cos(roll) * qy - Math.sin(roll) * qx;
  const u = seenX / (Math.cos(yaw) - 0.2 * Math.sin(yaw) * seenX);
  return [u, seenY * (1 + u * 0.2 * Math.sin(yaw))];
}

type Colour = [number, number, number, number];

/** A picture of the atlas between two of its sizes: RGBA, 0 to 1, premultiplied. */
export function pictureAt(
  texels: Uint8Array,
  picture: number,
  [u, v]: readonly [number, number],
  level: number,
): Colour {
  const lower = Math.floor(level);
  const [near, far] = [
    levelAt(texels, picture, u, v, lower),
    levelAt(texels, picture, u, v, lower + 1),
  ];
  return near.map((value, c) => value + (far[c] - value) * (level - lower)) as Colour;
}

function levelAt(texels: Uint8Array, picture: number, u: number, v: number, level: number): Colour {
  let first = picture * 5461;
  for (let i = 0; i < level; i++) first += (64 >> i) ** 2;
  const size = 64 >> level;
  const [x, y] = [((u + 1) / 2) * size - 0.5, ((v + 1) / 2) * size - 0.5];
  const sum: Colour = [0, 0, 0, 0];
  for (const row of [Math.floor(y), Math.floor(y) + 1]) {
    for (const column of [Math.floor(x), Math.floor(x) + 1]) {
      if (row < 0 || column < 0 || row >= size || column >= size) continue;
      const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      for (let c = 0; c < 4; c++) {
        sum[c] += (weight * texels[4 * (first + row * size + column) + c]) / 255;
      }
    }
  }
  return sum;
}

function hashAt(x: number, y: number, salt: number): number {
  let h = (Math.imul(x, 0x8da6b343) + Math.imul(y, 0xd8163841) + Math.imul(salt, 0xcb1ab31f)) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39) >>> 0;
  return (h ^ (h >>> 15)) >>> 0;
}

function smoothNoise(x: number, y: number, salt: number): number {
  const [cx, cy] = [Math.floor(x), Math.floor(y)];
  const ease = (t: number) => t * t * (3 - 2 * t);
  const [tx, ty] = [ease(x - cx), ease(y - cy)];
  const at = (dx: number, dy: number) => hashAt(cx + dx, cy + dy, salt) >>> 8;
  const upper = at(0, 0) * (1 - tx) + at(1, 0) * tx;
  const lower = at(0, 1) * (1 - tx) + at(1, 1) * tx;
  return (upper * (1 - ty) + lower * ty) / 16777216;
}

/**
 * The colour, 0 to 255, of a pixel that lies on object i alone; null where what is behind it shows through, or
 * something lies in front.
 * @param dressed with its sticker, or without
 */
export function pixelOn(
  { street, things }: ReturnType<typeof readScene>,
  i: number,
  texels: Uint8Array,
  [column, row]: readonly [number, number],
  dressed: boolean,
): [number, number, number] | null {
  const thing = things[i];
  const [x, y] = [column + 0.5, row + 0.5];
  const own = ownCoordinates(thing, x, y);
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  let colour = pictureAt(
    texels,
    thing.sign,
    own,
    clamp(Math.log2(32 / thing.halfSize) + thing.blur, 0, 3),
  );
  if (dressed) {
    const [cx, cy, hw, hh] = thing.sticker;
    const level = clamp(Math.log2(32 / (hh * thing.halfSize)) + thing.blur, 0, 6);
    const stuck = pictureAt(texels, thing.picture, [(own[0] - cx) / hw, (own[1] - cy) / hh], level);
    colour = colour.map(
      (value, c) => value * (1 - stuck[3]) + stuck[c] * (thing.tint[c] ?? 1),
    ) as Colour;
  }
  if (colour[3] < 0.9999) return null;
  const reach = 1.3 * thing.cover[2];
  if (reach > 0 && Math.hypot(own[0] - thing.cover[0], own[1] - thing.cover[1]) <= reach)
    return null;
  const spots = smoothNoise(own[0] * 4 + 9 * i, own[1] * 4 + 9 * i, street.hash + i);
  const share = thing.dirt * spots * 1.4;
  const grey = 0.33 * (colour[0] + colour[1] + colour[2]);
  const edge = x - street.shadow - 0.3 * y + 6 * smoothNoise(x / 9, y / 9, 77);
  const shade = street.shadow < 0 ? 1 : 1 - 0.45 * clamp(0.5 + 0.2 * edge, 0, 1);
  const grain = hashAt(column, row, street.hash);
  return [0, 1, 2].map((c) => {
    const dirty = colour[c] * (1 - share) + (0.6 * grey + 0.12) * share;
    const lit = dirty * thing.light * shade * street.light[c];
    const contrasted = (lit - 0.5) * street.contrast + 0.5;
    const noise = street.noise * (((grain >>> (8 * c)) & 255) / 127.5 - 1);
    return 255 * clamp(contrasted + noise, 0, 1);
  }) as [number, number, number];
}
