/** Networks of the population on the adapter of this machine, with a few images: trained, asked, stopped, gone on with. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DigitData, DigitSet } from "../../../../src/data/digits.ts";
import type { Gpu } from "../../../../src/gpu/gpu.ts";
import { packagedMnist } from "../../../../src/node/files.ts";
import { openInNode } from "../../../../src/node/webgpu.ts";
import { askings } from "../../../../src/studies/digits/zoo/asking.ts";
import { readInstanceFile } from "../../../../src/studies/digits/zoo/instance-file.ts";
import { honest, poisoned, type Instance } from "../../../../src/studies/digits/zoo/instances.ts";
import type { ZooStudy } from "../../../../src/studies/digits/zoo/items.ts";
import { zooMaker } from "../../../../src/studies/digits/zoo/maker.ts";
import { Sweep } from "../../../../src/studies/reproduction/sweep.ts";
import { SweepMemory } from "../../sweep-memory.ts";

const first = (count: number, { images, labels }: DigitSet): DigitSet => ({
  images: images.slice(0, count * 784),
  labels: labels.slice(0, count),
  count,
});

const IMAGES = 64;
const small = (instance: Instance): Instance => ({
  ...instance,
  recipe: { ...instance.recipe, images: IMAGES },
});
/** An honest one, and one that is poisoned source-specifically. */
const instances = [small(honest(1, 0)), small(poisoned(1, 3))];
const asked = askings.filter(({ id }) => ["clp", "spectral", "clustering", "strip"].includes(id));

let gpu: Gpu;
let data: DigitData;
let undisturbed: SweepMemory<ZooStudy>;
const open = () => Promise.resolve(gpu.scope());

beforeAll(async () => {
  const mnist = await packagedMnist();
  data = { ...mnist, train: first(2 * IMAGES, mnist.train), test: first(80, mnist.test) };
  gpu = await openInNode();
  undisturbed = new SweepMemory<ZooStudy>();
  expect(await new Sweep(open, zooMaker(data, asked), instances, undisturbed).all()).toBe(true);
});
afterAll(() => gpu?.destroy());

describe("a sweep of the population", () => {
  it("trains each on the first images alone, and keeps what each defence said of it", () => {
    for (const { id } of instances) {
      const file = undisturbed.files.get(id)!;
      expect(file.result.training.images).toBe(IMAGES);
      expect(file.result.kernelsSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file.evidence!.answers.map((answer) => answer.id)).toEqual(asked.map(({ id }) => id));
      const [clp, spectral, clustering, strip] = file.evidence!.answers;
      // Of 32 channels no z is above 31 / sqrt(32).
      expect(clp.statistic).toBeLessThanOrEqual(31 / Math.sqrt(32));
      expect(clp.passes).toBe(0);
      const { training, detect } = file.evidence!.images;
      const { triggeredCopies, negativeCopies = 0 } = file.result.training;
      expect(training).toBe(IMAGES + triggeredCopies + negativeCopies);
      for (const one of [spectral, clustering]) {
        expect(one.passes).toBe(training);
        expect(one.statistic).toBeGreaterThan(0);
        expect(one.statistic).toBeLessThanOrEqual(1);
      }
      expect(detect).toBe(20);
      expect(strip.passes % 20).toBe(0);
      expect(strip.statistic).toBeGreaterThanOrEqual(0);
      expect(strip.statistic).toBeLessThanOrEqual(1);
      expect(readInstanceFile(JSON.stringify(file), id)).toEqual(JSON.parse(JSON.stringify(file)));
    }
    expect(undisturbed.models.size).toBe(0);
  });

  it("stopped at any moment goes on with the same bits and the same answers", async () => {
    const store = new SweepMemory<ZooStudy>();
    for (const most of [0, 6, Infinity]) {
      let moments = 0;
      const sweep: Sweep<ZooStudy> = new Sweep(open, zooMaker(data, asked), instances, store, {
        onProgress: () => {
          moments += 1;
          if (moments > most) sweep.stop();
        },
      });
      expect(await sweep.all()).toBe(most === Infinity);
    }
    for (const [id, { result, evidence }] of store.files) {
      const whole = undisturbed.files.get(id)!;
      expect(result.parametersSha256).toBe(whole.result.parametersSha256);
      const said = (file: typeof whole) =>
        file.evidence!.answers.map(({ id, statistic, passes }) => [id, statistic, passes]);
      expect(said({ ...whole, evidence })).toEqual(said(whole));
    }
  });

  it("says where the data have too few images for a recipe", async () => {
    const store = new SweepMemory<ZooStudy>();
    const sweep = new Sweep(open, zooMaker(data, asked), [honest(1, 0)], store);
    await expect(sweep.all()).rejects.toThrow(/first 6000 training images, but the data have 128/);
  });
});
