/** The loss on the GPU against the naive loops, and the metrics history that it keeps of a run. */
import { describe, expect, it } from "vitest";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { lossSpec, RING } from "../../src/layers/loss.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import { softmaxCrossEntropy } from "../reference/softmax-cross-entropy.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

const cases = [
  { B: 1, N: 10 },
  { B: 3, N: 2 },
  { B: 17, N: 33 },
  { B: 33, N: 5 },
  { B: 4, N: 1 },
  { B: 300, N: 10 },
];

/** Labels that go through all classes. */
const someLabels = (B: number, N: number) => Array.from({ length: B }, (_, b) => (b * 7 + 3) % N);

function prepare(gpu: Gpu, N: number, z: ArrayLike<number>, labels: number[], state: number[]) {
  const B = labels.length;
  const history = new Float32Array(2 * RING).fill(Number.NaN);
  const tensors = {
    logits: place(gpu, "z", [B, N], z),
    labels: place(gpu, "label", [B], labels, "u32"),
    gradient: place(gpu, "dz", [B, N]),
    metrics: {
      state: place(gpu, "progress", [4], state, "u32"),
      history: place(gpu, "history", [RING, 2], history),
    },
  };
  return { ...tensors, spec: lossSpec(tensors) };
}

describe("softmax-cross-entropy", () => {
  const context = useGpu();

  it.each(cases)("agrees with the reference: $B images, $N classes", async ({ B, N }) => {
    const { gpu } = context;
    const z = fill(B * N, 1, 8);
    // Some rows whose exponentials would overflow or vanish, and some ties.
    for (let b = 0; b < B; b += 3) for (let n = 0; n < N; n++) z[b * N + n] += b % 2 ? 200 : -200;
    if (N > 1) for (let b = 1; b < B; b += 4) z[b * N + 1] = z[b * N];
    const labels = someLabels(B, N);
    const { gradient, metrics, spec } = prepare(gpu, N, z, labels, [0, 0, 7, 7]);
    await run(gpu, [spec]);

    const expected = softmaxCrossEntropy({ B, N }, z, labels);
    expectClose(await values(gpu, gradient), expected.dz, { ...tolerance, label: "dz" });
    const [loss, accuracy] = await values(gpu, metrics.history);
    expectClose(Float32Array.of(loss), [expected.loss], { ...tolerance, label: "loss" });
    expect(accuracy).toBe(Math.fround(expected.correct / B));
    expect([...(await gpu.readU32(metrics.state))]).toEqual([1, 0, 7, 7]);
  });

  it("counts an image as correct when its label is the first of equal logits, and only then", async () => {
    const { gpu } = context;
    const z = [1, 5, 5, 0, 1, 5, 5, 0, 2, 2, 2, 2];
    const { metrics, spec } = prepare(gpu, 4, z, [1, 2, 0], [0, 0, 0, 0]);
    await run(gpu, [spec]);
    const [, accuracy] = await values(gpu, metrics.history);
    expect(accuracy).toBe(Math.fround(2 / 3));
  });

  it("writes each step into its place in the ring, which comes round, and counts it", async () => {
    const { gpu } = context;
    const { metrics, spec } = prepare(gpu, 4, fill(12, 5), [1, 2, 0], [RING - 2, 0, 0, 0]);
    await run(gpu, [spec], 3);
    const history = await values(gpu, metrics.history);
    const written = Array.from({ length: RING }, (_, step) => step).filter(
      (step) => !Number.isNaN(history[2 * step]) && !Number.isNaN(history[2 * step + 1]),
    );
    expect(written).toEqual([0, RING - 2, RING - 1]);
    expect(history[0]).toBe(history[2 * RING - 2]);
    expect((await gpu.readU32(metrics.state))[0]).toBe(RING + 1);
  });

  // The last image of a batch that keeps every thread busy more than once.
  const bad: [string, number][] = [
    ["NaN", Number.NaN],
    ["infinity", Infinity],
    ["minus infinity", -Infinity],
  ];
  it.each(bad)("notes the first step whose logits hold %s, and none after it", async (_, value) => {
    const { gpu } = context;
    const [B, N] = [130, 3];
    const good = fill(B * N, 6);
    const labels = someLabels(B, N);
    const { logits, metrics, spec } = prepare(gpu, N, good, labels, [41, 0, 0, 0]);
    const step = async (z: Float64Array) => {
      gpu.write(logits, new Float32Array(z));
      await run(gpu, [spec]);
      return [...(await gpu.readU32(metrics.state))].slice(0, 2);
    };
    const wrong = good.slice();
    // Not the label's own logit, which would spoil the loss and be noticed by that.
    wrong[(B - 1) * N + ((labels[B - 1] + 1) % N)] = value;
    expect(await step(good)).toEqual([42, 0]);
    expect(await step(wrong)).toEqual([43, 43]);
    expect(await step(good)).toEqual([44, 43]);
    expect(await step(wrong)).toEqual([45, 43]);
  });

  it("takes the largest finite logits for finite", async () => {
    const { gpu } = context;
    const { metrics, spec } = prepare(
      gpu,
      2,
      [3.4e38, 3.4e38, -3.4e38, -3.4e38],
      [0, 1],
      [0, 0, 0, 0],
    );
    await run(gpu, [spec]);
    const [loss] = await values(gpu, metrics.history);
    expect(loss).toBeCloseTo(Math.LN2, 5);
    expect([...(await gpu.readU32(metrics.state))]).toEqual([1, 0, 0, 0]);
  });
});
