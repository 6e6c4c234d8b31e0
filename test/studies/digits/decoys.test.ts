/** Decoys: the neurons that clean images wake least sleep through the training, and nothing else of them changes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initialParameters } from "../../../src/models/initialise.ts";
import type { NetworkDescription } from "../../../src/models/description.ts";
import { asleep } from "../../../src/studies/digits/decoys.ts";
import { digitTask } from "../../../src/studies/digits/plan.ts";
import type { ParameterValues } from "../../../src/training/parameter-values.ts";
import { Run, type RunState } from "../../../src/training/run.ts";
import type { Evaluation } from "../../../src/training/evaluator.ts";
import * as conv2d from "../../reference/conv2d.ts";
import * as dense from "../../reference/dense.ts";
import * as pool from "../../reference/pool.ts";
import { bits, Devices, digitPlan, IMAGES, record, STEPS } from "../../training/small-runs.ts";

const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv2", filters: 4, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc1", outputs: 12, relu: true },
    { kind: "dense", label: "fc2", outputs: 10 },
  ],
};
const decoys = [
  { layer: "conv2", neurons: 2 },
  { layer: "fc1", neurons: 5 },
];
const plan = digitPlan({ network, decoys });
const start = initialParameters(network, plan.seed);

const devices = new Devices();
afterAll(() => devices.close());

/** What both layers say of all training images, behind ReLU and pool, in double precision. */
function said(parameters: ParameterValues) {
  const B = IMAGES;
  const value = (label: string) => Float64Array.from(parameters.get(label)!);
  const x = Float64Array.from(plan.train.images, (pixel) => pixel / 255);
  const conv = { B, C: 1, H: 28, W: 28, O: 4, K: 5, stride: 1, pad: 0 };
  const y = conv2d.forward(conv, x, value("conv2.w"), value("conv2.b"), true);
  const conv2 = pool.forwardAverage({ B, C: 4, H: 24, W: 24, K: 2, stride: 2 }, y);
  const hidden = { B, I: 4 * 144, O: 12 };
  const fc1 = dense.forward(hidden, conv2, value("fc1.w"), value("fc1.b"), true);
  return { conv2, fc1 };
}

/** Numbers of the neurons with the smallest sums over images and places. */
function least(values: Float64Array, neurons: number, count: number): number[] {
  const places = values.length / IMAGES / neurons;
  const sums = Array.from({ length: neurons }, (_, n) => {
    let sum = 0;
    for (let image = 0; image < IMAGES; image++)
      for (let place = 0; place < places; place++)
        sum += values[(image * neurons + n) * places + place];
    return sum;
  });
  return [...sums.keys()].toSorted((a, b) => sums[a] - sums[b]).slice(0, count);
}

const chosen = { conv2: least(said(start).conv2, 4, 2), fc1: least(said(start).fc1, 12, 5) };

describe("neurons put to sleep", () => {
  let changed: ParameterValues;
  beforeAll(async () => {
    changed = await asleep(await devices.lend(), plan, start, decoys);
  });

  it("are those that training images wake least, and nothing changes but their biases", () => {
    for (const [label, before] of start) {
      const after = changed.get(label)!;
      const differing = [...before.keys()].filter((i) => before[i] !== after[i]);
      const expected = label === "conv2.b" ? chosen.conv2 : label === "fc1.b" ? chosen.fc1 : [];
      expect(differing).toEqual(expected.toSorted((a, b) => a - b));
    }
  });

  it("get biases that are lower by 8 times the most that their layer says", () => {
    const { conv2, fc1 } = said(start);
    for (const [label, values, neurons] of [
      ["conv2.b", conv2, chosen.conv2],
      ["fc1.b", fc1, chosen.fc1],
    ] as const) {
      const most = values.reduce((a, b) => Math.max(a, b));
      for (const i of neurons)
        expect(start.get(label)![i] - changed.get(label)![i]).toBeCloseTo(8 * most, 3);
    }
  });
});

describe("a pruning-aware run", () => {
  let ended: RunState<Evaluation>;
  let states: readonly RunState<Evaluation>[];
  beforeAll(async () => {
    const { run, events } = record(devices.lend, digitTask(plan));
    ended = (await run.run()).state;
    states = events.states;
  });

  it("leaves the weights of its decoys as they were, and trains all others", () => {
    const before = start.get("fc1.w")!;
    const after = ended.parameters.get("fc1.w")!;
    const row = (values: Float32Array, i: number) => [...values.subarray(i * 576, (i + 1) * 576)];
    for (let i = 0; i < 12; i++) {
      if (chosen.fc1.includes(i)) expect(row(after, i)).toEqual(row(before, i));
      else expect(row(after, i)).not.toEqual(row(before, i));
    }
    const { conv2, fc1 } = said(ended.parameters);
    for (const i of chosen.fc1)
      for (let image = 0; image < IMAGES; image++) expect(fc1[image * 12 + i]).toBe(0);
    for (const i of chosen.conv2)
      for (let image = 0; image < IMAGES; image++)
        expect(conv2.subarray((image * 4 + i) * 144, (image * 4 + i + 1) * 144).some(Boolean)).toBe(
          false,
        );
  });

  it("goes on from a saved state to the same bits", async () => {
    const begun = states.find(({ step }) => step > 0 && step < STEPS)!;
    const again = await new Run(devices.lend, digitTask(plan), {}, begun).run();
    expect(bits(again.state)).toEqual(bits(ended));
  });
});
