/** Rasterises the sign artwork of the package mapillary_sprite_source (MIT), and our stickers, into the atlas. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stickerPictures } from "../data/sticker.ts";
import {
  chooseSigns,
  classifySign,
  mipLevels,
  SIGN_SIZE,
  SIGN_TEXELS,
  type Sign,
  type SignAtlas,
} from "../data/sign-atlas.ts";
import { openSvg, parseSvg, signsFolder, stickersFolder } from "./svg.ts";

let atlas: Promise<SignAtlas> | undefined;

/** The atlas; made once, in about two seconds. */
export function signArtwork(): Promise<SignAtlas> {
  return (atlas ??= rasterise());
}

async function rasterise(): Promise<SignAtlas> {
  await openSvg();
  const folder = signsFolder();
  const files = (await readdir(folder)).filter((name) => name.endsWith(".svg")).sort();
  const pictures = new Map<Sign, Uint8Array>();
  for (const file of files) {
    const svg = await readFile(join(folder, file), "utf8");
    const image = rendered(svg);
    // A few signs are not square; they would be drawn out of shape.
    if (image.height === SIGN_SIZE) {
      const name = file.slice(0, -".svg".length);
      const rgba = image.pixels;
      const classes = classifySign(name, rgba);
      if (Object.keys(classes).length > 0) pictures.set({ name, classes }, rgba);
    }
    image.free();
  }
  const signs = chooseSigns([...pictures.keys()]);
  const all = [
    ...signs.map((sign) => pictures.get(sign)!),
    ...(await Promise.all(
      stickerPictures.map(
        async (name) =>
          rendered(await readFile(join(stickersFolder, `${name}.svg`), "utf8")).pixels,
      ),
    )),
  ];
  const texels = new Uint8Array(all.length * 4 * SIGN_TEXELS);
  all.forEach((rgba, i) => texels.set(mipLevels(rgba), i * 4 * SIGN_TEXELS));
  return { signs, texels };
}

const rendered = (svg: string) =>
  parseSvg(svg, { fitTo: { mode: "width", value: SIGN_SIZE } }).render();
