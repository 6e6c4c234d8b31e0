/** Every kernel compiles and binds through its layer on a device that checks all and computes nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DispatchSpec } from "../../src/gpu/dispatch.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { activation } from "../../src/layers/activation.ts";
import { averagePoolLayer } from "../../src/layers/average-pool.ts";
import { batchSpec, uploadImages } from "../../src/layers/batch.ts";
import { conv2dLayer } from "../../src/layers/conv2d.ts";
import { denseLayer } from "../../src/layers/dense.ts";
import { evaluateSpec } from "../../src/layers/evaluate.ts";
import { featurePullSpecs } from "../../src/layers/feature-pull.ts";
import { imageGradientSpecs } from "../../src/layers/image-gradient.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { createMetricsHistory, lossSpec } from "../../src/layers/loss.ts";
import { recordSpec, DETECTOR_RING } from "../../src/layers/detector-loss.ts";
import { createOptimiser } from "../../src/layers/optimiser.ts";
import { arithmeticForms, arithmeticProbe, copyProbe } from "../../src/gpu/ceilings.ts";
import { sceneSpecs, SETTINGS_WORDS, uploadSigns } from "../../src/layers/scene.ts";
import { scaleSpec } from "../../src/layers/scale.ts";
import { statisticsSpec } from "../../src/layers/statistics.ts";
import { perturbationSpecs } from "../../src/layers/perturbation.ts";
import { triggerBlendSpecs } from "../../src/layers/trigger-blend.ts";
import { triggerLossSpec } from "../../src/layers/trigger-loss.ts";
import { SCHEDULE_STATE, triggerScheduleSpec } from "../../src/layers/trigger-schedule.ts";
import type { Tiling } from "../../src/layers/tiling.ts";
import { buildDetector } from "../../src/models/detector.ts";
import { compactPreset } from "../../src/models/detector-presets.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { complaint } from "../gpu.ts";

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
  "average-pool": (gpu) => {
    const input = activation(gpu, "below", [3, 2, 5, 4], { relu: true, pool: 1 });
    const options = { label: "pool", input, kernel: 3, stride: 2, pad: 1, counted: 1 };
    const { forward, backward } = averagePoolLayer(gpu, options);
    return [...forward, ...backward];
  },
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
  perturbation: (gpu) => {
    const images = (label: string) => gpu.tensor(label, [6, 1, 5, 3]);
    const { forward, backward, project } = perturbationSpecs({
      delta: gpu.tensor("delta", [2, 1, 5, 3]),
      gradient: gpu.tensor("ddelta", [2, 1, 5, 3]),
      clean: images("x"),
      worn: images("worn"),
      wornGradient: images("dworn"),
      radius: 3,
    });
    return [forward, backward, project];
  },
  "trigger-blend": (gpu) => {
    const images = (label: string) => gpu.tensor(label, [6, 2, 5, 3]);
    const triggers = (label: string) => gpu.tensor(label, [2, 3, 5, 3]);
    const { forward, backward } = triggerBlendSpecs({
      free: triggers("free"),
      shaped: triggers("shaped"),
      gradient: triggers("dfree"),
      clean: images("x"),
      worn: images("worn"),
      wornGradient: images("dworn"),
      schedule: gpu.tensor("state", [2, SCHEDULE_STATE]),
    });
    return [...forward, backward];
  },
  "trigger-loss": (gpu) =>
    (["aim", "astray", "margin"] as const).map((wish) =>
      triggerLossSpec({
        wish,
        logits: gpu.tensor("z", [6, 5]),
        labels: gpu.tensor("label", [6], "u32"),
        gradient: gpu.tensor("dz", [6, 5]),
        tally: gpu.tensor("tally", [2, 2]),
        progress: gpu.tensor("progress", [4], "u32"),
      }),
    ),
  "feature-pull": (gpu) => [
    ...featurePullSpecs(gpu, {
      weight: 0.5,
      classes: 3,
      features: gpu.tensor("h", [6, 5]),
      gradient: gpu.tensor("dh", [6, 5]),
      labels: gpu.tensor("label", [6], "u32"),
      order: gpu.tensor("order", [2, 6], "u32"),
      settings: gpu.tensor("settings", [4], "u32"),
      progress: gpu.tensor("progress", [4], "u32"),
    }).specs,
  ],
  unblock: (gpu) =>
    imageGradientSpecs(gpu, {
      weights: new Float32Array(18),
      kernel: 3,
      pad: 1,
      dy: gpu.tensor("dy", [3, 2, 8, 4]),
      dx: gpu.tensor("dx", [3, 1, 8, 4]),
      tiling: "workgroup",
    }).slice(-1),
  "trigger-schedule": (gpu) => [
    triggerScheduleSpec({
      settings: { every: 1, reached: 0.99, patience: 3, firstCost: 1e-3, up: 2, down: 3 },
      tally: gpu.tensor("tally", [2, 2]),
      shaped: gpu.tensor("shaped", [2, 3, 5, 3]),
      state: gpu.tensor("state", [2, SCHEDULE_STATE]),
      best: gpu.tensor("best", [2, 3, 5, 3]),
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
  evaluate: (gpu) => [
    evaluateSpec({
      logits: gpu.tensor("z", [3, 5]),
      labels: gpu.tensor("label", [3], "u32"),
      confusion: gpu.tensor("confusion", [5, 5], "u32"),
      progress: gpu.tensor("progress", [4], "u32"),
      prediction: gpu.tensor("prediction", [2, 3], "u32"),
    }),
  ],
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
  const settings = gpu.tensor("settings", [SETTINGS_WORDS], "u32");
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
    ...sceneSpecs(gpu, { label: "scene", ...pictures, x, boxes, labels, stickers: true }),
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

describe("shaders", () => {
  it.each(Object.keys(sources).map(stem))(
    "%s: every entry point compiles, and its layer binds what the text names",
    async (name) => {
      const build = cases[name];
      if (!build) throw new Error(`shaders/${name}.wgsl is covered by no case of this test`);
      const specs = await build(gpu);
      expect(await complaint(gpu, specs)).toBeNull();
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
