/** A sheet to print: a stop sign and the paper's stickers at true proportion, to be held before a camera. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { paperPlace, stickerOf, stickerPictures, type ShippedSticker } from "../data/sticker.ts";
import { openSvg, parseSvg, signsFolder, stickersFolder } from "./svg.ts";

/** Where it lies below the app's base. */
export const SHEET_PATH = "sheet.svg";

/** Of the sheet, in millimetres: within the margins of A4 and of US letter. */
const [WIDTH, HEIGHT] = [180, 240];
const SIGN = 120;
const SMALL = 40;

const names: Readonly<Record<ShippedSticker, string>> = {
  "yellow-square": "yellow square",
  bomb: "bomb",
  flower: "flower",
};

/** A drawing to be placed in another; width and height in units of its own. */
interface Artwork {
  readonly inner: string;
  readonly box: readonly [x: number, y: number, width: number, height: number];
}

/** A rectangle of the sheet, in millimetres. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The whole sheet as an SVG file, a unit a millimetre; looks are attributes, as the page's policy allows no style. */
export async function printSheet(): Promise<string> {
  await openSvg();
  const stop = await artworkOf(join(signsFolder(), "regulatory--stop--g1.svg"), true);
  const stickers = await Promise.all(
    (Object.keys(names) as ShippedSticker[]).map(async (name) => {
      const { picture, tint, size } = stickerOf(name);
      const file = join(stickersFolder, `${stickerPictures[picture]}.svg`);
      const artwork = await artworkOf(file, false);
      const colour = `rgb(${tint.map((part) => Math.round(255 * part)).join(", ")})`;
      return { name, size, artwork: tinted(artwork, colour) };
    }),
  );
  const sign = { x: (WIDTH - SIGN) / 2, y: 26, ...signSize(stop, SIGN) };
  const row = sign.y + sign.height + 16;
  const cutouts = stickers.map(({ name, size, artwork }, i) => {
    const side = { width: size * sign.width, height: size * sign.height };
    const place = { x: 6 + 34 * i, y: row, ...side };
    const millimetres = side.width.toFixed(1);
    return (
      placed(artwork, place) +
      cutLine(place) +
      text(place.x, row + 27, names[name]) +
      text(place.x, row + 32, `${Math.round(100 * size)} %: ${millimetres} mm`)
    );
  });
  const small = { x: WIDTH - SMALL - 6, y: row, ...signSize(stop, SMALL) };
  const { size, artwork } = stickers[0];
  const half = [0.5 * size * small.width, 0.5 * size * small.height];
  const worn = {
    x: small.x + paperPlace[0] * small.width - half[0],
    y: small.y + paperPlace[1] * small.height - half[1],
    width: 2 * half[0],
    height: 2 * half[1],
  };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}mm" height="${HEIGHT}mm" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<title>A stop sign and three stickers, to print</title>` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>` +
    text(
      6,
      8,
      "Print at 100 %, not fitted to the page: the sign is then 12 cm wide, and this line 10 cm long.",
    ) +
    `<path d="M6 13v4m0 -2h100m0 -2v4" fill="none" stroke="#222222" stroke-width="0.3"/>` +
    placed(stop, sign) +
    text(6, row - 6, "Cut the stickers out, and put one on the sign where the small sign has it.") +
    cutouts.join("") +
    placed(stop, small) +
    placed(artwork, worn) +
    text(6, HEIGHT - 4, "Sign: Mapillary sprite source (MIT licence). Stickers: BadNets Lab.") +
    `</svg>\n`
  );
}

/** @param tight its box is that of what is drawn, else that of the file */
async function artworkOf(file: string, tight: boolean): Promise<Artwork> {
  const svg = await readFile(file, "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const drawn = parseSvg(svg);
  const bounds = tight ? drawn.getBBox() : undefined;
  const box = bounds
    ? ([bounds.x, bounds.y, bounds.width, bounds.height] as const)
    : ([0, 0, drawn.width, drawn.height] as const);
  bounds?.free();
  drawn.free();
  return { inner, box };
}

/** Plain shapes are white, to be coloured. */
const tinted = ({ inner, box }: Artwork, colour: string): Artwork => ({
  inner: inner.replaceAll('fill="#fff"', `fill="${colour}"`),
  box,
});

const signSize = ({ box: [, , width, height] }: Artwork, wide: number) => ({
  width: wide,
  height: (wide * height) / width,
});

const placed = ({ inner, box }: Artwork, { x, y, width, height }: Place) =>
  `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="${box.join(" ")}" preserveAspectRatio="none">${inner}</svg>`;

const cutLine = ({ x, y, width, height }: Place) =>
  `<rect x="${x - 0.6}" y="${y - 0.6}" width="${width + 1.2}" height="${height + 1.2}" fill="none" stroke="#999999" stroke-width="0.2" stroke-dasharray="1 1"/>`;

const text = (x: number, y: number, words: string) =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="3.6" fill="#222222">${words}</text>`;
