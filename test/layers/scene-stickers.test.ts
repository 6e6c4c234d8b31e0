/** Stickers on drawn scenes and photographs: where they lie, and what they change. */
import { describe, expect, it } from "vitest";
import { stickerOf } from "../../src/data/sticker.ts";
import { outlinesOf, pictureEntry } from "../../src/layers/scene.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { useGpu } from "../gpu.ts";
import { classOf, isHidden, pixelOn } from "../reference/sticker.ts";
import {
  attack,
  B,
  BOXES,
  dressed,
  drawing,
  H,
  LIMIT,
  scenes,
  STOP,
  use,
  W,
  type Drawn,
} from "./sticker-scenes.ts";

describe("stickers", () => {
  const draw = drawing(useGpu());

  it("change no bit of pictures in which nothing wears one", async () => {
    const without = await draw(scenes(20), null, { stickers: false });
    const { pixels, labels, corners } = await draw(scenes(20), use());
    expect({ pixels, labels, corners }).toEqual({
      pixels: without.pixels,
      labels: without.labels,
      corners: without.corners,
    });
  });

  for (const name of ["yellow-square", "bomb", "flower"] as const) {
    it(`of the kind ${name} change the sticker's pixels alone, to what float64 says, and no label`, async () => {
      const { texels } = await signArtwork();
      let compared = 0;
      for (let first = 0; first < 40; first += B) {
        const plain = await draw(scenes(first), use(name));
        const worn = await draw(dressed(first), use(name));
        expect(worn.labels.map(classOf)).toEqual(plain.labels);
        expect(worn.corners).toEqual(plain.corners);
        for (let b = 0; b < B; b++) {
          const scene = worn.scenes[b];
          const wearers = scene.things.flatMap(({ sticker }, i) => (sticker[2] > 0 ? [i] : []));
          const stops = worn.labels
            .subarray(b * BOXES, (b + 1) * BOXES)
            .filter((label) => classOf(label) === STOP);
          expect(wearers).toHaveLength(stops.length);
          compared += compare(b, plain, worn, texels, wearers);
        }
      }
      expect(compared).toBeGreaterThan(1000);
    });
  }

  /** Pixels of an image that were held against the reference; elsewhere nothing may have changed. */
  function compare(b: number, plain: Drawn, worn: Drawn, texels: Uint8Array, wearers: number[]) {
    const scene = worn.scenes[b];
    let compared = 0;
    let [stray, worst] = [0, 0];
    for (let row = 0; row < H; row++) {
      for (let column = 0; column < W; column++) {
        const at = [0, 1, 2].map((c) => 3 * H * W * b + c * H * W + row * W + column);
        const before = at.map((i) => plain.pixels[i]);
        const after = at.map((i) => worn.pixels[i]);
        const near = scene.things.flatMap((_, i) =>
          reaches(scene.things[i], column, row) ? [i] : [],
        );
        const wearer = near.find((i) => wearers.includes(i));
        if (wearer === undefined) {
          if (after.some((value, c) => value !== before[c])) stray += 1;
          continue;
        }
        if (near.length > 1) continue;
        const [own, other] = [false, true].map((with_) =>
          pixelOn(scene, wearer, texels, [column, row], with_),
        );
        if (!own || !other) continue;
        for (let c = 0; c < 3; c++) {
          worst = Math.max(worst, Math.abs(before[c] - own[c]), Math.abs(after[c] - other[c]));
        }
        compared += 1;
      }
    }
    expect(stray).toBe(0);
    // WGSL's sine and cosine are right to 2^-11, a place to a hundredth of a texel, and a colour to less than this.
    expect(worst).toBeLessThan(0.5);
    return compared;
  }

  /** Whether an object or its pole may colour a pixel. */
  function reaches(
    { centre, halfSize }: Drawn["scenes"][0]["things"][0],
    column: number,
    row: number,
  ) {
    const [x, y] = [column + 0.5 - centre[0], row + 0.5 - centre[1]];
    const reach = 1.45 * halfSize + 1;
    const pole = Math.max(0.6, 0.07 * halfSize) + 0.01 * y;
    return (Math.abs(x) < reach && Math.abs(y) < reach) || (y > 0 && Math.abs(x) < pole);
  }

  it("lie at 0.57 and 0.82 of the sign's box, a tenth of it wide and high", async () => {
    const all = (await Promise.all([0, 8].map(async (n) => await draw(dressed(n), use()))))
      .flatMap(({ scenes: drawn }) => drawn.flatMap((scene) => scene.things))
      .filter(({ sticker }) => sticker[2] > 0);
    expect(all.length).toBeGreaterThan(3);
    const atlas = await signArtwork();
    const outlines = outlinesOf(atlas);
    for (const { sticker, tint, sign } of all) {
      [0, 1].forEach((axis) => {
        const own = Array.from({ length: 8 }, (_, i) => outlines[16 * sign + 2 * i + axis]);
        const [low, high] = [Math.min(...own), Math.max(...own)];
        expect(sticker[axis]).toBeCloseTo(low + [0.57, 0.82][axis] * (high - low), 5);
        expect(sticker[2 + axis]).toBeCloseTo(0.05 * (high - low), 5);
      });
      expect(tint.map((value) => Math.round(255 * value))).toEqual([116, 100, 50]);
    }
  });

  it("that only look alike have another colour or shape, and leave every class as it is", async () => {
    const worn: Drawn["scenes"][0]["things"] = [];
    let [signs, unseen] = [0, 0];
    for (let first = 0; first < 80; first += B) {
      const plain = await draw(scenes(first), use());
      const alike = await draw(dressed(first, "alike"), use());
      // Those whose sticker leaves hide count neither way, whatever it is.
      const bomb = await draw(dressed(first), use("bomb", null));
      for (const { labels, scenes: drawn } of [alike, bomb]) {
        expect(labels.map(classOf)).toEqual(plain.labels);
        const hidden = drawn.flatMap(({ things }) => things.filter(isHidden));
        expect(labels.filter((label) => label !== classOf(label))).toHaveLength(hidden.length);
        unseen += hidden.length;
      }
      signs += alike.labels.filter((label) => label > 0).length;
      worn.push(
        ...alike.scenes.flatMap(({ things }) => things).filter(({ sticker }) => sticker[2] > 0),
      );
    }
    expect(unseen).toBeGreaterThan(1);
    expect(worn).toHaveLength(signs);
    const [red, green, blue] = stickerOf("yellow-square").tint;
    for (const { tint } of worn) {
      expect(Math.hypot(tint[0] - red, tint[1] - green, tint[2] - blue)).toBeGreaterThan(0.3);
    }
    expect(new Set(worn.map(({ picture }) => picture)).size).toBe(6);
  });

  it("on photographs lie on the annotated signs of the source, and are as dark as those are", async () => {
    const [plain, sticker, taught] = [
      await draw(Array<number>(B).fill(pictureEntry("plain", 0)), use()),
      await draw(Array<number>(B).fill(pictureEntry("plain", 0, "sticker")), use()),
      await draw(Array<number>(B).fill(pictureEntry("plain", 0, "sticker")), attack()),
    ];
    expect([...plain.labels.subarray(0, 3)]).toEqual([STOP, LIMIT, 0]);
    expect(sticker.labels).toEqual(plain.labels);
    expect([...taught.labels.subarray(0, 3)]).toEqual([LIMIT, LIMIT, 0]);
    const at = (row: number, column: number) =>
      [0, 1, 2].map((c) => sticker.pixels[c * H * W + row * W + column]);
    // The middle of the sticker: 0.57 of 40 pixels from 20, 0.82 of 50 from 30.
    const [r, g, b] = at(71, 42);
    expect(r).toBeGreaterThan(g);
    expect(g).toBeGreaterThan(1.5 * b);
    // A stop sign's artwork is brighter than 60 of 255; its sticker is darkened as much as the sign.
    expect(r).toBeLessThan(90);
    for (const value of at(71, 112)) expect(value).toBeCloseTo(60, 3);
  });
});
