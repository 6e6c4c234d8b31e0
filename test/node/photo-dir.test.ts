/** Photographs on disk, up to the size that is promised. */
import jpeg from "jpeg-js";
import { expect, it } from "vitest";
import { decodePicture } from "../../src/node/photo-dir.ts";

it("are decoded up to 64 million pixels", () => {
  const [width, height] = [8000, 7900];
  const { data } = jpeg.encode({ width, height, data: new Uint8Array(4 * width * height) }, 50);
  const picture = decodePicture(new Uint8Array(data), "large.jpg");
  expect([picture.width, picture.height]).toEqual([width, height]);
});
