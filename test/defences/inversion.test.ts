/** Searches for triggers on a network whose backdoor is one known pixel. */
import { describe, expect, it } from "vitest";
import { drawBatches } from "../../src/defences/image-batches.ts";
import { maximumMargins, judgeMargins, marginVerdict } from "../../src/defences/margin.ts";
import { neuralCleanse, neuralCleanseVerdict } from "../../src/defences/neural-cleanse.ts";
import { pairwiseCleanse, pairwiseVerdict } from "../../src/defences/pairwise-cleanse.ts";
import { universalPerturbation } from "../../src/defences/universal-perturbation.ts";
import { untargetedCleanse, untargetedVerdict } from "../../src/defences/untargeted-cleanse.ts";
import { useGpu } from "../gpu.ts";
import { blockNet, blocks, CLASSES, SIZE } from "./block-net.ts";

const images = blocks(90, 1);
/** The last of its row, which is black in all images; in the middle third. */
const PIXEL = 3 * SIZE - 1;
/** White, it makes everything class 2. */
const toTwo = blockNet({ pixel: PIXEL, weights: [0, 0, 30] });
const honest = blockNet(null);
const base = { classes: CLASSES, seed: 1, steps: 100, images: 8, rate: 0.3 };

/** The pixel that a mask covers most, and how much of it. */
const peak = (mask: Float32Array) => {
  const most = Math.max(...mask);
  return { pixel: mask.indexOf(most), most };
};

describe("the numbers of a search's images", () => {
  it("go through each group's candidates before they begin anew, in another order", () => {
    const own = [Uint32Array.of(3, 5, 8, 9), Uint32Array.of(1, 2)];
    const order = drawBatches(own, 6, 2, 7);
    const of = (group: number) =>
      Array.from({ length: 6 }, (_, step) =>
        Array.from(order.subarray(4 * step + 2 * group).subarray(0, 2)),
      );
    const rounds = [0, 1, 2].map((round) =>
      of(0)
        .slice(2 * round, 2 * round + 2)
        .flat(),
    );
    for (const round of rounds) expect(round.toSorted((a, b) => a - b)).toEqual([3, 5, 8, 9]);
    expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
    for (const pair of of(1)) expect(pair.toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(drawBatches(own, 6, 2, 7)).toEqual(order);
    expect(drawBatches(own, 6, 2, 8)).not.toEqual(order);
  });
});

describe("Neural Cleanse", () => {
  const context = useGpu();

  it("finds the target and the pixel of a backdoor, and judges it by what it does", async () => {
    const found = await neuralCleanse(context.gpu, toTwo, images, base);
    const [zero, one, two] = found.classes;
    expect(two.l1).toBeLessThan(1.5);
    expect(peak(two.mask).pixel).toBe(PIXEL);
    expect(two.pattern[PIXEL]).toBeGreaterThan(0.9);
    expect(two.success).toBeGreaterThan(0.9);
    expect(Math.min(zero.l1, one.l1)).toBeGreaterThan(4 * two.l1);
    expect(found.classes.map(({ flagged }) => flagged)).toEqual([false, false, two.index > 2]);
    expect(found.passes).toBe(3 * 100 * 8);
    const l1 = two.mask.reduce((sum, m) => sum + m, 0);
    expect(two.l1).toBeCloseTo(l1, 3);
  });

  it("finds nothing small in an honest network, and says so", async () => {
    const found = await neuralCleanse(context.gpu, honest, images, base);
    for (const { l1, flagged } of found.classes) {
      expect(l1).toBeGreaterThan(3);
      expect(flagged).toBe(false);
    }
    expect(neuralCleanseVerdict(found)).toEqual({
      flagged: false,
      evidence: expect.stringMatching(/^No class stands out: the smallest trigger, to \d, covers/),
    });
  });

  it("gives the same bits for the same seed, and tells how far it is", async () => {
    const told: number[] = [];
    const short = { ...base, steps: 20 };
    const run = async (seed: number) =>
      await neuralCleanse(
        context.gpu,
        toTwo,
        images,
        { ...short, seed },
        { report: (done, total) => told.push(done / total) },
      );
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other.classes[0].mask).not.toEqual(first.classes[0].mask);
    expect(told.filter((share) => share === 1)).toHaveLength(3);
    expect(told.every((share) => share > 0 && share <= 1)).toBe(true);
  });

  it("ends when it is told to", async () => {
    const controller = new AbortController();
    const endless = { ...base, steps: 50_000 };
    const work = neuralCleanse(context.gpu, toTwo, images, endless, {
      report: () => controller.abort(new Error("enough")),
      signal: controller.signal,
    });
    await expect(work).rejects.toThrow("enough");
  });

  it("refuses images without those that it needs, and networks of other images", async () => {
    const none = { images: new Uint8Array(36), labels: new Uint8Array(1), count: 1 };
    await expect(pairwiseCleanse(context.gpu, toTwo, none, base)).rejects.toThrow(
      "There are no images of a class that a trigger is sought on",
    );
    const colour = { ...toTwo, description: { ...toTwo.description, input: [3, 6, 6] as const } };
    await expect(neuralCleanse(context.gpu, colour, images, base)).rejects.toThrow(
      "The network takes images of 3 x 6 x 6; this search works on square grey images",
    );
  });
});

describe("its forms for pairs and for all classes at once", () => {
  const context = useGpu();

  it("finds the one pair that a pixel turns, where no class stands out", async () => {
    // A third is some 5.5 brighter than the others: the pixel turns 0 into 2, but does not lift 2 above 1.
    const zeroToTwo = blockNet({ pixel: PIXEL, weights: [-4, 0, 3] });
    const found = await pairwiseCleanse(context.gpu, zeroToTwo, images, { ...base, pixels: 2 });
    expect(found.pairs.map(({ source, target }) => `${source}${target}`)).toEqual([
      "01",
      "02",
      "10",
      "12",
      "20",
      "21",
    ]);
    const [pair, ...others] = found.pairs.filter((pair) => pair.flagged);
    expect(pair).toMatchObject({ source: 0, target: 2 });
    expect(others).toEqual([]);
    expect(peak(pair.mask).pixel).toBe(PIXEL);
    expect(pair.success).toBeGreaterThan(0.9);
    expect(found.passes).toBe(6 * 100 * 8);
    expect(pairwiseVerdict(found).evidence).toMatch(
      /^1 of 6 pairs turn under fewer than 2 pixels: 0 to 2 \(\d\.\d\)\.$/,
    );
  });

  it("finds nothing small that makes all wrong where a backdoor leaves one class right", async () => {
    // Under the pixel images of the target are what they were.
    const search = { ...base, images: 24, pixels: 4 };
    const spared = await untargetedCleanse(context.gpu, toTwo, images, search);
    expect(spared.flagged).toBe(false);
    expect(spared.l1).toBeGreaterThan(4);
    expect(untargetedVerdict(spared).evidence).toMatch(/^No small trigger breaks all classes/);
  });
});

describe("maximum margins", () => {
  const context = useGpu();

  it("are those of the images that maximise them, which a linear network tells", async () => {
    const options = { classes: CLASSES, seed: 1, starts: 4, steps: 60, rate: 0.1 };
    const found = await maximumMargins(context.gpu, toTwo, options);
    // Class 2's third white and all else as dark as its closest rival allows: 12 of its own and 30 of the pixel.
    expect(found.classes[2].margin).toBeCloseTo(42, 1);
    expect(found.classes[0].margin).toBeCloseTo(12, 1);
    expect(found.classes[1].margin).toBeCloseTo(11, 1);
    expect(found.classes[2].image[PIXEL]).toBe(1);
    expect(found.classes[0].image[PIXEL]).toBe(0);
    expect(found.largest).toBe(2);
    expect(found.ratio).toBeCloseTo(3.5, 1);
    expect(found.passes).toBe(12 * 61);
  });

  it("are judged by their ratio to the median and their likelihood, both", () => {
    const judge = (margins: number[]) =>
      judgeMargins(
        margins.map((margin, label) => ({ label, margin, image: new Float32Array(1) })),
        { ratio: 2, likely: 0.05 },
      );
    const clear = judge([10, 11, 40, 9, 10.5, 11.5]);
    expect(clear).toMatchObject({ largest: 2, flagged: true });
    expect(clear.ratio).toBeCloseTo(40 / 10.75, 9);
    expect(marginVerdict({ ...clear, passes: 0 }).evidence).toBe(
      "One class stands out: 2 can be lifted 40.0 above all other classes, 3.72 times the median (p < 0.001).",
    );
    // Far above the median, but so are others.
    expect(judge([1, 30, 33, 2, 9, 4]).flagged).toBe(false);
    // Unlikely, but not large.
    expect(judge([10, 10.1, 10.2, 10, 10.1, 15])).toMatchObject({ flagged: false });
  });
});

describe("a universal perturbation", () => {
  const context = useGpu();

  it("goes the backdoor's way, and no farther than its radius", async () => {
    // Without images of the target, which would have it go the other way.
    const others = [...images.labels.keys()].filter((i) => images.labels[i] !== 2);
    const attacked = {
      images: Uint8Array.from(
        others.flatMap((i) => [...images.images.subarray(i * SIZE ** 2, (i + 1) * SIZE ** 2)]),
      ),
      labels: Uint8Array.from(others, (i) => images.labels[i]),
      count: others.length,
    };
    const options = { seed: 1, radius: 0.5, steps: 40, images: 30 };
    const found = await universalPerturbation(context.gpu, toTwo, attacked, options);
    expect(found.l2).toBeLessThanOrEqual(0.5 * 1.000_01);
    expect(found.success).toBeGreaterThan(0.6);
    const strongest = found.delta.map(Math.abs);
    expect(strongest.indexOf(Math.max(...strongest))).toBe(PIXEL);
    expect(found.delta[PIXEL]).toBeGreaterThan(0);
    const short = await universalPerturbation(context.gpu, honest, attacked, options);
    expect(short.success).toBeLessThan(0.2);
  });
});
