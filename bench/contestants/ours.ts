/** The digit network's training step as this project takes it. */
import { everyImage } from "../../src/data/order.ts";
import { compile } from "../../src/gpu/pipelines.ts";
import type { Dispatch } from "../../src/gpu/dispatch.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { denseLayer } from "../../src/layers/dense.ts";
import { tilingsOf } from "../../src/layers/tiling.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { Trainer } from "../../src/training/trainer.ts";
import type { Anatomy, Contestant } from "../contestant.ts";
import { OWN_NAME } from "../report.ts";

export const ours: Contestant[] = [
  {
    name: OWN_NAME,
    async open({ weights, images, labels, batch, rate, momentum }) {
      const count = labels.length;
      const set = { images, labels, count };
      const start = performance.now();
      const trainer = await Trainer.build(await Gpu.open(navigator.gpu), {
        network: digitNet,
        classes: 10,
        batch,
        seed: 0,
        optimiser: { kind: "sgd", rate, momentum, weightDecay: 0, schedule: "constant", warmup: 0 },
        augmentation: null,
        stepsPerEpoch: count / batch,
        totalSteps: Infinity,
        orderOf: () => everyImage(count),
        train: set,
        test: set,
        trigger: new Uint32Array(784),
        targets: Uint32Array.from({ length: 10 }, (_, i) => i),
      });
      trainer.setParameters(new Map(Object.entries(weights)));
      await trainer.train(1);
      await trainer.gpu.settled();
      const firstStepSeconds = (performance.now() - start) / 1000;
      trainer.setParameters(new Map(Object.entries(weights)));
      trainer.gpu.write(
        trainer.optimiser.state,
        new Uint8Array(trainer.optimiser.state.byteLength),
      );
      return {
        async train(first, steps) {
          trainer.seek(first);
          await trainer.train(first + steps);
          const { records } = await trainer.readRecords();
          return records.map(({ values }) => values[0]);
        },
        anatomy: async () => ({
          firstStepSeconds,
          flops: trainer.trainStep.reduce((sum, { flops }) => sum + flops, 0),
          bestProduct: await bestProduct(trainer.gpu),
          kernels: await timeEach(trainer.gpu, trainer.trainStep),
        }),
        close: () => trainer.gpu.destroy(),
      };
    },
  },
];

/** Runs of a kernel in one submit, and submits, of which the fastest counts. */
const runs = 4;
const submits = 5;

/** Milliseconds of one run of a dispatch. */
async function time(gpu: Gpu, dispatch: Dispatch): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < submits; i++) {
    const start = performance.now();
    gpu.submit([dispatch], runs);
    await gpu.settled();
    times.push((performance.now() - start) / runs);
  }
  return Math.min(...times);
}

async function timeEach(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<Anatomy["kernels"]> {
  const kernels: Anatomy["kernels"] = [];
  for (const dispatch of dispatches) {
    const { label, flops } = dispatch;
    kernels.push({ label, milliseconds: await time(gpu, dispatch), flops });
  }
  return kernels;
}

async function bestProduct(gpu: Gpu): Promise<number> {
  const side = 512;
  const x = gpu.tensor("product.x", [side, side]);
  const w = gpu.tensor("product.w", [side, side]);
  const b = gpu.tensor("product.b", [side]);
  const rates: number[] = [];
  for (const tiling of tilingsOf(gpu)) {
    const { forward } = denseLayer(gpu, {
      label: "product",
      input: { values: x, full: x, gradient: null, relu: false, pool: 1 },
      outputs: side,
      parameters: { w, b, dw: w, db: b },
      tiling,
    });
    const [dispatch] = await compile(gpu, forward);
    rates.push(dispatch.flops / (await time(gpu, dispatch)) / 1e6);
  }
  return Math.max(...rates);
}
