/** Pictures in Node: decoded and encoded by Skia, which does the same in Chromium, here as WebAssembly. */
import CanvasKitInit, { type CanvasKit, type ImageInfo } from "canvaskit-wasm";
import { upright } from "../data/orientation.ts";
import { openPicture } from "../data/picture-file.ts";
import type { Picture } from "../data/picture.ts";
import { decodePpm } from "../data/ppm.ts";
import { clip, UserError } from "../errors.ts";

let started: Promise<CanvasKit> | undefined;

/** What is done with Skia; it is started anew after a fault of its own, which leaves it in no known state. */
async function withSkia<T>(work: (skia: CanvasKit) => T): Promise<T> {
  started ??= CanvasKitInit();
  const skia = await started;
  try {
    return work(skia);
  } catch (error) {
    const fault = error instanceof UserError ? error.cause : error;
    if (fault instanceof WebAssembly.RuntimeError) started = undefined;
    throw error;
  }
}

const rgba = (
  skia: CanvasKit,
  { width, height }: Pick<Picture, "width" | "height">,
  alpha: "Premul" | "Unpremul" = "Unpremul",
): ImageInfo => ({
  width,
  height,
  colorType: skia.ColorType.RGBA_8888,
  alphaType: skia.AlphaType[alpha],
  colorSpace: skia.ColorSpace.SRGB,
});

/** Decodes a JPEG, PNG, WebP or PPM file as browsers do. @throws UserError for what is none, too large or damaged */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const file = openPicture(bytes, name);
  if (file.format === "PPM") return decodePpm(bytes, name);
  return await withSkia((skia) => {
    try {
      return upright(drawn(skia, file.bytes), file.orientation);
    } catch (cause) {
      throw new UserError(`${clip(name)} is damaged: it cannot be decoded.`, { cause });
    }
  });
}

/** @throws Error where the file cannot be decoded */
function drawn(skia: CanvasKit, bytes: Uint8Array): Picture {
  const image = skia.MakeImageFromEncoded(bytes);
  const size = { width: image?.width() ?? 0, height: image?.height() ?? 0 };
  const data = image?.readPixels(0, 0, rgba(skia, size, "Premul"));
  image?.delete();
  if (!data) throw new Error("Skia could not decode a picture");
  const picture = { ...size, data: data as Uint8Array };
  return isOpaque(picture) ? picture : unmultiplied(skia, picture);
}

function isOpaque({ data }: Picture): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** As a canvas gives back what was drawn on it: of what is transparent, no colour is left. */
function unmultiplied(skia: CanvasKit, picture: Picture): Picture {
  const image = skia.MakeImage(rgba(skia, picture, "Premul"), picture.data, 4 * picture.width);
  const data = image?.readPixels(0, 0, rgba(skia, picture));
  image?.delete();
  if (!data) throw new Error("Skia could not read a picture");
  return { ...picture, data: data as Uint8Array };
}

/** @returns a PNG file */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return await withSkia((skia) => {
    const image = skia.MakeImage(rgba(skia, picture), picture.data, 4 * picture.width);
    const bytes = image?.encodeToBytes();
    image?.delete();
    if (!bytes) throw new Error("Skia could not encode a picture");
    return bytes;
  });
}
