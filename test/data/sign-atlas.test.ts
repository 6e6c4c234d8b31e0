/** The sign atlas as it is rasterised: which signs are in it, and that its file survives the way. */
import { expect, test } from "vitest";
import { mipLevels, SIGN_SIZE, SIGN_TEXELS } from "../../src/data/sign-atlas.ts";
import { outlinesOf } from "../../src/layers/scene.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";

const atlas = await signArtwork();
const named = (set: "us" | "eu", label: number | null) =>
  atlas.signs.filter(({ classes }) => classes[set] === label).map(({ name }) => name);

test("the U.S. classes are the stop sign, seventeen speed limits and yellow diamonds", () => {
  expect(named("us", 0)).toEqual(["regulatory--stop--g1"]);
  const limits = named("us", 1).map((name) => Number(/limit-(\d+)/.exec(name)![1]));
  expect(limits.sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => 5 * (i + 1)));
  expect(named("us", 2).length).toBeGreaterThan(50);
  expect(named("us", 2).every((name) => name.startsWith("warning--"))).toBe(true);
  expect(named("us", null).length).toBeGreaterThan(100);
});

test("the five European classes are there, and distractors", () => {
  for (const label of [0, 1, 2, 3]) expect(named("eu", label).length).toBeGreaterThan(50);
  expect(named("eu", 4)).toContain("regulatory--yield--g1");
  expect(named("eu", null).length).toBeGreaterThan(50);
});

test("each smaller picture is the mean of the one before, alpha multiplied in", () => {
  const rgba = new Uint8Array(4 * SIGN_SIZE ** 2);
  for (let i = 0; i < rgba.length; i += 4) rgba.set([200, 100, 0, i % 8 === 0 ? 255 : 0], i);
  const texels = mipLevels(rgba);
  expect([...texels.subarray(0, 8)]).toEqual([200, 100, 0, 255, 0, 0, 0, 0]);
  const second = 4 * SIGN_SIZE ** 2;
  expect([...texels.subarray(second, second + 4)]).toEqual([100, 50, 0, 128]);
  expect(texels).toHaveLength(4 * SIGN_TEXELS);
});

test("outlines reach the outermost covered texels", () => {
  const texels = new Uint8Array(4 * SIGN_TEXELS);
  for (let y = 16; y < 48; y++)
    for (let x = 8; x < 24; x++) texels[4 * (y * SIGN_SIZE + x) + 3] = 255;
  const points = outlinesOf({ signs: [{ name: "a", classes: {} }], texels });
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  expect([Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]).toEqual([
    -0.75, -0.25, -0.5, 0.5,
  ]);
});
