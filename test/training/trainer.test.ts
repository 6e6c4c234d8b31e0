/** Training repeats itself to the bit, however it is cut up, and tells when it went wrong. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyImage } from "../../src/data/order.ts";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import type { TrainerState } from "../../src/training/step-trainer.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { denseNet, smallNet, STEPS, trainingPlan } from "./small-training.ts";

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
    undisturbed = await Trainer.build(await open(), trainingPlan(kind, network));
    await undisturbed.train(STEPS);
    expected = bits(await undisturbed.snapshot());
    expectedRecords = await undisturbed.readRecords();

    again = await Trainer.build(await open(), trainingPlan(kind, network));
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
    const other = await Trainer.build(await open(), trainingPlan(kind, network));
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
    const other = await Trainer.build(undisturbed.gpu, trainingPlan(kind, network, { seed: 6 }));
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
    const kept = new Map([...optimiser].map(([name, values]) => [`other/${name}`, values]));
    expect(() => undisturbed.load({ ...middle, optimiser: kept })).toThrow(UserError);
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
    const whole = await Trainer.build(gpu, trainingPlan("sgd", denseNet));
    await whole.train(STEPS);
    const stepped = await Trainer.build(gpu, trainingPlan("sgd", denseNet));
    const kernels = stepped.trainStep.length;
    for (let k = 0; k < 2 * kernels + 3; k++) stepped.stepKernel();
    expect([stepped.step, stepped.cursor]).toEqual([2, 3]);
    await stepped.train(STEPS);
    expect([stepped.step, stepped.cursor]).toEqual([STEPS, 0]);
    expect(bits(await stepped.snapshot())).toEqual(bits(await whole.snapshot()));
    gpu.destroy();
  });
});
