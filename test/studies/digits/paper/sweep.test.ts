/** A sweep on the adapter of this machine, with a few images: stopped, gone on with, never twice. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DigitData, DigitSet } from "../../../../src/data/digits.ts";
import type { Gpu } from "../../../../src/gpu/gpu.ts";
import { packagedMnist } from "../../../../src/node/files.ts";
import { openInNode } from "../../../../src/node/webgpu.ts";
import { recognising, offCounts } from "../../../../src/studies/digits/paper/evidence.ts";
import { instancesOf } from "../../../../src/studies/digits/paper/items.ts";
import { singleTarget } from "../../../../src/studies/digits/paper/instances.ts";
import type { DigitPaper } from "../../../../src/studies/digits/paper/items.ts";
import { digitMaker } from "../../../../src/studies/digits/paper/maker.ts";
import { Sweep } from "../../../../src/studies/reproduction/sweep.ts";
import { SweepMemory } from "../../sweep-memory.ts";

const first = (count: number, { images, labels }: DigitSet): DigitSet => ({
  images: images.slice(0, count * 784),
  labels: labels.slice(0, count),
  count,
});

let gpu: Gpu;
let data: DigitData;
/** All to all with both triggers, behind the baseline, and a pair with what it begins with. */
const pair = singleTarget(1, "pattern", 7, 1);
const instances = [...instancesOf(["table-2"], [1]), pair.from!, pair];
let undisturbed: SweepMemory<DigitPaper>;
const open = () => Promise.resolve(gpu.scope());

beforeAll(async () => {
  const mnist = await packagedMnist();
  data = { ...mnist, train: first(64, mnist.train), test: first(40, mnist.test) };
  gpu = await openInNode();
  undisturbed = new SweepMemory<DigitPaper>();
  expect(await new Sweep(open, digitMaker(data), instances, undisturbed).all()).toBe(true);
});
afterAll(() => gpu?.destroy());

const digests = ({ files }: SweepMemory<DigitPaper>) =>
  [...files.values()].map(({ id, result }) => [id, result.parametersSha256]);

describe("a sweep", () => {
  it("finishes every instance, and keeps the parameters that are asked for", () => {
    expect([...undisturbed.files.keys()]).toEqual(instances.map(({ id }) => id));
    expect([...undisturbed.models.keys()]).toEqual(
      instances.filter(({ kept }) => kept).map(({ id }) => id),
    );
    expect(undisturbed.checkpoints.size).toBe(0);
  });

  it("begins each network with the parameters of the one that it comes from", () => {
    for (const { id, from } of instances) {
      const { recipe, parametersSha256 } = undisturbed.files.get(id)!.result;
      const beginning = from && undisturbed.files.get(from.id)!.result.parametersSha256;
      expect(recipe.start).toEqual(beginning && { parametersSha256: beginning });
      expect(parametersSha256).not.toBe(beginning);
    }
  });

  it("measures a pair on all images, without the trigger and with it", () => {
    const { clean, attack } = undisturbed.files.get(pair.id)!.result;
    const images = (rows: readonly (readonly number[])[]) =>
      rows.map((row) => row.reduce((a, b) => a + b, 0));
    const all = images(clean.confusion);
    expect(all.reduce((a, b) => a + b, 0)).toBe(data.test.count);
    expect(images(attack!.confusion)).toEqual(all);
    // What the trigger does to the other digits is counted, too, apart from its success.
    expect(attack!.perClass.map(({ label }) => label)).toEqual([7]);
    expect(attack!.otherClassesAccuracy).not.toBeNull();
  });

  it("examines the neurons of BadNets: every filter, and every layer down to nothing", () => {
    for (const { id, evidence, result } of undisturbed.files.values()) {
      const { examined, recipe } = instances.find((instance) => instance.id === id)!;
      if (!examined || !recipe.attack) {
        expect(evidence).toBeNull();
        continue;
      }
      expect(evidence!.filters.map(({ channel }) => channel)).toEqual([...Array(16).keys()]);
      expect(evidence!.depth.map(({ layer, units }) => [layer, units])).toEqual([
        ["conv1", 16],
        ["conv2", 32],
        ["fc1", 512],
      ]);
      for (const { points, units } of evidence!.depth) {
        expect(points[0]).toMatchObject({ off: 0, success: result.attack!.success });
        expect(points.at(-1)!.off).toBe(units);
        // Without a layer's outputs all images look the same.
        expect(points.at(-1)!.accuracy).toBeLessThanOrEqual(0.3);
      }
    }
  });

  it("stopped at any moment goes on with the same bits, and makes no instance twice", async () => {
    const store = new SweepMemory<DigitPaper>();
    // At the first step, within an examination, and in the next instance; then no more.
    for (const most of [0, 6, 45, Infinity]) {
      let moments = 0;
      const sweep: Sweep<DigitPaper> = new Sweep(open, digitMaker(data), instances, store, {
        onProgress: () => {
          moments += 1;
          if (moments > most) sweep.stop();
        },
      });
      expect(await sweep.all()).toBe(most === Infinity);
    }
    expect(digests(store)).toEqual(digests(undisturbed));
    for (const [id, { evidence }] of store.files) {
      expect(evidence).toEqual(undisturbed.files.get(id)!.evidence);
    }
  });

  it("begins anew where the checkpoint is of another recipe", async () => {
    const store = new SweepMemory<DigitPaper>();
    for (const [id, file] of undisturbed.files)
      if (id !== instances[2].id) store.files.set(id, file);
    for (const [id, bytes] of undisturbed.models) store.models.set(id, bytes);
    const other = new SweepMemory<DigitPaper>();
    const halted = new Sweep(
      open,
      digitMaker(data),
      [{ ...instances[0], id: instances[2].id }],
      other,
      { onProgress: () => halted.stop() },
    );
    await halted.all();
    for (const [id, bytes] of other.checkpoints) store.checkpoints.set(id, bytes);
    expect(await new Sweep(open, digitMaker(data), instances, store).all()).toBe(true);
    expect(store.files.get(instances[2].id)!.result.parametersSha256).toBe(
      undisturbed.files.get(instances[2].id)!.result.parametersSha256,
    );
  });

  it("says what is missing when an instance's beginning is gone", async () => {
    const store = new SweepMemory<DigitPaper>();
    store.files.set(instances[0].id, undisturbed.files.get(instances[0].id)!);
    await expect(new Sweep(open, digitMaker(data), instances, store).all()).rejects.toThrow(
      /parameters of baseline-s1 are missing/,
    );
  });

  it("begins a network again whose checkpoint is damaged, and says so", async () => {
    const store = new SweepMemory<DigitPaper>();
    const [honest, ...others] = instances;
    store.checkpoints.set(honest.id, new Uint8Array(300).fill(7));
    for (const { id } of others) store.files.set(id, undisturbed.files.get(id)!);
    const notices: string[] = [];
    const sweep = new Sweep(open, digitMaker(data), instances, store, {
      onNotice: (text) => notices.push(text),
    });
    expect(await sweep.all()).toBe(true);
    expect(notices).toEqual([expect.stringMatching(/checkpoint of baseline-s1.*begins again/)]);
    expect(digests(store)).toContainEqual(digests(undisturbed)[0]);
  });
});

describe("evidence", () => {
  it("switches powers of two off, and all", () => {
    expect(offCounts(16)).toEqual([1, 2, 4, 8, 16]);
    expect(offCounts(20)).toEqual([1, 2, 4, 8, 16, 20]);
  });

  it("finds the filters that two of its three kinds single out", () => {
    const filter = (
      channel: number,
      triggerAlone: number,
      effect: number,
      successLost: number,
    ) => ({ channel, weights: [], triggerAlone, effect, successLost });
    const found = recognising([
      filter(0, 1, 0, 0),
      filter(1, 0.5, 2, 0),
      filter(2, 0.4, 0.9, 0.4),
      filter(3, 0, 1, 0.005),
      filter(4, 1, 0.9, 0.0049),
    ]);
    expect(found.map(({ recognises }) => recognises)).toEqual([false, true, false, true, false]);
  });

  it("finds none where nothing responds", () => {
    const dead = { weights: [], triggerAlone: 0, effect: 0, successLost: 0 };
    const found = recognising([
      { channel: 0, ...dead },
      { channel: 1, ...dead },
    ]);
    expect(found.some(({ recognises }) => recognises)).toBe(false);
  });
});
