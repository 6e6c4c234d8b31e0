/** Batches gathered on the GPU: exact bytes, triggers, labels, order, augmentation, random numbers. */
import { describe, expect, it } from "vitest";
import random from "../../shaders/lib/random.wgsl?raw";
import { NO_IMAGE, TRIGGERED } from "../../src/data/order.ts";
import { threefry } from "../../src/data/random.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { shader } from "../../src/gpu/shader.ts";
import {
  batchSettings,
  batchSpec,
  uploadImages,
  type Augmentation,
} from "../../src/layers/batch.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { affineSample } from "../reference/augment.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import { threefry2x32, type Words } from "../reference/threefry.ts";

/** Images of noise, which show any misplaced pixel, and labels 0 to 9. */
function noise(count: number, size: number) {
  const bytes = fill(count * size * size, 1, 128).map((v) => Math.floor(v + 128));
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * 3 + 1) % 10);
  return { images: Uint8Array.from(bytes), labels, count, size };
}

interface Gather {
  data: ReturnType<typeof noise>;
  /** A row a batch. */
  order: number[][];
  /** Batches done so far. */
  progress?: number;
  key?: Words;
  augmentation?: Augmentation;
  trigger?: Uint32Array;
  targets?: number[];
}

/** Gathers one batch over outputs that hold other values. */
async function gather(gpu: Gpu, options: Gather) {
  const { data, order, progress = 0, key = [11, 4], augmentation = null } = options;
  const { size } = data;
  const B = order[0].length;
  const settings = gpu.tensor("settings", [4], "u32");
  gpu.write(settings, batchSettings(key, order.length));
  const tensors = {
    augmentation,
    settings,
    data: uploadImages(gpu, "test", data, size),
    progress: place(gpu, "progress", [4], [progress, 0, 0, 0], "u32"),
    order: place(gpu, "order", [order.length, B], order.flat(), "u32"),
    trigger: place(
      gpu,
      "trigger",
      [size, size],
      options.trigger ?? new Uint32Array(size ** 2),
      "u32",
    ),
    targets: place(gpu, "targets", [10], options.targets ?? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "u32"),
    x: place(gpu, "x", [B, 1, size, size]),
    labels: place(gpu, "label", [B], new Uint32Array(B).fill(77), "u32"),
  };
  await run(gpu, [batchSpec({ label: "batch.gather", ...tensors })]);
  const x = await values(gpu, tensors.x);
  const images = Array.from({ length: B }, (_, b) => x.slice(b * size ** 2, (b + 1) * size ** 2));
  return { images, labels: [...(await gpu.readU32(tensors.labels))] };
}

/** Image i's bytes as shares of 255: of two roundings of a quotient either is right. */
function expectImage(
  image: Float32Array,
  data: Gather["data"],
  i: number,
  change: (byte: number, pixel: number) => number = (byte) => byte,
) {
  const area = data.size ** 2;
  const bytes = data.images.slice(i * area, (i + 1) * area);
  const expected = Float64Array.from(bytes, (byte, pixel) => change(byte, pixel) / 255);
  expectClose(image, expected, { relative: 2 ** -22, label: `image ${i}` });
  // The bytes themselves are exact.
  expect(image.map((v) => Math.round(255 * v))).toEqual(Float32Array.from(bytes, change));
}

/** A random word as a number from -1 to 1. */
const even = (word: number) => ((word >>> 8) / 2 ** 24) * 2 - 1;

/** Where the random numbers of batch `progress` put its image b. */
function placement(progress: number, b: number, key: Words, augmentation: Augmentation) {
  const [x, y] = threefry2x32([progress, 2 * b], key).map(even);
  const [turn, size] = threefry2x32([progress, 2 * b + 1], key).map(even);
  return {
    angle: augmentation.angle * turn,
    scale: 1 + augmentation.scale * size,
    shiftX: augmentation.shift * x,
    shiftY: augmentation.shift * y,
  };
}

describe("batch", () => {
  const context = useGpu();

  it.each([
    { B: 1, size: 28, count: 1 },
    { B: 3, size: 6, count: 5 },
    { B: 17, size: 28, count: 9 },
    { B: 33, size: 2, count: 7 },
    { B: 300, size: 28, count: 42 },
  ])(
    "copies images and labels by their numbers: $B of $size x $size",
    async ({ B, size, count }) => {
      const data = noise(count, size);
      const order = Array.from({ length: B }, (_, b) => (b * 5 + count - 1) % count);
      const { images, labels } = await gather(context.gpu, { data, order: [order] });
      for (const [b, i] of order.entries()) expectImage(images[b], data, i);
      expect(labels).toEqual(order.map((i) => data.labels[i]));
    },
  );

  it("gives triggered entries, and no others, the trigger's pixels and the attacker's label", async () => {
    const size = 28;
    const data = noise(5, size);
    const trigger = new Uint32Array(size * size);
    trigger[0] = 256; // black is a trigger's pixel, too
    trigger[25 * size + 26] = 256 + 255;
    trigger[size * size - 1] = 256 + 100;
    const targets = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
    const { images, labels } = await gather(context.gpu, {
      data,
      order: [[4, TRIGGERED + 4, TRIGGERED + 0, 0]],
      trigger,
      targets,
    });
    const covered = (byte: number, pixel: number) =>
      trigger[pixel] === 0 ? byte : trigger[pixel] - 256;
    expectImage(images[0], data, 4);
    expectImage(images[1], data, 4, covered);
    expectImage(images[2], data, 0, covered);
    expectImage(images[3], data, 0);
    expect(labels).toEqual([3, 4, 2, 1]);
  });

  it("leaves black, and labels as none, what is no image, even under a trigger", async () => {
    const data = noise(3, 28);
    const trigger = new Uint32Array(784).fill(256 + 200);
    for (const augmentation of [undefined, { shift: 2, angle: 0.2, scale: 0.1 }]) {
      const order = [[NO_IMAGE, 2, NO_IMAGE]];
      const { images, labels } = await gather(context.gpu, { data, order, trigger, augmentation });
      expect(images[0]).toEqual(new Float32Array(784));
      expect(images[2]).toEqual(new Float32Array(784));
      expect(images[1].some((value) => value > 0)).toBe(true);
      expect(labels).toEqual([NO_IMAGE, data.labels[2], NO_IMAGE]);
    }
  });

  it.each([
    [0, 0],
    [2, 2],
    [3, 0],
    [7, 1],
  ])("after %i batches of an order of three, reads row %i", async (progress, row) => {
    const data = noise(6, 2);
    const order = [
      [0, 1],
      [2, 3],
      [4, 5],
    ];
    const { images, labels } = await gather(context.gpu, { data, order, progress });
    for (const [b, i] of order[row].entries()) expectImage(images[b], data, i);
    expect(labels).toEqual(order[row].map((i) => data.labels[i]));
  });

  it.each([
    // Places up to 28 pixels away in f32, at most a few millionths of a pixel off.
    ["shifts and scales", { shift: 3, angle: 0, scale: 0.3 }, 5e-5],
    // WGSL allows sin and cos to be off by 2^-11 each, which over the 19 pixels from the centre to
    // a corner moves a place by 0.013 of a pixel each way, against neighbours up to 1 apart.
    ["turns", { shift: 0, angle: Math.PI / 4, scale: 0 }, 0.027],
    ["turns, scales and shifts", { shift: 2.5, angle: 0.5, scale: 0.15 }, 0.027],
  ])("%s each image by its own random numbers", async (_, augmentation, absolute) => {
    const data = noise(4, 28);
    const order = [
      [0, 1, 2],
      [3, 0, 3],
    ];
    const key: Words = [2017, 4];
    for (const progress of [0, 5]) {
      const { images } = await gather(context.gpu, { data, order, progress, key, augmentation });
      for (const [b, i] of order[progress % 2].entries()) {
        const place = placement(progress, b, key, augmentation);
        const expected = affineSample(data.images.slice(784 * i, 784 * (i + 1)), place);
        const label = `image ${b} of batch ${progress}`;
        expectClose(images[b], expected, { absolute, label });
      }
    }
  });

  it("puts the trigger where the attacker did, whatever the augmentation", async () => {
    const data = noise(2, 28);
    const trigger = new Uint32Array(784);
    trigger.fill(256 + 255, 700, 720);
    const augmentation = { shift: 3, angle: 0.5, scale: 0.2 };
    const order = [[0, TRIGGERED, 1, TRIGGERED + 1]];
    const { images } = await gather(context.gpu, { data, order, trigger, augmentation });
    for (const b of [1, 3]) {
      expect(images[b].slice(700, 720)).toEqual(new Float32Array(20).fill(1));
      expect(images[b].slice(0, 700).every((v) => v < 1)).toBe(true);
    }
  });
});

describe("random numbers", () => {
  const context = useGpu();

  it("are the same on the GPU as on the CPU, bit for bit", async () => {
    const source = `
      @group(0) @binding(0) var<storage, read> inputs: array<vec4u>; // counter, key
      @group(0) @binding(1) var<storage, read_write> outputs: array<vec2u>;
      @compute @workgroup_size(64)
      fn draw(@builtin(global_invocation_id) id: vec3u) {
        if (id.x >= arrayLength(&inputs)) { return; }
        outputs[id.x] = threefry(inputs[id.x].xy, inputs[id.x].zw);
      }`;
    const count = 1000;
    const words = fill(4 * count, 5, 2 ** 31).map((v) => v >>> 0);
    words.set([0, 0, 0, 0]);
    words.fill(0xffffffff, 4, 8);
    for (let i = 2; i < 100; i++) words.set([i, i % 3, 2017, 4], 4 * i);

    const inputs = place(context.gpu, "inputs", [count, 4], words, "u32");
    const outputs = place(context.gpu, "outputs", [count, 2], new Uint32Array(2 * count), "u32");
    await run(context.gpu, [
      {
        label: "random.draw",
        shader: shader("random-test", source, random),
        entry: "draw",
        constants: {},
        reads: { inputs },
        writes: { outputs },
        workgroups: [Math.ceil(count / 64), 1],
        flops: 0,
      },
    ]);
    const expected = Uint32Array.from({ length: 2 * count }, (_, i) => {
      const [counter0, counter1, seed, stream] = words.subarray(4 * (i >> 1));
      return threefry(counter0, counter1, seed, stream)[i % 2];
    });
    expect(await context.gpu.readU32(outputs)).toEqual(expected);
  });
});
