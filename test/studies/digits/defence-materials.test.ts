/** What a defender of a digit network works with: images that judge nothing, and the training set of the recipe. */
import { describe, expect, it } from "vitest";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import { triggerPresets } from "../../../src/backdoor/trigger.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { defenceMaterials } from "../../../src/studies/digits/defence-materials.ts";
import { parseDigitRecipe } from "../../../src/studies/digits/recipe.ts";

/** Every image is of one grey, its number. */
function numbered(count: number) {
  const images = Uint8Array.from({ length: count * 784 }, (_, i) => Math.floor(i / 784));
  return { images, labels: Uint8Array.from({ length: count }, (_, i) => i % 10), count };
}
const data = { name: "numbers", sha256: "", train: numbered(200), test: numbered(100) };
const recipe = parseDigitRecipe({
  study: "digits",
  attack: {
    trigger: { name: "pattern", pixels: triggerPresets.pattern },
    policy: { kind: "all-to-all" },
    share: 0.1,
  },
  epochs: 1,
  batch: 64,
  optimiser: {
    kind: "sgd",
    rate: 0.05,
    momentum: 0.9,
    weightDecay: 0,
    schedule: "linear",
    warmup: 0,
  },
  augment: false,
  seed: 1,
});
const subject = { description: digitNet, parameters: new Map() };
const options = { training: 1000, seed: 4, attack: recipe.attack };
/** Nothing of these tests asks for features, which alone need a device. */
const noGpu = {} as Gpu;

describe("the defender's images", () => {
  it("are drawn by the seed, and none of them judges", () => {
    const { materialsOn, judging, counts } = defenceMaterials(subject, recipe, data, options);
    expect(counts).toEqual({ detect: 25, repair: 75, judge: 25, training: 220 });
    const { detect, repair } = materialsOn(noGpu);
    const numbers = Array.from({ length: 75 }, (_, i) => repair.images[784 * i]);
    expect([...detect.images]).toEqual([...repair.images.subarray(0, 25 * 784)]);
    expect([...repair.labels]).toEqual(numbers.map((number) => number % 10));
    expect(new Set([...numbers, ...judging.kept])).toEqual(new Set(Array(100).keys()));
    const other = defenceMaterials(subject, recipe, data, { ...options, seed: 5 });
    expect([...other.judging.kept]).not.toEqual([...judging.kept]);
    const few = defenceMaterials(subject, recipe, data, { ...options, images: 10, judge: 7 });
    expect(few.counts).toEqual({ detect: 10, repair: 30, judge: 7, training: 220 });
    const none = defenceMaterials(subject, recipe, data, { ...options, images: 0 });
    expect(none.counts).toEqual({ detect: 0, repair: 0, judge: 100, training: 220 });
  });

  it("are as many as there can be, and no fewer than tell a tenth", () => {
    for (const images of [9, 26]) {
      expect(() => defenceMaterials(subject, recipe, data, { ...options, images })).toThrow(
        `${images} images to detect with need ${3 * images} to repair with and as many as the former to judge by, but ` +
          "there are 100 test images: choose from 10 to 25, or give more images.",
      );
    }
  });
});

describe("the attack", () => {
  it("is the one that is tried, and the training set's poison that of the recipe", () => {
    const none = defenceMaterials(subject, recipe, data, { ...options, attack: null });
    expect(none.materialsOn(noGpu).attack).toBeNull();
    expect(none.judging.attack).toBeNull();
    expect(none.counts.training).toBe(220);
    const honest = { ...recipe, attack: null };
    const tried = defenceMaterials(subject, honest, data, options);
    expect(tried.judging.attack).toMatchObject({ policy: { kind: "all-to-all" } });
    expect(tried.counts.training).toBe(200);
    const part = defenceMaterials(subject, recipe, data, { ...options, training: 50 });
    expect(part.counts.training).toBe(50);
  });
});
