/** Every kernel compiles and binds through its layer on a device that checks all and computes nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/gpu/pipelines.ts";
import type { DispatchSpec } from "../../src/gpu/dispatch.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { shader } from "../../src/gpu/shader.ts";
import { activation } from "../../src/layers/activation.ts";
import { batchSpec, uploadImages } from "../../src/layers/batch.ts";
import { conv2dLayer } from "../../src/layers/conv2d.ts";
import { denseLayer } from "../../src/layers/dense.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { createMetricsHistory, lossSpec } from "../../src/layers/loss.ts";
import { recordSpec, DETECTOR_RING } from "../../src/layers/detector-loss.ts";
import { createOptimiser } from "../../src/layers/optimiser.ts";
import { arithmeticForms, arithmeticProbe, copyProbe } from "../../src/gpu/ceilings.ts";
import { sceneSpecs, uploadSigns } from "../../src/layers/scene.ts";
import { scaleSpec } from "../../src/layers/scale.ts";
import { statisticsSpec } from "../../src/layers/statistics.ts";
import type { Tiling } from "../../src/layers/tiling.ts";
import { buildDetector } from "../../src/models/detector.ts";
import { compactPreset } from "../../src/models/detector-presets.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { Trainer } from "../../src/training/trainer.ts";

const sources = import.meta.glob<string>("../../shaders/*.wgsl", {
  query: "?raw",
  import: "default",
  eager: true,
});
const library = import.meta.glob<string>("../../shaders/lib/*.wgsl", {
  query: "?raw",
  import: "default",
  eager: true,
});

const entriesOf = (code: string) =>
  [...code.matchAll(/@compute[^{]*?fn\s+(\w+)/g)].map(([, entry]) => entry);

const stem = (path: string) => path.split("/").at(-1)!.replace(".wgsl", "");

function parameters(gpu: Gpu, w: number[], b: number[]) {
  const tensor = (shape: number[]) => gpu.tensor("parameter", shape);
  return { w: tensor(w), b: tensor(b), dw: tensor(w), db: tensor(b) };
}

/** A layer's passes over a layer that pools and one that does not. */
function inEveryForm(layer: (pool: 1 | 2) => Layer): DispatchSpec[] {
  return ([1, 2] as const).flatMap((pool) => {
    const { forward, backward } = layer(pool);
    return [...forward, ...backward];
  });
}

const convolution = (tiling: Tiling) => (gpu: Gpu) =>
  inEveryForm((pool) => {
    const input = activation(gpu, "below", [3, 2, 10, 10], { relu: true, pool });
    return conv2dLayer(gpu, {
      label: "conv",
      input,
      filters: 5,
      kernel: 2,
      pad: pool - 1,
      pool,
      relu: pool === 2,
      tiling,
      parameters: parameters(gpu, [5, 2, 2, 2], [5]),
    });
  });

const dense = (tiling: Tiling) => (gpu: Gpu) =>
  inEveryForm((pool) => {
    const input = activation(gpu, "below", [3, 2, 4, 4], { relu: pool === 2, pool });
    return denseLayer(gpu, {
      label: "fc",
      input,
      outputs: 7,
      relu: true,
      tiling,
      parameters: parameters(gpu, [7, 32 / pool ** 2], [7]),
    });
  });

/** Layers in every form that binds or compiles differently, smallest first. A new shader joins here. */
const cases: Record<string, (gpu: Gpu) => DispatchSpec[] | Promise<DispatchSpec[]>> = {
  conv2d: convolution("workgroup"),
  "conv2d-quad": convolution("registers"),
  dense: dense("workgroup"),
  "dense-quad": dense("registers"),
  "softmax-cross-entropy": (gpu) => [
    lossSpec({
      logits: gpu.tensor("z", [3, 5]),
      labels: gpu.tensor("label", [3], "u32"),
      gradient: gpu.tensor("dz", [3, 5]),
      metrics: createMetricsHistory(gpu, "train"),
    }),
  ],
  sgd: (gpu) => [optimiser(gpu, "sgd")],
  adam: (gpu) => [optimiser(gpu, "adam")],
  batch: (gpu) => {
    const words = (label: string, length: number) => gpu.tensor(label, [length], "u32");
    const set = { images: new Uint8Array(3 * 784), labels: new Uint8Array(3), count: 3 };
    return [
      batchSpec({
        label: "batch.gather",
        data: uploadImages(gpu, "data", set, 28),
        augmentation: { shift: 2, angle: 0.2, scale: 0.1 },
        settings: words("settings", 4),
        progress: words("progress", 4),
        order: words("order", 5),
        trigger: words("trigger", 784),
        targets: words("targets", 10),
        x: gpu.tensor("x", [5, 1, 28, 28]),
        labels: words("label", 5),
      }),
    ];
  },
  ceilings: (gpu) => [
    ...arithmeticForms.map((form) => arithmeticProbe(gpu, form).spec),
    copyProbe(gpu, 8).spec,
  ],
  scale: (gpu) => [
    scaleSpec({
      label: "fc.w",
      values: gpu.tensor("w", [3, 5]),
      factors: gpu.tensor("factors", [3]),
    }),
  ],
  statistics: (gpu) => [
    statisticsSpec({
      label: "conv",
      values: gpu.tensor("values", [3, 2, 7, 5]),
      labels: gpu.tensor("label", [3], "u32"),
      summary: gpu.tensor("summary", [2, 6]),
    }),
  ],
  ...Object.fromEntries(
    [
      "anchors",
      "detections",
      "detector-loss",
      "dropout",
      "max-pool",
      "nms",
      "normalise",
      "regions",
      "roi-pool",
      "scene-draw",
      "scene-layout",
      "select",
    ].map((name) => [
      name,
      async (gpu: Gpu) => (await smallDetector(gpu)).filter((d) => d.shader.name === name),
    ]),
  ),
  evaluate: async (gpu) => {
    const images = { images: new Uint8Array(16), labels: new Uint8Array(1), count: 1 };
    const trainer = await Trainer.build(gpu, {
      network: { input: [1, 4, 4], layers: [{ kind: "dense", label: "fc", outputs: 2 }] },
      classes: 2,
      batch: 3,
      seed: 1,
      optimiser: {
        kind: "sgd",
        rate: 0.1,
        momentum: 0,
        weightDecay: 0,
        schedule: "constant",
        warmup: 0,
      },
      augmentation: null,
      stepsPerEpoch: 1,
      totalSteps: 1,
      orderOf: () => new Uint32Array(3),
      train: images,
      test: images,
      trigger: new Uint32Array(16),
      targets: new Uint32Array(2),
    });
    return trainer.evaluator.step.filter((dispatch) => dispatch.shader.name === "evaluate");
  },
};

/** The whole detector. The paper's is larger than this backend's memory: see test/models/paper-detector.test.ts. */
let detector: Promise<DispatchSpec[]> | undefined;
function smallDetector(gpu: Gpu): Promise<DispatchSpec[]> {
  return (detector ??= buildSmallDetector(gpu));
}

async function buildSmallDetector(gpu: Gpu): Promise<DispatchSpec[]> {
  const key = gpu.tensor("key", [4], "u32");
  const progress = gpu.tensor("progress", [4], "u32");
  // With all kinds of layers that a preset may have.
  const preset = { ...compactPreset, dropout: 0.1 };
  const tensors = { key, progress, preset, classes: 4 };
  const built = buildDetector(gpu, { ...tensors, tiling: "workgroup" });
  const atlas = await signArtwork();
  const order = gpu.tensor("order", [1, 2], "u32");
  const settings = gpu.tensor("settings", [12], "u32");
  const photos = {
    pixels: gpu.tensor("pixels", [1], "u32"),
    annotations: gpu.tensor("annotations", [1, 33, 4]),
    width: 1,
    height: 1,
    count: 0,
  };
  const { x, boxes, labels } = built;
  const pictures = { signs: uploadSigns(gpu, atlas, "us"), photos, settings, progress, order };
  return [
    ...sceneSpecs(gpu, { label: "scene", ...pictures, x, boxes, labels }),
    ...built.forward,
    recordSpec(built.losses, gpu.tensor("history", [DETECTOR_RING, 4]), progress),
    ...built.backward,
    ...built.detect,
  ];
}

function optimiser(gpu: Gpu, kind: "sgd" | "adam"): DispatchSpec {
  return createOptimiser(gpu, kind, {
    values: gpu.tensor("w", [100]),
    gradients: gpu.tensor("dw", [100]),
    progress: gpu.tensor("progress", [4], "u32"),
  }).spec;
}

let gpu: Gpu;
beforeAll(async () => {
  // As little as any adapter grants.
  gpu = await openInNode("null", { defaultLimits: true });
});
afterAll(() => gpu.destroy());

/** Compiles, binds and submits; gives WebGPU's complaint, or null where there is none. */
async function complaint(specs: readonly DispatchSpec[]): Promise<string | null> {
  gpu.device.pushErrorScope("validation");
  try {
    gpu.submit(await compile(gpu, specs));
  } catch (error) {
    await gpu.device.popErrorScope();
    throw error;
  }
  return (await gpu.device.popErrorScope())?.message ?? null;
}

describe("shaders", () => {
  it.each(Object.keys(sources).map(stem))(
    "%s: every entry point compiles, and its layer binds what the text names",
    async (name) => {
      const build = cases[name];
      if (!build) throw new Error(`shaders/${name}.wgsl is covered by no case of this test`);
      const specs = await build(gpu);
      expect(await complaint(specs)).toBeNull();
      const file = sources[`../../shaders/${name}.wgsl`];
      for (const spec of specs) {
        expect(spec.shader.name).toBe(name);
        expect(spec.shader.code.startsWith(file)).toBe(true);
      }
      const covered = new Set(specs.map((spec) => spec.entry));
      expect(covered).toEqual(new Set(entriesOf(file)));

      // What the host reads from the text is all there is; one kernel's file may stand behind another's.
      const { bindings, entryPoints, code } = specs[0].shader;
      expect([...entryPoints.keys()]).toEqual(entriesOf(code));
      for (const { workgroupSize } of entryPoints.values())
        expect(workgroupSize).toBeGreaterThan(0);
      const numbers = [...code.matchAll(/@binding\((\d+)\)/g)].map(([, number]) => Number(number));
      expect([...bindings.values()].map((binding) => binding.index)).toEqual(numbers);
    },
  );

  it("are all the cases there are", () => {
    expect(Object.keys(sources).map(stem).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  it.each(Object.entries(library))("%s belongs to a kernel", async (_, text) => {
    const codes: string[] = [];
    for (const build of Object.values(cases)) codes.push((await build(gpu))[0].shader.code);
    expect(codes.filter((code) => code.includes(text))).not.toEqual([]);
  });
});

describe("compile", () => {
  const source = `
    override N: u32;
    const SIZE = 32u;
    @group(0) @binding(3) var<uniform> settings: vec4u;
    @group(0) @binding(7) var<storage, read> x: array<f32>; // [N]
    @group(0) @binding(9) var<storage, read_write> y: array<f32>; // [N]
    @compute @workgroup_size(SIZE)
    fn copy(@builtin(global_invocation_id) id: vec3u) {
      if (id.x < N) { y[id.x] = x[id.x] + f32(settings.x); }
    }`;
  const copy = (): DispatchSpec => ({
    label: "copy.forward",
    shader: shader("copy", source),
    entry: "copy",
    constants: { N: 5 },
    reads: { x: gpu.tensor("x", [5]), settings: gpu.tensor("settings", [4], "u32") },
    writes: { y: gpu.tensor("y", [5]) },
    workgroups: [1, 1],
    flops: 5,
  });

  it("reads binding numbers, kinds and workgroup sizes from the shader", async () => {
    const { bindings, entryPoints } = shader("copy", source);
    expect(Object.fromEntries(bindings)).toEqual({
      settings: { index: 3, kind: "uniform" },
      x: { index: 7, kind: "read" },
      y: { index: 9, kind: "read_write" },
    });
    expect(Object.fromEntries(entryPoints)).toEqual({ copy: { workgroupSize: 32 } });
    expect(await complaint([copy()])).toBeNull();
  });

  it("counts the bytes of each tensor once", async () => {
    const [dispatch] = await compile(gpu, [copy()]);
    expect(dispatch.bytes).toBe(4 * (5 + 4 + 5));
  });

  it("names the dispatch and the shader where a binding does not exist", async () => {
    const spec = copy();
    const wrong = { ...spec, reads: { ...spec.reads, z: spec.reads.x } };
    await expect(compile(gpu, [wrong])).rejects.toThrow(
      "copy.forward: shader copy has no binding z",
    );
  });

  it("refuses to write what the shader only reads, and the reverse", async () => {
    const spec = copy();
    const both = { ...spec.reads, ...spec.writes };
    await expect(compile(gpu, [{ ...spec, reads: {}, writes: both }])).rejects.toThrow(
      /copy\.forward: (x|settings) is (read|uniform) in shader copy/,
    );
    await expect(compile(gpu, [{ ...spec, reads: both, writes: {} }])).rejects.toThrow(
      "copy.forward: y is read_write in shader copy",
    );
  });

  it("is refused a missing binding and a missing constant", async () => {
    const spec = copy();
    const { settings } = spec.reads;
    expect(await complaint([{ ...spec, reads: { settings } }])).toMatch(/bind/i);
    await expect(complaint([{ ...spec, constants: {} }])).rejects.toThrow(/\bN\b/);
  });

  it("says in which line of which shader a mistake is", async () => {
    const wrong = { ...copy(), shader: shader("copy", source.replace("vec3u", "vec3x")) };
    await expect(complaint([wrong])).rejects.toThrow(
      /^copy\.forward: copy does not compile:\n {2}copy\.wgsl:8: .*vec3x/,
    );
  });

  it("refuses more workgroups than the device allows, as the user's error", async () => {
    await expect(compile(gpu, [{ ...copy(), workgroups: [1, 65_536] }])).rejects.toThrow(
      expect.objectContaining({
        name: "UserError",
        message: expect.stringMatching(/^copy\.forward needs 1 x 65536 workgroups.*65535/),
      }),
    );
  });
});
