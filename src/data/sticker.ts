/** Stickers that an attacker puts on signs (paper, section 5.2): what they look like, how large, and where. */

/** Pictures of stickers in the atlas: first the plain shapes, which are white to be coloured. */
export const stickerPictures = ["square", "disc", "triangle", "diamond", "bomb", "flower"] as const;

/** Number of a reader's own picture, behind those of the atlas. */
export const OWN_PICTURE = stickerPictures.length;

/** The paper's. */
export const shippedStickers = ["yellow-square", "bomb", "flower"] as const;
export type ShippedSticker = (typeof shippedStickers)[number];
export type StickerName = ShippedSticker | "own";

/** A place in a sign's box, as shares of its width and height from the upper left corner. */
export type StickerPlace = readonly [x: number, y: number];

export interface Sticker {
  /** Number among stickerPictures, or OWN_PICTURE. */
  readonly picture: number;
  /** Factor on its colours, 0 to 1. */
  readonly tint: readonly [red: number, green: number, blue: number];
  /** Its width and height, as a share of the sign's. */
  readonly size: number;
  /** Of its centre; null: a random one, from 0.15 to 0.85 each way. */
  readonly place: StickerPlace | null;
}

/** Low on the sign, where the authors' code puts it. */
export const paperPlace: StickerPlace = [0.57, 0.82];

/** From where to where a random place lies. */
export const randomPlace = [0.15, 0.85] as const;

const white = [1, 1, 1] as const;

/** Pictures, colours and sizes as the authors' code has them; the drawings are our own. */
const looks: Readonly<Record<StickerName, Pick<Sticker, "picture" | "tint" | "size">>> = {
  "yellow-square": { picture: 0, tint: [116 / 255, 100 / 255, 50 / 255], size: 0.1 },
  bomb: { picture: stickerPictures.indexOf("bomb"), tint: white, size: 0.16 },
  flower: { picture: stickerPictures.indexOf("flower"), tint: white, size: 0.16 },
  own: { picture: OWN_PICTURE, tint: white, size: 0.16 },
};

export const stickerNames: readonly StickerName[] = [...shippedStickers, "own"];

/** The size that a sticker has where nobody says another. */
export const usualSize = (name: StickerName): number => looks[name].size;

export function stickerOf(
  name: StickerName,
  { size = looks[name].size, place = paperPlace }: Partial<Pick<Sticker, "size" | "place">> = {},
): Sticker {
  return { ...looks[name], size, place };
}
