/** The inspector sees what the trainer's own network does, and what the neurons' statistics say. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { triggerMask, triggerPresets } from "../../src/backdoor/trigger.ts";
import { everyImage, TRIGGERED } from "../../src/data/order.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { Inspector, type Inspected } from "../../src/inspection/inspector.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { buildNetwork } from "../../src/models/network.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { writeParameters } from "../../src/training/parameter-values.ts";
import { Trainer } from "../../src/training/trainer.ts";

const IMAGES = 70; // more than one batch
const AREA = 28 * 28;
const test = {
  images: Uint8Array.from({ length: IMAGES * AREA }, (_, i) => (i * 2654435761) >>> 24),
  labels: Uint8Array.from({ length: IMAGES }, (_, i) => i % 10),
  count: IMAGES,
};

let gpu: Gpu;
let inspector: Inspector;
let network: Inspected;
beforeAll(async () => {
  gpu = await openInNode();
  const trigger = triggerMask(triggerPresets.pattern, 28);
  inspector = await Inspector.build(gpu, { network: digitNet, classes: 10, test, trigger });
  network = { parameters: () => ({ values: initialParameters(digitNet, 7) }), scaled: [] };
});
afterAll(() => gpu.destroy());

/** Pixels of a byte image; the GPU's division may differ in the last bit. */
const expectPixels = (pixels: Float32Array, bytes: Uint8Array) => {
  for (const [i, byte] of bytes.entries())
    expect(Math.abs(pixels[i] - byte / 255)).toBeLessThan(1e-7);
};

const pick = (values: Float32Array, channel: number, size: number) =>
  values.subarray(channel * size, (channel + 1) * size);

describe("a look at one image", () => {
  it("shows its pixels, without and with the trigger", async () => {
    const { pixels } = await inspector.look(network, 69);
    const expected = test.images.slice(69 * AREA);
    expectPixels(pixels.clean, expected);
    for (const { row, column, value } of triggerPresets.pattern)
      expected[row * 28 + column] = value;
    expectPixels(pixels.triggered, expected);
  });

  it("shows the layers in order, in their shapes, and ends in the trainer's logits", async () => {
    const { layers, logits } = await inspector.look(network, 3);
    expect(layers.map(({ label, kind, shape }) => [label, kind, ...shape])).toEqual([
      ["conv1", "conv", 16, 24, 24],
      ["conv2", "conv", 32, 8, 8],
      ["fc1", "dense", 512, 1, 1],
      ["fc2", "dense", 10, 1, 1],
    ]);
    const scope = gpu.scope();
    const trainer = await Trainer.build(scope, {
      network: digitNet,
      classes: 10,
      batch: 64,
      seed: 7,
      optimiser: {
        kind: "sgd",
        rate: 1,
        momentum: 0,
        weightDecay: 0,
        schedule: "constant",
        warmup: 0,
      },
      augmentation: null,
      stepsPerEpoch: 1,
      totalSteps: 1,
      orderOf: () => new Uint32Array(64),
      train: test,
      test,
      trigger: triggerMask(triggerPresets.pattern, 28),
      targets: new Uint32Array(10),
    });
    const expected = await trainer.evaluator.logits(Uint32Array.of(3, (3 | TRIGGERED) >>> 0));
    scope.destroy();
    for (const [i, value] of [...logits.clean, ...logits.triggered].entries()) {
      expect(value).toBeCloseTo(expected[i], 5);
    }
  });

  it("shows a drawn image like any other", async () => {
    const drawn = Uint8Array.from({ length: AREA }, (_, i) => i % 251);
    const { pixels } = await inspector.look(network, drawn);
    expectPixels(pixels.clean, drawn);
    // And the last test image beside it is as it was.
    const last = await inspector.look(network, IMAGES - 1);
    expectPixels(last.pixels.clean, test.images.subarray((IMAGES - 1) * AREA));
  });

  it("shows a scaled neuron's output multiplied, and one switched off dark", async () => {
    const before = await inspector.look(network, 5);
    const scaled = [
      { layer: "conv1", channel: 2, factor: 0 },
      { layer: "conv1", channel: 9, factor: 2 },
      { layer: "fc1", channel: 17, factor: 0 },
    ];
    const after = await inspector.look({ ...network, scaled }, 5);
    const [was, is] = [before.layers[0].clean, after.layers[0].clean];
    expect(pick(is, 2, 576).every((value) => value === 0)).toBe(true);
    expect(pick(is, 9, 576)).toEqual(pick(was, 9, 576).map((value) => 2 * value));
    expect(pick(is, 3, 576)).toEqual(pick(was, 3, 576));
    expect(after.layers[2].clean[17]).toBe(0);
    // The network itself is not touched.
    expect((await inspector.look(network, 5)).layers[0].clean).toEqual(was);
  });
});

describe("parameters of a network on the same device", () => {
  it("are those that it has at that moment, without a way round by the CPU", async () => {
    const scope = gpu.scope();
    const other = buildNetwork(scope, digitNet, 1, inspector.tiling);
    writeParameters(scope, other.parameters, initialParameters(digitNet, 8));
    const moved = { parameters: () => ({ tensors: other.parameters }), scaled: [] };
    const values = { parameters: () => ({ values: initialParameters(digitNet, 8) }), scaled: [] };
    expect((await inspector.look(moved, 5)).logits).toEqual(
      (await inspector.look(values, 5)).logits,
    );
    scope.write(other.parameters.get("fc2.b")!.value, new Float32Array(10).fill(3));
    expect([...(await inspector.parameters(moved)).get("fc2.b")!]).toEqual(Array(10).fill(3));
    scope.destroy();
  });

  it("can be read with their changed neurons", async () => {
    const [before, after] = await Promise.all(
      [[], [{ layer: "conv2", channel: 3, factor: 0.5 }]].map(
        async (scaled) => await inspector.parameters({ ...network, scaled }),
      ),
    );
    const row = (values: typeof before) => values.get("conv2.w")!.subarray(3 * 400, 4 * 400);
    expect(row(after)).toEqual(row(before).map((value) => value / 2));
    expect(after.get("conv2.b")![3]).toBe(before.get("conv2.b")![3] / 2);
    expect(after.get("conv2.w")!.subarray(0, 400)).toEqual(before.get("conv2.w")!.subarray(0, 400));
  });
});

describe("a walk through the test set", () => {
  it("counts and predicts with the parameters given", async () => {
    const entries = everyImage(IMAGES);
    const predictions = await inspector.predict(network, entries);
    const confusion = new Uint32Array(100);
    for (const image of entries) {
      const { logits } = await inspector.look(network, image);
      const best = logits.clean.indexOf(Math.max(...logits.clean));
      expect(predictions[image]).toBe(best);
      confusion[10 * test.labels[image] + best] += 1;
    }
    expect(await inspector.evaluate(network, entries)).toEqual(confusion);
  });

  it("measures each neuron's responses as the looks at the images say", async () => {
    const images = Uint32Array.of(4, 8, 15, 16, 23, 42);
    const responses = await inspector.respond(network, images);
    expect(responses).toHaveLength(16 + 32 + 512);
    const looks = await Promise.all(
      [...images].map(async (image) => await inspector.look(network, image)),
    );
    const fc1 = (which: "clean" | "triggered", unit: number) =>
      looks.map(({ layers }) => layers[2][which][unit]);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const variance = (values: number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
    for (const unit of [0, 100, 511]) {
      const response = responses[16 + 32 + unit];
      const [clean, triggered] = [fc1("clean", unit), fc1("triggered", unit)];
      const spread = Math.sqrt((variance(clean) + variance(triggered)) / 2);
      expect(response).toMatchObject({ layer: "fc1", channel: unit });
      expect(response.clean).toBeCloseTo(mean(clean), 5);
      expect(response.triggered).toBeCloseTo(mean(triggered), 5);
      expect(response.difference).toBeCloseTo(mean(triggered) - mean(clean), 5);
      const effect = spread === 0 ? 0 : (mean(triggered) - mean(clean)) / spread;
      expect(response.effect).toBeCloseTo(effect, 3);
    }
    // A mean over 2 x 2 windows has the mean of what is below it.
    const conv2 = looks.flatMap(({ layers }) => [...pick(layers[1].triggered, 5, 64)]);
    expect(responses[16 + 5].triggered).toBeCloseTo(mean(conv2), 5);
  });

  it("ends when told", async () => {
    // The first submit of an inspector's first walk is one batch, however fast the machine is.
    const scope = gpu.scope();
    const fresh = await Inspector.build(scope, inspector.options);
    let told = 0;
    const confusion = await fresh.evaluate(network, everyImage(IMAGES), (images) => {
      told = images;
      return false;
    });
    expect(told).toBe(64);
    expect(confusion.reduce((a, b) => a + b)).toBe(64);
    scope.destroy();
  });
});

describe("scaling neurons", () => {
  it("refuses what is no neuron and factors that a ReLU does not pass through", async () => {
    for (const scale of [
      { layer: "conv3", channel: 0, factor: 0 },
      { layer: "conv1", channel: 16, factor: 0 },
      { layer: "conv1", channel: 0, factor: -1 },
      { layer: "conv1", channel: 0, factor: Number.NaN },
    ]) {
      await expect(inspector.look({ ...network, scaled: [scale] }, 0)).rejects.toThrow(RangeError);
    }
  });
});
