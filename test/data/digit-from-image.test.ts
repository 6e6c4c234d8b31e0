/** Pictures of digits become 28 x 28, whatever their size, colours and place. */
import { describe, expect, it } from "vitest";
import { digitFromGrey, fitDigit, greyOfRgba } from "../../src/data/digit-from-image.ts";
import { Random, Stream } from "../../src/data/random.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { userError } from "./samples.ts";

type Paint = (x: number, y: number) => number;

/** A picture from a function of its pixels. [height, width] */
function picture(width: number, height: number, paint: Paint): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) =>
    paint(i % width, Math.floor(i / width)),
  );
}

/** First and last row and column with ink. */
function box(digit: Uint8Array): { rows: [number, number]; columns: [number, number] } {
  const places = [...digit].flatMap((value, i) => (value > 0 ? [i] : []));
  const rows = places.map((i) => Math.floor(i / 28));
  const columns = places.map((i) => i % 28);
  return {
    rows: [Math.min(...rows), Math.max(...rows)],
    columns: [Math.min(...columns), Math.max(...columns)],
  };
}

/** Width and height of the ink. */
function extents(digit: Uint8Array): readonly [number, number] {
  const { rows, columns } = box(digit);
  return [columns[1] - columns[0] + 1, rows[1] - rows[0] + 1];
}

function centre(digit: Uint8Array): readonly [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  digit.forEach((value, i) => {
    mass += value;
    x += value * ((i % 28) + 0.5);
    y += value * (Math.floor(i / 28) + 0.5);
  });
  return [x / mass, y / mass];
}

const bar =
  (ink: number, paper: number): Paint =>
  (x, y) =>
    x >= 60 && x < 75 && y >= 10 && y < 110 ? ink : paper;

describe("a picture of a digit", () => {
  it("is scaled into 20 x 20 and centred by its mass", () => {
    const digit = digitFromGrey(picture(200, 120, bar(255, 0)), 200, 120);
    expect(extents(digit)).toEqual([3, 20]);
    const [x, y] = centre(digit);
    expect(Math.abs(x - 14.5)).toBeLessThanOrEqual(0.51);
    expect(Math.abs(y - 14.5)).toBeLessThanOrEqual(0.51);
    expect(Math.max(...digit)).toBe(255);
  });

  it("is the same in dark ink on light paper, and in faint ink on grey paper", () => {
    const white = digitFromGrey(picture(200, 120, bar(255, 0)), 200, 120);
    expect(digitFromGrey(picture(200, 120, bar(0, 255)), 200, 120)).toEqual(white);
    // Darker than half of all grey levels, and still the lighter of the two.
    expect(digitFromGrey(picture(200, 120, bar(60, 100)), 200, 120)).toEqual(white);
  });

  it("is told from the grain of its paper", () => {
    const grain = (x: number, y: number) => ((x * 7919 + y * 104729) % 13) - 6;
    const paint: Paint = (x, y) => bar(40, 210)(x, y) + grain(x, y);
    const digit = digitFromGrey(picture(200, 120, paint), 200, 120);
    expect(extents(digit)).toEqual([3, 20]);
  });

  it("keeps its weight off the middle where its mass is", () => {
    // A 7: its mass is in the upper right, so its box moves down and left.
    const seven: Paint = (x, y) => ((y < 8 && x < 40) || (x >= 36 && x < 40 && y < 40) ? 255 : 0);
    const shifted: Paint = (x, y) => seven(x - 20, y - 5);
    const digit = digitFromGrey(picture(80, 60, shifted), 80, 60);
    const { rows, columns } = box(digit);
    expect(rows[0]).toBeGreaterThan(4);
    expect(columns[1]).toBeLessThan(23);
    const [x, y] = centre(digit);
    expect(Math.abs(x - 14.5)).toBeLessThanOrEqual(0.51);
    expect(Math.abs(y - 14.5)).toBeLessThanOrEqual(0.51);
  });

  it.each([
    { name: "a hair's breadth", width: 1000, height: 700, paint: lineAt(500, 1) },
    { name: "one pixel", width: 301, height: 301, paint: dotAt(7, 290) },
    { name: "a very wide strip", width: 2000, height: 3, paint: flat },
    { name: "a very high strip", width: 3, height: 2000, paint: upright },
    { name: "five pixels by five", width: 5, height: 5, paint: dotAt(2, 2) },
  ])("comes out inside, at full brightness, from $name", ({ width, height, paint }) => {
    const digit = digitFromGrey(picture(width, height, paint), width, height);
    expect(Math.max(...digit)).toBe(255);
    const [inkWidth, inkHeight] = extents(digit);
    expect(Math.max(inkWidth, inkHeight)).toBeLessThanOrEqual(20);
  });

  it("that is a test image of MNIST comes out nearly as it was", async () => {
    const { test } = await packagedMnist();
    let sum = 0;
    for (let image = 0; image < 50; image++) {
      const pixels = test.images.slice(image * 784, (image + 1) * 784);
      const digit = digitFromGrey(Float32Array.from(pixels), 28, 28);
      const difference = digit.reduce((all, value, i) => all + Math.abs(value - pixels[i]), 0);
      const ink = pixels.reduce((all, value) => all + value, 0);
      sum += difference / ink;
    }
    // A pixel's shift of them all would make it about 1.
    expect(sum / 50).toBeLessThan(0.15);
  });

  it("that is blank, or all but blank, is refused in words", async () => {
    for (const value of [0, 128, 255]) {
      const message = await userError(() =>
        digitFromGrey(
          picture(40, 40, () => value),
          40,
          40,
        ),
      );
      expect(message).toContain("blank");
    }
    const random = new Random(1, Stream.sampling);
    const grainy = picture(300, 300, () => 220 + 20 * (random.next() + random.next() - 1));
    expect(await userError(() => digitFromGrey(grainy, 300, 300))).toContain("blank");
    const faint = picture(40, 40, (x) => (x === 20 ? 205 : 200));
    expect(await userError(() => digitFromGrey(faint, 40, 40))).toContain("blank");
    expect(await userError(() => digitFromGrey(new Float32Array([9]), 1, 1))).toContain("blank");
  });
});

function lineAt(column: number, breadth: number): Paint {
  return (x, y) => (x >= column && x < column + breadth && y > 100 && y < 600 ? 0 : 255);
}
function dotAt(column: number, row: number): Paint {
  return (x, y) => (x === column && y === row ? 255 : 0);
}
function flat(x: number, y: number): number {
  return y === 1 && x > 10 && x < 1990 ? 255 : 0;
}
function upright(x: number, y: number): number {
  return flat(y, x);
}

describe("ink on the pad", () => {
  it("stays black where there is none", () => {
    expect(fitDigit(new Uint8Array(280 * 280), 280, 280)).toEqual(new Uint8Array(784));
  });
});

describe("a large photograph", () => {
  it("gives the digit that the same at a fifth of its size gives, nearly", () => {
    const photo = (scale: number) =>
      digitFromGrey(
        picture(800 * scale, 600 * scale, (x, y) => {
          const light = x + y > 800 * scale ? 0.6 : 1;
          return light * bar(40, 220)((x - 300 * scale) / scale, (y - 250 * scale) / scale);
        }),
        800 * scale,
        600 * scale,
      );
    const [large, small] = [photo(5), photo(1)];
    expect(extents(large)).toEqual(extents(small));
    expect(extents(large)[1]).toBe(20);
  });
});

describe("transparent pictures", () => {
  it("of a card with ink on it have the card's tone around them", () => {
    const card = Uint8ClampedArray.from({ length: 60 * 60 * 4 }, (_, i) => {
      const [x, y] = [Math.floor(i / 4) % 60, Math.floor(i / 240)];
      const inside = Math.hypot(x - 29.5, y - 29.5) < 28;
      const ink = x >= 27 && x < 32 && y >= 15 && y < 45;
      return i % 4 === 3 ? (inside ? 255 : 0) : !inside ? 0 : ink ? 40 : 200;
    });
    const grey = greyOfRgba(card);
    expect(grey[0]).toBeCloseTo(200);
    expect(grey[29 * 60 + 29]).toBeCloseTo(40);
    expect(grey.filter((value) => Math.abs(value - 200) > 1)).toHaveLength(5 * 30);
  });

  const drawing = (ink: number) =>
    Uint8ClampedArray.from({ length: 30 * 30 * 4 }, (_, i) => {
      const [x, y] = [Math.floor(i / 4) % 30, Math.floor(i / 120)];
      const inside = x >= 10 && x < 16 && y >= 4 && y < 26;
      // What is transparent is often black in its hidden colours.
      return i % 4 === 3 ? (inside ? 255 : 0) : inside ? ink : 0;
    });

  it("show the same digit in black and in white ink", () => {
    const black = digitFromGrey(greyOfRgba(drawing(0)), 30, 30);
    expect(digitFromGrey(greyOfRgba(drawing(255)), 30, 30)).toEqual(black);
    expect(Math.max(...black)).toBe(255);
  });
});
