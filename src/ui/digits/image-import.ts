/** Decodes a picture file with the browser's own decoders and makes a digit of it. */
import { digitFromGrey, greyOfRgba } from "../../data/digit-from-image.ts";
import type { NamedBytes } from "../../data/digits.ts";
import { decodePpm } from "../../data/ppm.ts";
import { UserError } from "../../errors.ts";
import { megabytes } from "../../format.ts";

const MOST_BYTES = 32e6;

/** Longer sides are shrunk to this before anybody looks at single pixels. */
const WORKING_SIDE = 1024;

/**
 * The digit in a PNG, JPEG, WebP or PPM file, upright as the camera meant it. [28, 28]
 * @throws UserError for a file that is too large, that the browser cannot decode, or that is blank
 */
export async function digitFromFile({ name, bytes }: NamedBytes): Promise<Uint8Array> {
  if (bytes.length > MOST_BYTES) {
    throw new UserError(
      `${name} has ${megabytes(bytes.length)}, a picture may have ${megabytes(MOST_BYTES)} here; make it smaller.`,
    );
  }
  // Of use only now, and not small.
  const { openPicture } = await import("../../data/picture-file.ts");
  // Before decoding: a small file can unfold to gigabytes.
  const { format } = openPicture(bytes, name);
  const { data, size } = await decode(name, format === "PPM" ? pixelsOf(bytes, name) : bytes);
  return digitFromGrey(greyOfRgba(data), size[0], size[1]);
}

/** Of the format that browsers don't know. */
function pixelsOf(bytes: Uint8Array, name: string): ImageData {
  const { width, height, data } = decodePpm(bytes, name);
  return new ImageData(Uint8ClampedArray.from(data), width, height);
}

async function decode(
  name: string,
  from: Uint8Array | ImageData,
): Promise<{ data: Uint8ClampedArray; size: readonly [number, number] }> {
  // A copy, for a view of shared memory makes no Blob.
  const source = from instanceof ImageData ? from : new Blob([Uint8Array.from(from)]);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(source, { imageOrientation: "from-image" });
  } catch (cause) {
    throw new UserError(
      `${name} could not be decoded; it is damaged, or of a kind that this browser does not know.`,
      { cause },
    );
  }
  const scale = Math.min(1, WORKING_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw new Error("the browser gave no drawing context");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { data: context.getImageData(0, 0, width, height).data, size: [width, height] };
}
