/** The whole digit network against TensorFlow.js on its CPU backend, on real digits. */
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DigitSet } from "../../src/data/digits.ts";
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
import { expectClose } from "../reference/numeric.ts";

const SEED = 2017;
const BATCH = 7;
const STEPS = 10;
const RATE = 0.05;
const MOMENTUM = 0.9;

const shapes = {
  "conv1.w": [16, 1, 5, 5],
  "conv1.b": [16],
  "conv2.w": [32, 16, 5, 5],
  "conv2.b": [32],
  "fc1.w": [512, 512],
  "fc1.b": [512],
  "fc2.w": [10, 512],
  "fc2.b": [10],
} as const;
type Name = keyof typeof shapes;
const names = Object.keys(shapes) as Name[];

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

/** From our arrangement to TensorFlow.js's: filters [K, K, C, O], dense [in, out], in as H, W, C. */
function arrange(name: Name, values: Float32Array): tf.Tensor {
  const w = tf.tensor(values, [...shapes[name]]);
  if (w.rank === 1) return w;
  if (w.rank === 4) return tf.transpose(w, [2, 3, 1, 0]);
  if (name !== "fc1.w") return tf.transpose(w);
  const features = tf.transpose(tf.reshape(w, [512, 32, 4, 4]), [2, 3, 1, 0]);
  return tf.reshape(features, [512, 512]);
}

/** And back. */
function restore(name: Name, w: tf.Tensor): Float32Array {
  const back = () => {
    if (w.rank === 1) return w;
    if (w.rank === 4) return tf.transpose(w, [3, 2, 0, 1]);
    if (name !== "fc1.w") return tf.transpose(w);
    return tf.transpose(tf.reshape(w, [4, 4, 32, 512]), [3, 2, 0, 1]);
  };
  return tf.tidy(back).dataSync<"float32">();
}

/** Logits of images [B, 28, 28, 1], from plain operations, one a row of the paper's table. */
function forward(weights: Record<string, tf.Variable>, x: tf.Tensor4D): tf.Tensor2D {
  const convolve = (x: tf.Tensor4D, name: string) => {
    const y = tf.conv2d(x, weights[`${name}.w`] as tf.Tensor4D, 1, "valid");
    const active = tf.relu(tf.add<tf.Tensor4D>(y, weights[`${name}.b`]));
    return tf.avgPool(active, 2, 2, "valid");
  };
  const dense = (x: tf.Tensor2D, name: string) =>
    tf.add<tf.Tensor2D>(tf.matMul(x, weights[`${name}.w`]), weights[`${name}.b`]);
  const features = tf.reshape<tf.Rank.R2>(convolve(convolve(x, "conv1"), "conv2"), [-1, 512]);
  return dense(tf.relu(dense(features, "fc1")), "fc2");
}

/** The same ten steps in TensorFlow.js: what the first saw, and every step's loss. */
async function theirs(digits: DigitSet) {
  tf.enableProdMode(); // no advertisements
  await tf.setBackend("cpu");
  const initial = initialParameters(digitNet, SEED);
  const weights = Object.fromEntries(
    names.map((name) => [name, tf.variable(arrange(name, initial.get(name)!), true, name)]),
  );
  const optimiser = tf.train.momentum(RATE, MOMENTUM);
  const losses: number[] = [];
  let first:
    { logits: Float32Array; gradients: Map<Name, Float32Array>; dx: Float32Array } | undefined;
  for (let step = 0; step < STEPS; step++) {
    const pixels = digits.images.subarray(step * BATCH * 784, (step + 1) * BATCH * 784);
    const labels = digits.labels.subarray(step * BATCH, (step + 1) * BATCH);
    const x = tf.tensor4d(
      Float32Array.from(pixels, (byte) => byte / 255),
      [BATCH, 28, 28, 1],
    );
    const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), 10);
    const loss = (x: tf.Tensor4D): tf.Scalar =>
      tf.losses.softmaxCrossEntropy(y, forward(weights, x));
    const { value, grads } = tf.variableGrads(() => loss(x));
    losses.push(value.dataSync()[0]);
    first ??= {
      logits: forward(weights, x).dataSync<"float32">().slice(),
      gradients: new Map(names.map((name) => [name, restore(name, grads[name]).slice()])),
      dx: tf
        .grad((x) => loss(x as tf.Tensor4D))(x)
        .dataSync<"float32">()
        .slice(),
    };
    optimiser.applyGradients(names.map((name) => ({ name, tensor: grads[name] })));
  }
  return { ...first!, losses };
}

describe("the digit network", () => {
  const context = useGpu();
  let expected: Awaited<ReturnType<typeof theirs>>;
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
    expected = await theirs(digits);

    const trainer = await Trainer.build(gpu, {
      network: digitNet,
      classes: 10,
      batch: BATCH,
      seed: SEED,
      optimiser: {
        kind: "sgd",
        rate: RATE,
        momentum: MOMENTUM,
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
  afterAll(() => tf.disposeVariables());

  // Both sides compute in f32 and add up in different orders. On SwiftShader they differ by less than
  // a fifth of what is allowed here.
  it("gives the same logits", () => {
    expectClose(logits, expected.logits, { absolute: 1e-5, relative: 1e-5, label: "logits" });
  });

  it.each(names)("gives the same gradient of %s", (name) => {
    const other = expected.gradients.get(name)!;
    // Elements are sums over images and pixels that nearly cancel in places, so that their error
    // goes with the largest of them.
    const largest = other.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    const tolerance = { absolute: 1e-6 * largest, relative: 1e-5 };
    expectClose(gradients.get(name)!, other, { ...tolerance, label: name });
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
    const largest = expected.dx.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(1e-3);
    const tolerance = { absolute: 1e-6 * largest, relative: 1e-5 };
    expectClose(gradient, expected.dx, { ...tolerance, label: "dx" });
  });

  it("has the same loss in ten steps of SGD with momentum", () => {
    expect(records.map((record) => record.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const losses = Float64Array.from(records, ({ values }) => values[0]);
    expectClose(losses, expected.losses, { relative: 1e-5, label: "loss" });
    // They say something: each batch is new, and the loss moves with every step.
    expect(new Set(losses).size).toBe(STEPS);
  });
});
