/** Training repeats itself to the bit, however it is cut up, and tells when it went wrong. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DigitSet } from "../../src/data/digits.ts";
import { everyImage, NO_IMAGE } from "../../src/data/order.ts";
import { Random, Stream } from "../../src/data/random.ts";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import type { TrainerState } from "../../src/training/step-trainer.ts";
import { Trainer, type TrainingPlan } from "../../src/training/trainer.ts";

/** One of each kind of layer, as small as can be: what is tested here does not depend on size. */
const smallNet: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 3, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc", outputs: 10 },
  ],
};
const denseNet: NetworkDescription = {
  input: [1, 28, 28],
  layers: [{ kind: "dense", label: "fc", outputs: 10 }],
};

const IMAGES = 256;
const BATCH = 33; // does not divide what is trained or tested on
const STEPS_PER_EPOCH = 5;
const STEPS = 17; // ends in the middle of the fourth epoch

const first = (count: number, { images, labels }: DigitSet): DigitSet => ({
  images: images.slice(0, count * 784),
  labels: labels.slice(0, count),
  count,
});

let digits: { train: DigitSet; test: DigitSet };
beforeAll(async () => {
  const { train, test } = await packagedMnist();
  digits = { train: first(IMAGES, train), test: first(100, test) };
});

/** Augmented, partly poisoned training with everything that a run can have switched on. */
function plan(kind: "sgd" | "adam", network: NetworkDescription, change = {}): TrainingPlan {
  const trigger = new Uint32Array(784);
  trigger[783] = 256 + 255;
  return {
    network,
    classes: 10,
    batch: BATCH,
    seed: 5,
    optimiser: {
      kind,
      rate: kind === "sgd" ? 0.05 : 0.002,
      momentum: 0.9,
      weightDecay: 0.001,
      schedule: "linear",
      warmup: 3,
    },
    augmentation: { shift: 2, angle: 0.2, scale: 0.1 },
    stepsPerEpoch: STEPS_PER_EPOCH,
    totalSteps: STEPS,
    orderOf: (epoch) => {
      const order = everyImage(IMAGES);
      for (let i = 0; i < IMAGES; i += 10) order[i] = (order[i] | 0x8000_0000) >>> 0;
      return new Random(5, Stream.shuffle, epoch).shuffle(order).slice(0, STEPS_PER_EPOCH * BATCH);
    },
    train: digits.train,
    test: digits.test,
    trigger,
    targets: Uint32Array.from({ length: 10 }, (_, i) => (i + 1) % 10),
    ...change,
  };
}

/** Every bit of a state, by name; NaN and the two zeros count as what they are. */
function bits(state: TrainerState | null) {
  if (!state) throw new Error("there is no state: a step was not finite");
  const words = [...state.parameters, ...state.optimiser].map(
    ([label, values]) => [label, new Uint32Array(values.buffer.slice(0))] as const,
  );
  return { step: state.step, words: Object.fromEntries(words) };
}

const without = <T>(map: ReadonlyMap<string, T>, name: string) =>
  new Map([...map].filter(([key]) => key !== name));

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** How many images have each label. */
function histogram(labels: Uint8Array): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of labels) counts[label] += 1;
  return counts;
}

const rowSums = (confusion: Uint32Array) =>
  Array.from({ length: 10 }, (_, row) => sum(confusion.subarray(10 * row, 10 * row + 10)));

describe.each([
  ["sgd", smallNet],
  ["adam", denseNet],
] as const)("training with %s", (kind, network) => {
  const devices: Gpu[] = [];
  const open = async () => {
    const gpu = await openInNode();
    devices.push(gpu);
    return gpu;
  };
  afterAll(() => {
    for (const gpu of devices) gpu.destroy();
  });

  let undisturbed: Trainer;
  let expected: ReturnType<typeof bits>;
  let expectedRecords: Awaited<ReturnType<Trainer["readRecords"]>>;
  /** Of the same plan on another device, in the middle of the second epoch, and what it was there. */
  let again: Trainer;
  let middle: TrainerState;

  beforeAll(async () => {
    undisturbed = await Trainer.build(await open(), plan(kind, network));
    await undisturbed.train(STEPS);
    expected = bits(await undisturbed.snapshot());
    expectedRecords = await undisturbed.readRecords();

    again = await Trainer.build(await open(), plan(kind, network));
    await again.train(7);
    middle = (await again.snapshot())!;
  });

  it("moves every layer's parameters, records every step, and lowers the loss", async () => {
    expect(expected.step).toBe(STEPS);
    for (const [label, values] of initialParameters(network, 5)) {
      expect(expected.words[label]).not.toEqual(new Uint32Array(values.buffer));
    }
    const { records, firstBadStep } = expectedRecords;
    expect(firstBadStep).toBeNull();
    expect(records.map((record) => record.step)).toEqual(
      Array.from({ length: STEPS }, (_, i) => i + 1),
    );
    for (const { values } of records) {
      const [loss, accuracy] = values;
      expect(loss > 0 && loss < 20).toBe(true);
      expect(accuracy >= 0 && accuracy <= 1).toBe(true);
    }
    const mean = (some: typeof records) => sum(some.map(({ values }) => values[0])) / some.length;
    expect(mean(records.slice(-5))).toBeLessThan(mean(records.slice(0, 5)));
    expect(await undisturbed.readRecords()).toEqual({ records: [], firstBadStep: null });
    expect(undisturbed.full).toBe(false);
  });

  it("gives the same bits again, stopped after every submit, looked at and evaluated between", async () => {
    const confusions: Uint32Array[] = [];
    for (let stops = 0; again.step < STEPS; stops++) {
      const before = again.step;
      await again.train(STEPS, () => false);
      expect(again.step).toBeGreaterThan(before);
      confusions.push(await again.evaluator.evaluate(everyImage(100, stops % 2 === 1)));
      await again.evaluator.logits(everyImage(3));
      await again.readRecords();
    }
    // At least at the ends of the second and third epoch, and at the run's.
    expect(confusions.length).toBeGreaterThanOrEqual(3);
    expect(bits(await again.snapshot())).toEqual(expected);
    for (const confusion of confusions) expect(sum(confusion)).toBe(100);
  });

  it("gives the same bits on a new device from a snapshot in the middle of an epoch", async () => {
    const other = await Trainer.build(await open(), plan(kind, network));
    await other.train(9); // somewhere else, with another epoch's order loaded
    other.load(middle);
    expect(other.step).toBe(7);
    expect(bits(await other.snapshot())).toEqual(bits(middle));
    expect(await other.readRecords()).toEqual({ records: [], firstBadStep: null });
    await other.train(STEPS);
    expect(bits(await other.snapshot())).toEqual(expected);
    expect(await other.readRecords()).toEqual({
      records: expectedRecords.records.slice(7),
      firstBadStep: null,
    });
  });

  it("gives other bits for another seed", async () => {
    const other = await Trainer.build(undisturbed.gpu, plan(kind, network, { seed: 6 }));
    await other.train(STEPS);
    expect(bits(await other.snapshot()).words["fc.w"]).not.toEqual(expected.words["fc.w"]);
  });

  it("refuses a state that lacks something or is of another shape", () => {
    const { parameters, optimiser } = middle;
    const part = kind === "sgd" ? "velocity/fc.b" : "v/fc.b";
    expect(() => undisturbed.load({ ...middle, parameters: without(parameters, "fc.w") })).toThrow(
      /^fc\.w: no values, expected \d+/,
    );
    expect(() => undisturbed.load({ ...middle, optimiser: without(optimiser, part) })).toThrow(
      `${part}: no values, expected 10`,
    );
    const longer = new Map([...parameters, ["fc.b", new Float32Array(11)] as const]);
    expect(() => undisturbed.load({ ...middle, parameters: longer })).toThrow(
      "fc.b: 11 values, expected 10",
    );
  });

  // Last on this trainer, which does not recover.
  it("tells the first step that was not finite, and changes nothing from it on", async () => {
    const { gpu, network: built } = undisturbed;
    undisturbed.load(middle);
    await undisturbed.train(8);
    const { value } = built.parameters.get("fc.w")!;
    const values = new Float32Array(sizeOf(value.shape)).fill(0.1);
    values[500] = Number.NaN;
    gpu.write(value, values);
    const tensors = [built.values, undisturbed.optimiser.state];
    const words = async () =>
      (await gpu.read(...tensors)).map((all) => new Uint32Array(all.buffer));
    const before = await words();
    await undisturbed.train(12);
    expect((await undisturbed.readRecords()).firstBadStep).toBe(9);
    expect(await undisturbed.snapshot()).toBeNull();
    expect(await words()).toEqual(before);
    undisturbed.load(middle);
    expect(bits(await undisturbed.snapshot())).toEqual(bits(middle));
  });
});

describe("stepping kernel by kernel", () => {
  it("gives the bits of whole steps, also when training takes over within a step", async () => {
    const gpu = await openInNode();
    const whole = await Trainer.build(gpu, plan("sgd", denseNet));
    await whole.train(STEPS);
    const stepped = await Trainer.build(gpu, plan("sgd", denseNet));
    const kernels = stepped.trainStep.length;
    for (let k = 0; k < 2 * kernels + 3; k++) stepped.stepKernel();
    expect([stepped.step, stepped.cursor]).toEqual([2, 3]);
    await stepped.train(STEPS);
    expect([stepped.step, stepped.cursor]).toEqual([STEPS, 0]);
    expect(bits(await stepped.snapshot())).toEqual(bits(await whole.snapshot()));
    gpu.destroy();
  });
});

describe("evaluating", () => {
  let gpu: Gpu;
  let trainer: Trainer;
  beforeAll(async () => {
    gpu = await openInNode();
    trainer = await Trainer.build(gpu, plan("sgd", denseNet));
    await trainer.train(STEPS);
  });
  afterAll(() => gpu.destroy());

  it("counts each image once, in the row of its true label, triggered or not", async () => {
    const labels = histogram(digits.test.labels);
    for (const triggered of [false, true]) {
      const confusion = await trainer.evaluator.evaluate(everyImage(100, triggered));
      expect(rowSums(confusion)).toEqual(labels);
    }
  });

  it("counts some images and leaves out what is none", async () => {
    const entries = Uint32Array.of(3, NO_IMAGE, 99, 3, NO_IMAGE);
    const confusion = await trainer.evaluator.evaluate(entries);
    const { labels } = digits.test;
    expect(rowSums(confusion)).toEqual(histogram(Uint8Array.of(labels[3], labels[99], labels[3])));
    expect(sum(await trainer.evaluator.evaluate(new Uint32Array()))).toBe(0);
  });

  it("predicts what the largest logit says", async () => {
    const entries = everyImage(BATCH);
    const logits = await trainer.evaluator.logits(entries);
    expect(logits.length).toBe(10 * BATCH);
    const expected = new Uint32Array(100);
    for (const b of entries) {
      const row = logits.subarray(10 * b, 10 * b + 10);
      expected[10 * digits.test.labels[b] + row.indexOf(Math.max(...row))] += 1;
    }
    expect(await trainer.evaluator.evaluate(entries)).toEqual(expected);
  });

  it("tells what it predicts image by image, in the order asked", async () => {
    const entries = everyImage(100).toReversed();
    const predictions = await trainer.evaluator.predict(entries);
    expect(predictions).toHaveLength(100);
    const confusion = new Uint32Array(100);
    for (const [i, image] of entries.entries()) {
      confusion[10 * digits.test.labels[image] + predictions[i]] += 1;
    }
    expect(confusion).toEqual(await trainer.evaluator.evaluate(entries));
  });

  it("gives no more logits at a time than a batch holds", async () => {
    await expect(trainer.evaluator.logits(everyImage(BATCH + 1))).rejects.toThrow(
      "34 images, at most 33 at a time",
    );
  });

  it("stops when told, having counted what was submitted", async () => {
    const fresh = await Trainer.build(gpu, plan("sgd", denseNet));
    // The first submit is a single batch.
    const confusion = await fresh.evaluator.evaluate(everyImage(100), () => false);
    expect(sum(confusion)).toBe(BATCH);
  });
});

describe("a training step", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    // Nothing here depends on a number that was computed.
    gpu = await openInNode("null", { defaultLimits: true });
  });
  afterAll(() => gpu.destroy());

  it("of the digit network is fourteen dispatches, each with a name of its own", async () => {
    const trainer = await Trainer.build(gpu, plan("sgd", digitNet));
    expect(trainer.trainStep.map((dispatch) => dispatch.label)).toEqual([
      "batch.gather",
      "conv1.forward",
      "conv2.forward",
      "fc1.forward",
      "fc2.forward",
      "loss",
      "fc2.backward_weights",
      "fc2.backward_input",
      "fc1.backward_weights",
      "fc1.backward_input",
      "conv2.backward_weights",
      "conv2.backward_input",
      "conv1.backward_weights",
      "sgd.step",
    ]);
    expect(trainer.evaluator.step.map((dispatch) => dispatch.label)).toEqual([
      "test.gather",
      "conv1.forward",
      "conv2.forward",
      "fc1.forward",
      "fc2.forward",
      "evaluate.count",
    ]);
  });

  it("creates nothing on the device while it runs, and reads nothing back", async () => {
    const trainer = await Trainer.build(gpu, plan("adam", smallNet));
    const { device } = gpu;
    const methods = new Set<string>();
    for (let at: object = device; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) methods.add(name);
    }
    const created: string[] = [];
    const creators = [...methods].filter((name) => name.startsWith("create"));
    expect(creators).toEqual(expect.arrayContaining(["createBuffer", "createBindGroup"]));
    const named = device as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of creators) {
      const method = named[name].bind(device);
      named[name] = (...args) => {
        created.push(name);
        return method(...args);
      };
    }
    try {
      await trainer.train(STEPS);
      expect(trainer.step).toBe(STEPS);
      const kinds = new Set(created);
      expect(kinds).toEqual(new Set(["createCommandEncoder"]));
      // The check itself works: reading back does create a buffer.
      await gpu.read(trainer.network.logits);
      expect(created).toContain("createBuffer");
    } finally {
      for (const name of creators) delete named[name];
    }
  });

  it("stops where it was told to, also at the end of an epoch", async () => {
    const trainer = await Trainer.build(gpu, plan("sgd", denseNet));
    await trainer.train(STEPS, () => trainer.step < STEPS_PER_EPOCH);
    expect(trainer.step).toBe(STEPS_PER_EPOCH);
    await trainer.train(3); // already done
    expect(trainer.step).toBe(STEPS_PER_EPOCH);
  });

  it("asks for each epoch's order once, and again after a state was loaded", async () => {
    const asked: number[] = [];
    const original = plan("sgd", denseNet);
    const trainer = await Trainer.build(gpu, {
      ...original,
      orderOf: (epoch: number) => {
        asked.push(epoch);
        return original.orderOf(epoch);
      },
    });
    await trainer.train(3);
    await trainer.train(12);
    expect(asked).toEqual([0, 1, 2]);
    const parameters = initialParameters(denseNet, 1);
    const optimiser = new Map([...parameters].map(([label, zero]) => [`velocity/${label}`, zero]));
    trainer.load({ step: 11, parameters, optimiser, tiling: trainer.tiling });
    await trainer.train(12);
    expect(asked).toEqual([0, 1, 2, 2]);
  });

  it.each([
    [4000, "conv1.y [4000, 16, 24, 24] takes 141 MiB"],
    [60_000, "x [60000, 1, 28, 28] takes 179 MiB"],
  ])("with a batch of %i, beyond the adapter, is the user's error", async (batch, message) => {
    const small = await openInNode("null", { defaultLimits: true });
    const building = Trainer.build(small, plan("sgd", digitNet, { batch }));
    await expect(building).rejects.toBeInstanceOf(UserError);
    await expect(building).rejects.toThrow(
      `${message}, but this adapter allows 128 MiB in one piece: choose a smaller batch.`,
    );
    small.destroy();
  });
});
