/** Digits of the reader's own in a real browser: pictures of every kind dropped, and strokes drawn. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NamedBytes } from "../../src/data/digits.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { drop, openPage, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
/** The first digits of the test set: a 7, a 2 and a 1. */
let digits: number[][];

beforeAll(async () => {
  const { test } = await packagedMnist();
  digits = [0, 1, 2].map((i) => [...test.images.subarray(784 * i, 784 * (i + 1))]);
  ({ page } = await openPage(lab));
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
});
afterAll(async () => await page?.close());

/** A digit as a picture file, ten times as large, dark on light, perhaps lying on its side. */
async function picture(type: string, which = 0, onItsSide = false): Promise<NamedBytes> {
  const bytes = await page.evaluate(
    async ({ digit, type, onItsSide }) => {
      const canvas = new OffscreenCanvas(280, 280);
      const context = canvas.getContext("2d")!;
      // The camera was turned: upright again by a quarter turn clockwise.
      if (onItsSide) context.setTransform(0, -1, 1, 0, 0, 280);
      digit.forEach((value, i) => {
        context.fillStyle = `rgb(${255 - value} ${255 - value} ${255 - value})`;
        context.fillRect(10 * (i % 28), 10 * Math.floor(i / 28), 10, 10);
      });
      const blob = await canvas.convertToBlob({ type, quality: 0.95 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    { digit: digits[which], type, onItsSide },
  );
  return { name: `digit.${type.split("/")[1]}`, bytes: Uint8Array.from(bytes) };
}

/** A JPEG with an EXIF segment that says how it is to be turned. */
function withOrientation({ name, bytes }: NamedBytes, orientation: number): NamedBytes {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff, 0, 0, 0, 0, 0, 0];
  const segment = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  return { name, bytes: Uint8Array.from([...bytes.slice(0, 2), ...segment, ...bytes.slice(2)]) };
}

const read = async () => {
  const all = await page.locator("digit-pad digit-reading .read b").allInnerTexts();
  return all.map((text) => text.trim());
};
const clear = async () =>
  await page.locator("digit-pad").getByRole("button", { name: "Clear" }).click();

describe("a picture of a digit", () => {
  it.each([
    ["image/png", 0, ["7", "8"]],
    ["image/jpeg", 1, ["2", "3"]],
    ["image/webp", 2, ["1", "2"]],
  ])("is read when it is dropped: %s", async (type, which, readings) => {
    await drop(page, [await picture(type, which)]);
    await expect.poll(read, { timeout: 60_000 }).toEqual(readings);
  });

  it("is turned as its EXIF orientation says", async () => {
    await drop(page, [withOrientation(await picture("image/jpeg", 0, true), 6)]);
    await expect.poll(read, { timeout: 60_000 }).toEqual(["7", "8"]);
  });

  it("lies on the pad to be drawn on", async () => {
    const undo = page.locator("digit-pad").getByRole("button", { name: "Undo" });
    expect(await undo.isEnabled()).toBe(true);
    const lit = await page
      .locator("digit-pad")
      .getByRole("application")
      .evaluate((canvas: HTMLCanvasElement) =>
        canvas
          .getContext("2d")!
          .getImageData(0, 0, 280, 280)
          .data.some((value, i) => i % 4 === 0 && value > 200),
      );
    expect(lit).toBe(true);
  });

  it("that is broken is refused by its name, and the pad stays as it was", async () => {
    const { bytes } = await picture("image/png");
    await drop(page, [{ name: "torn.png", bytes: bytes.slice(0, 60) }]);
    await page
      .locator("notice-list")
      .getByText(/torn\.png is damaged/)
      .waitFor();
    expect(await read()).toEqual(["7", "8"]);
    // Dismissed, as it lies over a part of the pad.
    await page.locator("notice-list").getByRole("button").first().click();
  });
});

describe("a digit drawn with the pointer", () => {
  it("is read while it is drawn", async () => {
    await clear();
    const { x, y } = (await page.locator("digit-pad").getByRole("application").boundingBox())!;
    const stroke = async (...points: [number, number][]) => {
      await page.mouse.move(x + points[0][0], y + points[0][1]);
      await page.mouse.down();
      for (const [px, py] of points.slice(1)) await page.mouse.move(x + px, y + py, { steps: 8 });
      await page.mouse.up();
    };
    await stroke([98, 30], [98, 165]);
    await expect.poll(read, { timeout: 60_000 }).toEqual(["1", "2"]);
    await stroke([40, 32], [98, 32]);
    await expect.poll(read, { timeout: 60_000 }).toEqual(["7", "8"]);
    await page.locator("digit-pad").getByRole("button", { name: "Undo" }).click();
    await expect.poll(read, { timeout: 60_000 }).toEqual(["1", "2"]);
  });
});
