/** The sign artwork as one file, made at build time and fetched by the page. */
import * as v from "valibot";
import { stickerPictures } from "../../data/sticker.ts";
import { gunzipOwn } from "../../data/gzip.ts";
import { SIGN_TEXELS, type SignAtlas } from "../../data/sign-atlas.ts";
import { UserError } from "../../errors.ts";
import { readSafetensors, writeSafetensors } from "../../files/safetensors.ts";

/** Where it lies below the app's base. */
export const SIGN_ATLAS_PATH = "data/signs.safetensors.gz";

/** Far above what the artwork takes. */
const MOST_BYTES = 64_000_000;

const Label = v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))));
const Signs = v.array(v.object({ name: v.string(), classes: v.object({ us: Label, eu: Label }) }));

export function encodeAtlas({ signs, texels }: SignAtlas): Uint8Array<ArrayBuffer> {
  const shape = [texels.length / (4 * SIGN_TEXELS), SIGN_TEXELS, 4];
  return writeSafetensors(new Map([["texels", { dtype: "U8", shape, data: texels }]]), {
    signs: JSON.stringify(signs),
  });
}

/** @throws UserError when the file is none of these */
export function decodeAtlas(bytes: Uint8Array, name: string): SignAtlas {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const texels = tensors.get("texels");
  const signs = v.safeParse(v.pipe(v.string(), v.parseJson(), Signs), metadata["signs"]);
  const fits =
    signs.success &&
    texels?.dtype === "U8" &&
    texels.data.length === (signs.output.length + stickerPictures.length) * SIGN_TEXELS * 4;
  if (!fits) throw new UserError(`${name} is no sign artwork of this version: build the app anew.`);
  return { signs: signs.output, texels: texels.data as Uint8Array<ArrayBuffer> };
}

/** @param base URL of the app's folder */
export async function fetchAtlas(base: string): Promise<SignAtlas> {
  const url = new URL(SIGN_ATLAS_PATH, base).href;
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) {
    throw new UserError(`${url} could not be fetched: check the connection, then reload.`);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Some hosts undo the compression on the way.
  const plain = bytes[0] === 0x1f ? await gunzipOwn(bytes, MOST_BYTES, url) : bytes;
  return decodeAtlas(plain, SIGN_ATLAS_PATH);
}
