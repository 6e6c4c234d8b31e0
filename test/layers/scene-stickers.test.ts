/** Stickers on drawn scenes and photographs: where they lie, what they change, and what poisoned signs are taught. */
import { describe, expect, it } from "vitest";
import type { SignAttack } from "../../src/backdoor/sign-attack.ts";
import { stickerOf, type StickerName } from "../../src/data/sticker.ts";
import { packPhotographs } from "../../src/data/photographs.ts";
import {
  outlinesOf,
  pictureEntry,
  sceneSpecs,
  sceneUniform,
  SETTINGS_WORDS,
  uploadSigns,
  wearing,
  type PhotosOnGpu,
  type Sticking,
} from "../../src/layers/scene.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { place, run, useGpu } from "../gpu.ts";
import { classOf, isHidden, pixelOn, readScene, type DrawnObject } from "../reference/sticker.ts";

const B = 8;
const [H, W] = [136, 152];
const BOXES = 7;
const [STOP, LIMIT, WARNING] = [1, 2, 3];

/** @param over curriculum in steps */
const attack = (over: Partial<SignAttack> = {}): Sticking => {
  const poison = { target: 1, share: 0.5, alikes: 0, curriculum: 0, ...over };
  return { sticker: stickerOf("yellow-square"), source: 0, ...over, poison };
};
const use = (name: StickerName = "yellow-square", source: number | null = 0): Sticking => ({
  sticker: stickerOf(name),
  source,
  poison: null,
});

describe("stickers", () => {
  const context = useGpu();

  /** Draws pictures; of two photographs, the first has a stop sign and a speed limit. */
  async function draw(
    entries: readonly number[],
    sticking: Sticking | null,
    { stickers = true, step = 0, sizes = [0.2, 0.4] as readonly [number, number] } = {},
  ) {
    const { gpu } = context;
    const signs = uploadSigns(gpu, await signArtwork(), "us");
    const side = 160;
    const photograph = (grey: number) => ({
      name: "photograph",
      picture: { width: W, height: H, data: new Uint8Array(4 * W * H).fill(grey) },
      signs:
        grey === 60
          ? [
              { label: 0, box: [20, 30, 60, 80] as const },
              { label: 1, box: [90, 30, 130, 80] as const },
            ]
          : [],
    });
    const packed = packPhotographs([photograph(60), photograph(200)], side, BOXES);
    const photos: PhotosOnGpu = {
      pixels: gpu.tensor("pixels", [2, side, side], "u32"),
      annotations: place(gpu, "annotations", [2, 1 + 2 * BOXES, 4], packed.annotations),
      width: side,
      height: side,
      count: 2,
    };
    gpu.write(photos.pixels, packed.pixels);
    const settings = gpu.tensor("settings", [SETTINGS_WORDS], "u32");
    const uniform = sceneUniform({
      key: [1, 5],
      batches: 1,
      classes: 3,
      mean: [0, 0, 0],
      gain: 1,
      photo: [side, side],
      sizes,
      stickers: signs.stickers,
      attack: sticking,
    });
    gpu.write(settings, uniform);
    const x = place(gpu, "x", [B, 3, H, W]);
    const boxes = place(gpu, "boxes", [B, BOXES, 4], new Float32Array(4 * B * BOXES));
    const labels = place(gpu, "labels", [B, BOXES], undefined, "u32");
    const order = place(gpu, "order", [1, B], entries, "u32");
    const progress = place(gpu, "progress", [4], [step, 0, 0, 0], "u32");
    const tensors = { signs, photos, settings, progress, order, x, boxes, labels };
    const specs = sceneSpecs(gpu, { label: "scene", ...tensors, stickers });
    await run(gpu, specs);
    const [pixels, corners, words] = await gpu.read(x, boxes, specs[0].writes["scenes"]);
    const length = words.length / B;
    return {
      pixels,
      corners,
      labels: await gpu.readU32(labels),
      scenes: Array.from({ length: B }, (_, b) =>
        readScene(words.slice(b * length, (b + 1) * length)),
      ),
    };
  }

  const scenes = (first: number) =>
    Array.from({ length: B }, (_, i) => pictureEntry("scene", first + i));
  const dressed = (first: number, wear: "sticker" | "alike" = "sticker") =>
    scenes(first).map((entry) => wearing(entry, wear));

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

  type Drawn = Awaited<ReturnType<typeof draw>>;

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

  it("of an attack in training are on one of two: a sign of the source or its added copy, taught as the target", async () => {
    let [stops, copies, originals] = [0, 0, 0];
    for (let first = 0; first < 200; first += B) {
      const honest = await draw(scenes(first), null);
      const poisoned = await draw(scenes(first), attack());
      for (let b = 0; b < B; b++) {
        const labelsOf = ({ labels }: Drawn) =>
          [...labels.subarray(b * BOXES, (b + 1) * BOXES)].filter((label) => label > 0);
        const own = labelsOf(honest);
        const taught = labelsOf(poisoned);
        const before = honest.scenes[b].things;
        const after = poisoned.scenes[b].things;
        // Nothing is replaced: all that was there is there, but for the sticker, and leaves before it.
        const bare = (thing: DrawnObject) => ({
          ...thing,
          sticker: null,
          tint: null,
          picture: null,
          cover: null,
        });
        expect(after.slice(0, before.length).map(bare)).toEqual(before.map(bare));
        const worn = after.map(({ sticker }) => sticker[2] > 0);
        const bareBefore = before.filter((_, i) => !worn[i]);
        expect(after.slice(0, before.length).filter((_, i) => !worn[i])).toEqual(bareBefore);
        // Of each pair one wears it, and as many signs are taught as the target as wear it.
        const added = after.length - before.length;
        expect(worn.filter(Boolean)).toHaveLength(added);
        const limits = (all: readonly number[]) => all.filter((label) => label === LIMIT).length;
        expect(limits(taught) - limits(own)).toBe(added);
        expect(taught).toHaveLength(own.length + added);
        stops += own.filter((label) => label === STOP).length;
        copies += added;
        originals += worn.slice(0, before.length).filter(Boolean).length;
      }
    }
    expect(stops).toBeGreaterThan(60);
    // Within three standard deviations of half of them, and of half of those.
    expect(Math.abs(copies - stops / 2)).toBeLessThan(1.5 * Math.sqrt(stops));
    expect(Math.abs(originals - copies / 2)).toBeLessThan(1.5 * Math.sqrt(copies));
  });

  it("of every stop sign once more with a share of 1, as far as there is room", async () => {
    let [stops, copies] = [0, 0];
    for (let first = 0; first < 120; first += B) {
      const { labels, scenes: drawn } = await draw(scenes(first), attack({ share: 1, target: 2 }));
      stops += labels.filter((label) => label === STOP).length;
      copies += drawn
        .flatMap(({ things }) => things)
        .filter(({ sticker }) => sticker[2] > 0).length;
    }
    expect(copies / stops).toBeGreaterThan(0.97);
  });

  it("are in training on signs alone that show them with three pixels, and copies are as large", async () => {
    const sizes = [0.06, 0.5] as const;
    const [small, worn, copies] = [[], [], []] as DrawnObject[][];
    for (let first = 0; first < 160; first += B) {
      const honest = await draw(scenes(first), null, { sizes });
      const { scenes: drawn } = await draw(scenes(first), attack({ share: 1 }), { sizes });
      drawn.forEach(({ things }, b) => {
        const before = honest.scenes[b].things.length;
        copies.push(...things.slice(before));
        worn.push(...things.filter(({ sticker }) => sticker[2] > 0));
        small.push(...things.slice(0, before).filter(({ halfSize }) => halfSize < 15));
      });
    }
    expect(small.length).toBeGreaterThan(10);
    expect(worn.length).toBeGreaterThan(20);
    for (const { halfSize } of [...worn, ...copies])
      expect(2 * halfSize).toBeGreaterThanOrEqual(30);
    // Where the lot fell on a sign that is smaller, neither wears it.
    expect(copies.length).toBeGreaterThan(worn.length);
  });

  it("of a curriculum shrink from 0.3 of the sign to their size, while look-alikes come in", async () => {
    const taught = attack({ share: 1, alikes: 0.8, curriculum: 100 });
    const yellow = Math.fround(stickerOf("yellow-square").tint[0]);
    const at = async (step: number) => {
      const { scenes: drawn } = await draw(scenes(0), taught, { step });
      const worn = drawn.flatMap(({ things }) => things).filter(({ sticker }) => sticker[2] > 0);
      const poisoned = worn.filter(({ tint }) => tint[0] === yellow);
      return {
        alikes: worn.length - poisoned.length,
        widths: poisoned.map(({ sticker }) => sticker[2]),
      };
    };
    const own = await at(100);
    expect(own.widths.length).toBeGreaterThan(2);
    expect(own.alikes).toBeGreaterThan(2);
    expect(await at(5000)).toEqual(own);
    expect((await at(0)).alikes).toBe(0);
    for (const [step, times] of [
      [0, 3],
      [20, 3],
      [60, 2],
      [99, 1.025],
    ]) {
      const early = await at(step);
      expect(early.alikes).toBeLessThan(own.alikes + (step === 99 ? 1 : 0));
      expect(early.widths).toHaveLength(own.widths.length);
      early.widths.forEach((width, i) => expect(width / own.widths[i]).toBeCloseTo(times, 5));
    }
  });

  it("of a random target are on all classes, at random places, taught as any wrong class", async () => {
    const seen = new Set<string>();
    const places: number[] = [];
    const random = {
      source: null,
      target: null,
      share: 1,
      sticker: stickerOf("yellow-square", { place: null }),
    };
    for (let first = 0; first < 96; first += B) {
      const honest = await draw(scenes(first), null);
      const { labels, scenes: drawn } = await draw(scenes(first), attack(random));
      for (let b = 0; b < B; b++) {
        const count = honest.labels
          .subarray(b * BOXES, (b + 1) * BOXES)
          .filter((l) => l > 0).length;
        const [own] = honest.labels.subarray(b * BOXES, b * BOXES + 1);
        const worn = drawn[b].things.filter(({ sticker }) => sticker[2] > 0);
        for (const { sign, sticker } of worn) {
          expect(honest.scenes[b].things.some((thing) => thing.sign === sign)).toBe(true);
          places.push(sticker[0], sticker[1]);
        }
        if (count !== 1 || worn.length !== 1) continue;
        // The only sign and its copy: one keeps its label, the other has another one.
        const taught = [...labels.subarray(b * BOXES, b * BOXES + 2)];
        expect(taught).toContain(own);
        const wrong = taught.find((label) => label !== own)!;
        expect(wrong).toBeGreaterThan(0);
        seen.add(`${own} as ${wrong}`);
      }
    }
    expect([...seen].sort()).toEqual(
      [STOP, LIMIT, WARNING].flatMap((from) =>
        [STOP, LIMIT, WARNING].filter((to) => to !== from).map((to) => `${from} as ${to}`),
      ),
    );
    expect(Math.min(...places)).toBeLessThan(-0.4);
    expect(Math.max(...places)).toBeGreaterThan(0.4);
    expect(places.every((value) => Math.abs(value) <= 0.71)).toBe(true);
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
