/** The whole digit network against what TensorFlow.js computed on its CPU backend, on real digits. */
import { beforeAll, describe, expect, it } from "vitest";
import type { StepRecord } from "../../src/training/step-trainer.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { createMetricsHistory, lossSpec } from "../../src/layers/loss.ts";
import { tilingFor } from "../../src/layers/tiling.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { describeParameters } from "../../src/models/description.ts";
import { buildNetwork } from "../../src/models/network.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { run, useGpu } from "../gpu.ts";
import { names, readGolden, sample, shapes, training } from "../reference/golden.ts";
import { expectClose } from "../reference/numeric.ts";

const { seed: SEED, batch: BATCH, steps: STEPS } = training;

describe("the digit network's parameters", () => {
  it("are 281,034, of the paper's shapes", () => {
    const parameters = describeParameters(digitNet);
    expect(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(281_034);
    const described = parameters.map(({ label, shape }) => [label, shape]);
    expect(Object.fromEntries(described)).toEqual(shapes);
  });

  it("begin evenly spread up to the square root of 6 / fan in, and biases at zero", () => {
    const initial = initialParameters(digitNet, SEED);
    expect([...initial.keys()]).toEqual(names);
    const fanIn = { "conv1.w": 25, "conv2.w": 400, "fc1.w": 512, "fc2.w": 512 };
    for (const [name, fan] of Object.entries(fanIn)) {
      const values = initial.get(name)!;
      const bound = Math.sqrt(6 / fan);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(bound);
      // The largest of n falls short of the bound by about 1 / n of it.
      expect(largest).toBeGreaterThan(bound * (1 - 10 / values.length));
      const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
      // Five standard deviations of the mean square of n even values.
      const deviation = Math.sqrt(0.8 / values.length);
      expect(Math.abs(variance / (2 / fan) - 1)).toBeLessThan(5 * deviation);
    }
    for (const name of names.filter((name) => name.endsWith(".b"))) {
      expect(initial.get(name)).toEqual(new Float32Array(shapes[name][0]));
    }
  });

  it("begin alike for the same seed and otherwise for another, layer for layer", () => {
    const [a, again, b] = [1, 1, 2].map((seed) => initialParameters(digitNet, seed));
    expect(again).toEqual(a);
    for (const name of names.filter((name) => name.endsWith(".w"))) {
      expect(b.get(name)).not.toEqual(a.get(name));
    }
    expect(a.get("fc1.w")!.slice(0, 100)).not.toEqual(a.get("fc2.w")!.slice(0, 100));
  });
});

describe("the digit network", () => {
  const context = useGpu();
  let expected: (name: string) => Float32Array;
  let logits: Float32Array;
  const gradients = new Map<string, Float32Array>();
  let records: StepRecord[];

  beforeAll(async () => {
    const { gpu } = context;
    const { train } = await packagedMnist();
    const count = BATCH * STEPS;
    const digits = {
      images: train.images.slice(0, count * 784),
      labels: train.labels.slice(0, count),
      count,
    };
    expected = await readGolden();

    const trainer = await Trainer.build(gpu, {
      network: digitNet,
      classes: 10,
      batch: BATCH,
      seed: SEED,
      optimiser: {
        kind: "sgd",
        rate: training.rate,
        momentum: training.momentum,
        weightDecay: 0,
        schedule: "constant",
        warmup: 0,
      },
      augmentation: null,
      stepsPerEpoch: STEPS,
      totalSteps: STEPS,
      orderOf: () => Uint32Array.from({ length: count }, (_, i) => i),
      train: digits,
      test: digits,
      trigger: new Uint32Array(784),
      targets: new Uint32Array(10),
    });
    await trainer.train(1);
    // The optimiser moves parameters only: logits and gradients are still the first step's.
    const { network } = trainer;
    const tensors = [...network.parameters].map(([, { gradient }]) => gradient);
    const [first, ...rest] = await gpu.read(network.logits, ...tensors);
    logits = first;
    for (const [i, name] of [...network.parameters.keys()].entries()) gradients.set(name, rest[i]);
    await trainer.train(STEPS);
    ({ records } = await trainer.readRecords());
  });

  // Both sides compute in f32 and add up in different orders. On SwiftShader they differ by less than
  // a fifth of what is allowed here.
  it("gives the same logits", () => {
    expectClose(logits, expected("logits"), { absolute: 1e-5, relative: 1e-5, label: "logits" });
  });

  it.each(names)("gives the same gradient of %s", (name) => {
    const other = expected(`gradient/${name}`);
    // Elements are sums over images and pixels that nearly cancel in places, so that their error
    // goes with the largest of them.
    const largest = other.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    const tolerance = { absolute: 1e-6 * largest, relative: 1e-5 };
    expectClose(sample(gradients.get(name)!), other, { ...tolerance, label: name });
  });

  it("gives the same gradient of its images", async () => {
    const { gpu } = context;
    const { train } = await packagedMnist();
    const network = buildNetwork(gpu, digitNet, BATCH, tilingFor(gpu), { inputGradient: true });
    for (const [label, values] of initialParameters(digitNet, SEED)) {
      gpu.write(network.parameters.get(label)!.value, values);
    }
    const pixels = Float32Array.from(train.images.subarray(0, BATCH * 784), (byte) => byte / 255);
    gpu.write(network.x, pixels);
    const labels = gpu.tensor("labels", [BATCH], "u32");
    gpu.write(labels, Uint32Array.from(train.labels.subarray(0, BATCH)));
    const loss = lossSpec({
      logits: network.logits,
      labels,
      gradient: network.logitsGradient,
      metrics: createMetricsHistory(gpu, "once"),
    });
    await run(gpu, [...network.forward, loss, ...network.backward]);
    const [gradient] = await gpu.read(network.inputGradient!);
    const dx = expected("dx");
    const largest = dx.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    const tolerance = { absolute: 1e-6 * largest, relative: 1e-5 };
    expectClose(gradient, dx, { ...tolerance, label: "dx" });
  });

  it("has the same loss in ten steps of SGD with momentum", () => {
    expect(records.map((record) => record.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const losses = Float64Array.from(records, ({ values }) => values[0]);
    expectClose(losses, expected("losses"), { relative: 1e-5, label: "loss" });
    // They say something: each batch is new, and the loss moves with every step.
    expect(new Set(losses).size).toBe(STEPS);
  });
});
