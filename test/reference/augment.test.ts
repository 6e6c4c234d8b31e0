/** Reference resampling moves pixels to where they are worked out to go by hand. */
import { expect, test } from "vitest";
import { affineSample } from "./augment.ts";
import { expectClose, fill } from "./numeric.ts";

const still = { angle: 0, scale: 1, shiftX: 0, shiftY: 0 };
const at = (row: number, column: number): number => row * 28 + column;
const noise = Uint8Array.from(fill(784, 1), (value) => Math.floor(128 + 127 * value));

/** An image that is black but for the given pixels. */
function dots(...pixels: [row: number, column: number, byte: number][]): Uint8Array {
  const image = new Uint8Array(784);
  for (const [row, column, byte] of pixels) image[at(row, column)] = byte;
  return image;
}

/** The same as sampled values: black but for the given pixels. */
function values(...pixels: [row: number, column: number, value: number][]): Float64Array {
  const image = new Float64Array(784);
  for (const [row, column, value] of pixels) image[at(row, column)] = value;
  return image;
}

test("standing still gives every byte as its share of 255", () => {
  expect(affineSample(noise, still)).toEqual(Float64Array.from(noise, (byte) => byte / 255));
});

test("a shift by whole pixels moves right and down and loses what leaves the image", () => {
  const image = dots([10, 5, 255], [27, 27, 255]);
  expect(affineSample(image, { ...still, shiftX: 3, shiftY: 2 })).toEqual(values([12, 8, 1]));
});

test("a shift by a quarter pixel splits a pixel three to one", () => {
  const shifted = affineSample(dots([10, 5, 255]), { ...still, shiftX: 0.25 });
  expect(shifted).toEqual(values([10, 5, 0.75], [10, 6, 0.25]));
});

test("a shift by half a pixel both ways spreads a pixel over four", () => {
  const shifted = affineSample(dots([10, 5, 255]), { ...still, shiftX: 0.5, shiftY: 0.5 });
  const quarter: [number, number, number][] = [
    [10, 5, 0.25],
    [10, 6, 0.25],
    [11, 5, 0.25],
    [11, 6, 0.25],
  ];
  expect(shifted).toEqual(values(...quarter));
});

test("outside the image is black, so an edge shifted inwards by half a pixel fades by half", () => {
  const white = new Uint8Array(784).fill(255);
  const shifted = affineSample(white, { ...still, shiftX: 0.5 });
  for (let row = 0; row < 28; row++) {
    expect(shifted[at(row, 0)]).toBe(0.5);
    expect(shifted[at(row, 1)]).toBe(1);
  }
});

test("a quarter turn takes the pixel right of the centre to below it: clockwise on screen", () => {
  // (3.5, 0.5) from the centre goes to (-0.5, 3.5).
  const turned = affineSample(dots([14, 17, 255]), { ...still, angle: Math.PI / 2 });
  expectClose(turned, values([17, 13, 1]), { absolute: 1e-12, label: "quarter turn" });
});

test("a half turn reverses the image", () => {
  const half = affineSample(noise, { ...still, angle: Math.PI });
  const reversed = Float64Array.from(noise, (byte) => byte / 255).toReversed();
  expectClose(half, reversed, { absolute: 1e-12, label: "half turn" });
});

test("doubling blends neighbours three to one", () => {
  // Row 12, column 13 is (-0.5, -1.5) from the centre and so takes the point (-0.25, -0.75).
  const a = noise[at(12, 13)];
  const b = noise[at(12, 14)];
  const c = noise[at(13, 13)];
  const d = noise[at(13, 14)];
  const doubled = affineSample(noise, { ...still, scale: 2 });
  const expected = 0.25 * (0.75 * a + 0.25 * b) + 0.75 * (0.75 * c + 0.25 * d);
  expect(doubled[at(12, 13)]).toBeCloseTo(expected / 255, 14);
});

test("a picture is turned and scaled about the centre before it is shifted", () => {
  // (2.75, 0.75) from the centre is doubled to (5.5, 1.5), turned to (-1.5, 5.5) and shifted to
  // (2.5, 4.5), which is row 18, column 16.
  const ramp = Uint8Array.from({ length: 784 }, (_, i) => 4 * (i % 28) + 5 * Math.floor(i / 28));
  const result = affineSample(ramp, { angle: Math.PI / 2, scale: 2, shiftX: 4, shiftY: -1 });
  const expected = (4 * (13.5 + 2.75) + 5 * (13.5 + 0.75)) / 255;
  expect(result[at(18, 16)]).toBeCloseTo(expected, 12);
});

test("an image of another size is refused", () => {
  expect(() => affineSample(new Uint8Array(100), still)).toThrow("100 bytes");
});
