/** Both optimisers on the GPU against the naive loops, over several steps and every schedule. */
import { describe, expect, it } from "vitest";
import type { Gpu } from "../../src/gpu/gpu.ts";
import {
  ADAM_BETA2,
  ADAM_EPSILON,
  createOptimiser,
  optimiserUniform,
  type OptimiserSettings,
} from "../../src/layers/optimiser.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { adam } from "../reference/adam.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import { sgd } from "../reference/sgd.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

type Kind = OptimiserSettings["kind"];
const kinds: Kind[] = ["sgd", "adam"];

const plain = {
  rate: 0.1,
  momentum: 0.9,
  weightDecay: 0,
  schedule: "constant",
  warmup: 0,
} as const;

/** The rate of a step, counted from 1: what lib/schedule.wgsl says, in other words. */
function rateAt({ rate, schedule, warmup }: OptimiserSettings, total: number, step: number) {
  if (step <= warmup) return (rate * step) / warmup;
  if (schedule === "constant") return rate;
  // The greater half of the steps, where they are odd in number, has the full rate.
  if (schedule === "step") return 2 * (step - 1) < total ? rate : rate / 10;
  // Full at the first step after the warm-up, and zero one step beyond the last.
  const steps = total - warmup;
  const done = step - warmup - 1;
  return rate * Math.max(0, 1 - done / steps);
}

/** One step in float64 with the constants that the shader has, which are rounded to f32. */
function referenceStep(
  settings: OptimiserSettings,
  total: number,
  step: number,
  w: Float64Array,
  g: Float64Array,
  state: Float64Array,
): { w: Float64Array; state: Float64Array } {
  const rate = rateAt(settings, total, step);
  const [momentum, weightDecay] = [settings.momentum, settings.weightDecay].map(Math.fround);
  if (settings.kind === "sgd") {
    const next = sgd({ rate, momentum, weightDecay }, w, g, state);
    return { w: next.w, state: next.v };
  }
  const [beta2, epsilon] = [settings.beta2 ?? ADAM_BETA2, ADAM_EPSILON].map(Math.fround);
  const options = { rate, beta1: momentum, beta2, epsilon, weightDecay };
  const next = adam(options, step, w, g, state.slice(0, w.length), state.slice(w.length));
  return { w: next.w, state: Float64Array.of(...next.m, ...next.v) };
}

/** An optimiser over guarded tensors, before its first step. */
function prepare(gpu: Gpu, settings: OptimiserSettings, total: number, length: number) {
  const w = fill(length, 1);
  const tensors = {
    values: place(gpu, "w", [length], w),
    gradients: place(gpu, "dw", [length]),
    progress: place(gpu, "progress", [4], [0, 0, 0, 0], "u32"),
  };
  const made = createOptimiser(gpu, settings.kind, tensors);
  gpu.write(made.uniform, optimiserUniform(settings, total));
  const state = place(gpu, "state", made.state.shape, new Float32Array(made.state.shape[0]));
  const name = settings.kind === "sgd" ? "v" : "moments";
  const spec = { ...made.spec, writes: { ...made.spec.writes, [name]: state } };
  /** As the loss leaves it: the step is counted before the optimiser runs. */
  const step = async (number: number, gradients: Float64Array, firstBad = 0) => {
    gpu.write(tensors.gradients, new Float32Array(gradients));
    gpu.write(tensors.progress, new Uint32Array([number, firstBad]));
    await run(gpu, [spec]);
  };
  return { w, values: tensors.values, state, step };
}

async function expectAgreement(
  gpu: Gpu,
  settings: OptimiserSettings,
  { total = 0, length = 100, steps }: { total?: number; length?: number; steps: number[] },
) {
  const optimiser = prepare(gpu, settings, total, length);
  let w = optimiser.w;
  let state: Float64Array = new Float64Array(settings.kind === "sgd" ? length : 2 * length);
  for (const step of steps) {
    const gradients = fill(length, 100 + step);
    // None at all, and one as small as Adam's epsilon.
    gradients.set([0, 1e-8].slice(0, length));
    await optimiser.step(step, gradients);
    ({ w, state } = referenceStep(settings, total, step, w, gradients, state));
    const label = `after step ${step}`;
    expectClose(await values(gpu, optimiser.values), w, { ...tolerance, label: `w ${label}` });
    expectClose(await values(gpu, optimiser.state), state, {
      ...tolerance,
      label: `state ${label}`,
    });
  }
}

describe.each(kinds)("%s", (kind) => {
  const context = useGpu();

  it.each([1, 33, 1024, 1025, 5000])(
    "agrees with the reference over %i parameters, step after step",
    async (length) => {
      await expectAgreement(context.gpu, { ...plain, kind }, { length, steps: [1, 2, 3] });
    },
  );

  it("pulls parameters to zero by their weight decay", async () => {
    const settings = { ...plain, kind, weightDecay: 0.3 };
    await expectAgreement(context.gpu, settings, { steps: [1, 2, 3, 4] });
  });

  it("works without momentum", async () => {
    await expectAgreement(context.gpu, { ...plain, kind, momentum: 0 }, { steps: [1, 2, 3] });
  });

  it("raises its rate over the warm-up and then keeps it", async () => {
    const settings = { ...plain, kind, warmup: 3 };
    await expectAgreement(context.gpu, settings, { total: 9, steps: [1, 2, 3, 4, 5] });
  });

  it("lowers its rate in a straight line until the last step, which still moves a little", async () => {
    const settings = { ...plain, kind, schedule: "linear" } as const;
    await expectAgreement(context.gpu, settings, { total: 5, steps: [1, 2, 3, 4, 5] });
    expect(rateAt(settings, 5, 5)).toBeCloseTo(0.1 / 5, 12);
  });

  it("lowers its rate after a warm-up, and moves nothing beyond the last step", async () => {
    const settings = { ...plain, kind, schedule: "linear", warmup: 2 } as const;
    await expectAgreement(context.gpu, settings, { total: 6, steps: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(rateAt(settings, 6, 3)).toBe(0.1);
    expect(rateAt(settings, 6, 7)).toBe(0);
  });

  it.each([6, 7])("takes a tenth of its rate after half of %i steps", async (total) => {
    const settings = { ...plain, kind, schedule: "step" } as const;
    await expectAgreement(context.gpu, settings, { total, steps: [1, 2, 3, 4, 5, 6, 7] });
    expect(rateAt(settings, 100_000, 50_000)).toBe(0.1);
    expect(rateAt(settings, 100_000, 50_001)).toBeCloseTo(0.01, 12);
  });

  it("takes a tenth of its rate after a warm-up, too", async () => {
    const settings = { ...plain, kind, schedule: "step", warmup: 2 } as const;
    await expectAgreement(context.gpu, settings, { total: 8, steps: [1, 2, 3, 4, 5, 6] });
  });

  it("corrects its moments by the step's number, however large", async () => {
    await expectAgreement(context.gpu, { ...plain, kind }, { steps: [1, 500, 501, 200_000] });
  });

  it("forgets squared gradients as fast as it is told to, if it keeps them", async () => {
    const settings = { ...plain, kind, momentum: 0.5, beta2: 0.9 };
    await expectAgreement(context.gpu, settings, { steps: [1, 2, 3, 4, 40] });
  });

  it("changes nothing from the first bad step on", async () => {
    const { gpu } = context;
    const optimiser = prepare(gpu, { ...plain, kind, weightDecay: 0.1 }, 0, 1100);
    await optimiser.step(1, fill(1100, 7));
    const before = await gpu.read(optimiser.values, optimiser.state);
    await optimiser.step(2, fill(1100, 8).fill(Number.NaN), 2);
    await optimiser.step(3, fill(1100, 9), 2);
    expect(await gpu.read(optimiser.values, optimiser.state)).toEqual(before);
  });
});
