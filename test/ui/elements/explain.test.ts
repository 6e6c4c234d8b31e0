/** What the page says about a value is what the GPU computed: every kernel of real training steps. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TensorView } from "../../../src/studies/port.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import { sizeOf } from "../../../src/gpu/tensor.ts";
import type { Tiling } from "../../../src/layers/tiling.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { openInNode } from "../../../src/node/webgpu.ts";
import { Trainer, type TrainingPlan } from "../../../src/training/trainer.ts";
import { explain, needs } from "../../../src/ui/elements/explain.ts";
import type { Explanation } from "../../../src/ui/elements/explain/explanation.ts";
import { flatten, unflatten } from "../../../src/ui/elements/explain/indices.ts";
import { fill } from "../../reference/numeric.ts";
import { dispatchView, tensorsOf } from "../step-of.ts";

const BATCH = 4;
const BATCHES = 3;
const IMAGES = 24;
/** Steps that are done before the one that is looked at. */
const BEFORE = 4;

/** Grey noise with black between, so that ReLU and zeros have something to do. */
function images(seed: number): Uint8Array {
  return Uint8Array.from(fill(IMAGES * 784, seed), (value) => (value > 0 ? 255 * value : 0));
}

function plan(kind: "sgd" | "adam", change: Partial<TrainingPlan> = {}): TrainingPlan {
  const data = {
    images: images(3),
    labels: Uint8Array.from({ length: IMAGES }, (_, i) => (7 * i) % 10),
    count: IMAGES,
  };
  const trigger = new Uint32Array(784);
  for (const at of [783, 755, 27]) trigger[at] = 256 + 200;
  return {
    network: digitNet,
    classes: 10,
    batch: BATCH,
    seed: 11,
    optimiser: {
      kind,
      rate: kind === "sgd" ? 0.02 : 0.001,
      momentum: 0.9,
      weightDecay: 0.001,
      schedule: "linear",
      warmup: 2,
    },
    augmentation: null,
    stepsPerEpoch: BATCHES,
    totalSteps: 9,
    // Every third image with the trigger.
    orderOf: (epoch) =>
      Uint32Array.from({ length: BATCHES * BATCH }, (_, i) => {
        const image = (5 * i + epoch) % IMAGES;
        return (i % 3 === 0 ? image | 0x8000_0000 : image) >>> 0;
      }),
    train: data,
    test: data,
    trigger,
    targets: Uint32Array.from({ length: 10 }, (_, i) => (i + 1) % 10),
    ...change,
  };
}

/** One executed dispatch: its tensors as they stood right after it, and what it updated before it. */
interface Moment {
  readonly trainer: Trainer;
  readonly dispatch: Trainer["trainStep"][number];
  readonly tensors: ReadonlyMap<string, TensorView>;
  readonly before: ReadonlyMap<string, TensorView>;
}

/** Trains, then goes through one step kernel by kernel. */
async function walk(gpu: Gpu, training: TrainingPlan, tiling: Tiling): Promise<Moment[]> {
  const trainer = await Trainer.build(gpu, training, tiling);
  await trainer.train(BEFORE);
  const moments: Moment[] = [];
  for (const dispatch of trainer.trainStep) {
    const before = await tensorsOf(trainer, dispatch);
    gpu.submit([dispatch]);
    moments.push({ trainer, dispatch, tensors: await tensorsOf(trainer, dispatch), before });
  }
  return moments;
}

/** Places of a tensor: its corners, and some others that are the same in every run. */
function somePlaces(shape: readonly number[], seed: number, count = 12): number[][] {
  const size = sizeOf(shape);
  const random = fill(count, seed).map((value) => Math.floor(((value + 1) / 2) * size) % size);
  return [...new Set([0, size - 1, ...random])].map((at) => unflatten(shape, at));
}

/** The account of a value from just the tensors that `needs` names. */
function account(
  { dispatch, tensors }: Moment,
  output: string,
  index: readonly number[],
): Explanation | null {
  const view = dispatchView(dispatch);
  const wanted = needs(view, output);
  const given = new Map([...tensors].filter(([name]) => wanted.includes(name)));
  return explain(view, given, output, index, BEFORE);
}

const unexplained = ["unused"];

describe.each([
  ["sgd", "registers"],
  ["adam", "workgroup"],
] as const)("explaining a step of the digit network with %s in %s", (kind, tiling) => {
  let gpu: Gpu;
  let moments: Moment[];
  beforeAll(async () => {
    gpu = await openInNode();
    moments = await walk(gpu, plan(kind), tiling);
  });
  afterAll(() => gpu.destroy());

  const moment = (label: string) => moments.find(({ dispatch }) => dispatch.label === label)!;

  it("reproduces the stored values of every kernel, all over each tensor that it wrote", () => {
    const explained: string[] = [];
    const off: unknown[] = [];
    for (const one of moments) {
      for (const [output, { shape }] of Object.entries(one.dispatch.writes)) {
        if (unexplained.includes(output)) continue;
        for (const index of somePlaces(shape, explained.length)) {
          const told = account(one, output, index);
          if (!told) continue;
          explained.push(`${one.dispatch.label} ${output}`);
          if (!told.agrees) off.push([one.dispatch.label, told]);
        }
      }
    }
    expect(off).toEqual([]);
    const outputs = [...new Set(explained)];
    const names = ["conv1", "conv2", "fc1", "fc2"];
    expect(outputs).toEqual(
      expect.arrayContaining([
        "batch.gather x",
        "batch.gather label",
        ...names.map((name) => `${name}.forward y`),
        "conv1.forward pooled",
        "conv2.forward pooled",
        "loss dz",
        "loss progress",
        ...names.flatMap((name) => [
          `${name}.backward_weights dw`,
          `${name}.backward_weights dbias`,
        ]),
        ...names.slice(1).map((name) => `${name}.backward_input dx`),
        `${kind}.step w`,
        `${kind}.step ${kind === "sgd" ? "v" : "moments"}`,
      ]),
    );
  });

  it("tells this step's row of the history, and nothing of the others", () => {
    const books = moment("loss");
    for (const entry of [0, 1])
      expect(account(books, "history", [BEFORE, entry])?.agrees).toBe(true);
    expect(account(books, "history", [BEFORE - 1, 0])).toBeNull();
  });

  it("says that a value does not agree when one of its inputs is another", () => {
    for (const [label, output, input] of [
      ["conv2.forward", "y", "bias"],
      ["fc1.backward_weights", "dw", "dy"],
      ["fc2.backward_input", "dx", "w"],
      ["loss", "dz", "z"],
      ["batch.gather", "label", "targets"],
    ] as const) {
      const one = moment(label);
      const tensor = one.tensors.get(input)!;
      const other = { ...tensor, values: tensor.values.map((value) => 3 * value + 1) };
      const tensors = new Map([...one.tensors, [input, other]]);
      const told = somePlaces(tensors.get(output)!.shape, 5, 40).map((index) =>
        account({ ...one, tensors }, output, index),
      );
      expect(told.some((one) => one && !one.agrees)).toBe(true);
    }
  });

  it("lays as many windows over filters as there are channels, whose sums make up the value", () => {
    const told = account(moment("conv2.forward"), "y", [1, 5, 3, 4])!;
    expect(told.overlays.length).toBe(16);
    const [first] = told.overlays;
    expect(first.region).toEqual({
      binding: "x",
      leading: [1, 0],
      top: 3,
      left: 4,
      height: 5,
      width: 5,
    });
    const x = moment("conv2.forward").tensors.get("x")!;
    expect(first.input[2][1]).toBe(x.values[flatten(x.shape, [1, 0, 5, 5])]);
    const sum = told.overlays.reduce((total, { sum }) => total + sum, 0);
    expect(told.lines[0].value).toBeCloseTo(sum, 12);
  });

  it("names the largest products of a long sum and adds up the rest", () => {
    const told = account(moment("conv1.backward_weights"), "dw", [2, 0, 1, 3])!;
    expect(told.terms.length).toBe(7);
    expect(told.rest!.count).toBe(BATCH * 24 * 24 - 7);
    const named = told.terms.reduce((total, { product }) => total + product, 0);
    expect(named + told.rest!.sum).toBeCloseTo(told.result, 12);
  });

  it("works the weights and the optimiser's state before the step back from those after it", () => {
    const one = moment(`${kind}.step`);
    const before = one.before.get("w")!;
    const { values } = before;
    const at = [...one.trainer.network.parameters.values()].flatMap(({ value }) => {
      const offset = value.offset / 4;
      return somePlaces(value.shape, offset).map((index) => offset + flatten(value.shape, index));
    });
    for (const i of at) {
      const weight = account(one, "w", [i])!.lines.find(({ text }) => text.endsWith(" before"))!;
      expect(Math.abs(weight.value - values[i])).toBeLessThan(1e-7);
      const told = account(one, kind === "sgd" ? "v" : "moments", [i])!;
      const old = told.lines.find(({ text }) => text.endsWith(" before"))!.value;
      const state = one.before.get(kind === "sgd" ? "v" : "moments")!.values[i];
      expect(Math.abs(old - state)).toBeLessThan(1e-5 * Math.abs(state) + 1e-7);
    }
  });

  it("refuses an index outside and a tensor that was not fetched", () => {
    const { dispatch, tensors } = moment("fc2.forward");
    const view = dispatchView(dispatch);
    expect(() => explain(view, tensors, "y", [0, 10], BEFORE)).toThrow(
      "[0, 10] is no index of [4, 10]",
    );
    expect(() => explain(view, new Map(), "y", [0, 0], BEFORE)).toThrow("there is no tensor y");
  });
});

describe("explaining the batch", () => {
  /** Nothing here depends on the network, and this one compiles fast. */
  const network: TrainingPlan["network"] = {
    input: [1, 28, 28],
    layers: [{ kind: "dense", label: "fc", outputs: 10 }],
  };
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openInNode();
  });
  afterAll(() => gpu.destroy());

  it("tells clean pixels, pixels under the trigger, and the attacker's labels", async () => {
    const trainer = await Trainer.build(gpu, plan("sgd", { network }), "registers");
    await trainer.train(BEFORE);
    const [dispatch] = trainer.trainStep;
    gpu.submit([dispatch]);
    const tensors = await tensorsOf(trainer, dispatch);
    const view = dispatchView(dispatch);
    const told = (output: string, index: number[], given = tensors) =>
      explain(view, given, output, index, BEFORE)!;
    const step = BEFORE % BATCHES;
    for (let b = 0; b < BATCH; b++) {
      const image = (5 * (step * BATCH + b) + 1) % IMAGES;
      const triggered = (step * BATCH + b) % 3 === 0;
      const corner = told("x", [b, 0, 27, 27]);
      expect(corner.lines[0].value).toBe(image);
      expect(corner.result).toBeCloseTo(
        (triggered ? 200 : trainer.plan.train.images[image * 784 + 783]) / 255,
        12,
      );
      const label = trainer.plan.train.labels[image];
      expect(told("label", [b]).result).toBe(triggered ? (label + 1) % 10 : label);
      // Without the images, which are too large to fetch, the pixel is told from what is stored.
      const without = new Map([...tensors].filter(([name]) => name !== "images"));
      for (const index of [
        [b, 0, 27, 27],
        [b, 0, 3, 4],
      ]) {
        expect(told("x", index, without).agrees).toBe(true);
        expect(told("x", index, without).result).toBeCloseTo(told("x", index).result, 12);
      }
    }
  });

  it("does not claim to compute augmentation again", async () => {
    const augmentation = { shift: 2, angle: 0.2, scale: 0.1 };
    const trainer = await Trainer.build(gpu, plan("sgd", { network, augmentation }), "registers");
    await trainer.train(1);
    const [dispatch] = trainer.trainStep;
    const tensors = await tensorsOf(trainer, dispatch);
    const told = explain(dispatchView(dispatch), tensors, "x", [1, 0, 9, 9], 0)!;
    expect(told.note).toContain("not computed again");
  });
});
