/** A trainer's state is the same, whatever blocks an adapter's limits make its parameters lie in. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { createMetricsHistory } from "../../src/layers/loss.ts";
import { createOptimiser, optimiserParts } from "../../src/layers/optimiser.ts";
import { describeDetector, layOutParameters } from "../../src/models/detector-parameters.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { StepTrainer, type TrainerState } from "../../src/training/step-trainer.ts";
import { tiny } from "./tiny-detector.ts";

type Kind = keyof typeof optimiserParts;

const described = describeDetector({ ...tiny, hidden: [256] }, 4);

/** Parameters with their optimisers, and nothing to train them on. */
class Bare extends StepTrainer {
  readonly blocks: number;
  readonly dispatches = [];

  /** @param most bytes that may be bound in one piece */
  constructor(gpu: Gpu, kind: Kind, most: number) {
    const metrics = createMetricsHistory(gpu, "train");
    const { byLabel, blocks } = layOutParameters(gpu, described, most);
    super(gpu, {
      trainStep: [],
      tiling: "registers",
      parameters: byLabel,
      blocks: blocks.map(({ values, gradients }) => ({
        values,
        optimiser: createOptimiser(gpu, kind, { values, gradients, progress: metrics.state }),
      })),
      metrics,
      chunkSteps: 1,
    });
    this.blocks = blocks.length;
  }

  protected override uploadChunk(): void {}
}

/** A state in which every element is another. */
function stateOf(kind: Kind): TrainerState {
  let counter = 0;
  const values = (prefix: string) =>
    described.map(({ label, shape }): [string, Float32Array<ArrayBuffer>] => [
      prefix + label,
      Float32Array.from({ length: sizeOf(shape) }, () => ++counter),
    ]);
  const optimiser = new Map(optimiserParts[kind].flatMap((part) => values(`${part}/`)));
  return { step: 7, tiling: "registers", parameters: new Map(values("")), optimiser };
}

describe.each(["sgd", "adam"] as const)("the state of a trainer with %s", (kind) => {
  let device: Gpu;
  beforeAll(async () => {
    device = await openInNode();
  });
  afterAll(() => device.destroy());

  it.each([
    [2 ** 20, 1],
    [40_000, 4],
    [8_000, 9],
  ])(
    "is what was loaded into it, where %i bytes may be bound in one piece",
    async (most, count) => {
      const trainer = new Bare(device.scope(), kind, most);
      expect(trainer.blocks).toBe(count);
      const state = stateOf(kind);
      trainer.load(state);
      expect(trainer.step).toBe(7);
      expect(await trainer.snapshot()).toEqual(state);
      expect(await trainer.read("values")).toEqual(state.parameters);
      const gradients = await trainer.read("gradients");
      for (const { label, shape } of described)
        expect(gradients.get(label)).toEqual(new Float32Array(sizeOf(shape)));
      trainer.gpu.destroy();
    },
  );

  it("of the other optimiser is refused with what is missing and what to do", () => {
    const trainer = new Bare(device.scope(), kind, 40_000);
    const other = stateOf(kind === "sgd" ? "adam" : "sgd");
    const [part] = optimiserParts[kind];
    expect(() => trainer.load(other)).toThrow(UserError);
    expect(() => trainer.load(other)).toThrow(
      `${part}/conv1.w: no values, expected ${sizeOf(described[0].shape)})`,
    );
    trainer.gpu.destroy();
  });
});
