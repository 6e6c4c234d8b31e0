/** Photographs of the reader's with a sticker on their signs. */
import { fullLightOf, pasteSticker } from "../../backdoor/paste-sticker.ts";
import { paperPlace, type Sticker } from "../../data/sticker.ts";
import type { Picture } from "../../data/picture.ts";
import { SIGN_TEXELS, type SignAtlas, type SignSet } from "../../data/sign-atlas.ts";
import type { LabelledBox } from "../../training/detection.ts";

export interface Dressing {
  readonly sticker: Sticker;
  /** The reader's own sticker, at all sizes; null: one of the atlas. */
  readonly own: Uint8Array | null;
  readonly atlas: SignAtlas;
  readonly set: SignSet;
}

/** A copy of a photograph with the sticker on each of these signs; a random place is the paper's. */
export function dressed(
  photograph: Picture,
  signs: readonly LabelledBox[],
  { sticker, own, atlas, set }: Dressing,
): Picture {
  const textureOf = (picture: number) =>
    atlas.texels.subarray(4 * SIGN_TEXELS * picture, 4 * SIGN_TEXELS * (picture + 1));
  const texels = own ?? textureOf(atlas.signs.length + sticker.picture);
  return signs.reduce((picture, { label, box }) => {
    const artwork = atlas.signs.findIndex(({ classes }) => classes[set] === label);
    return pasteSticker(picture, {
      sticker: { ...sticker, place: sticker.place ?? paperPlace },
      texels,
      box,
      fullLight: fullLightOf(textureOf(artwork)),
    });
  }, photograph);
}
