/** The detector's losses on the GPU against float64 and finite differences, with ignored labels. */
import { describe, expect, it } from "vitest";
import {
  recordSpec,
  classifySpec,
  DETECTOR_RING,
  regressSpec,
} from "../../src/layers/detector-loss.ts";
import { place, run, useGpu } from "../gpu.ts";
import { expectClose, fill, finiteDifferences } from "../reference/numeric.ts";

const IGNORED = 0xffffffff;

/** Mean over what has a label of -log softmax, scores [B, C, S]. */
function classLoss(z: Float64Array, labels: number[], [B, C, S]: number[]): number {
  let sum = 0;
  let count = 0;
  for (let b = 0; b < B; b++) {
    for (let s = 0; s < S; s++) {
      const label = labels[b * S + s];
      if (label === IGNORED) continue;
      const row = Array.from({ length: C }, (_, c) => z[(b * C + c) * S + s]);
      sum += Math.log(row.reduce((total, value) => total + Math.exp(value), 0)) - row[label];
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

function smooth(d: number, sigma: number): number {
  const square = sigma * sigma;
  return Math.abs(d) < 1 / square ? 0.5 * square * d * d : Math.abs(d) - 0.5 / square;
}

/** Labels of which some are ignored, at random. */
function someLabels(count: number, classes: number, seed: number): number[] {
  return Array.from(fill(count, seed), (value) =>
    value > 0.4 ? IGNORED : Math.floor(((value + 1) / 1.4) * classes * 0.999),
  );
}

describe("detector-loss", () => {
  const context = useGpu();

  it.each([
    { B: 2, C: 2, S: 135 },
    { B: 37, C: 4, S: 1 },
    { B: 1, C: 3, S: 7 },
  ])("classifies as the reference does, ignored labels left out: %o", async ({ B, C, S }) => {
    const { gpu } = context;
    const z = fill(B * C * S, 1, 3);
    const labels = someLabels(B * S, C, 2);
    const gradient = place(gpu, "dz", [B, C, S]);
    const losses = place(gpu, "losses", [4], [7, 7, 7, 7]);
    const spec = classifySpec({
      label: "loss",
      scores: place(gpu, "z", [B, C, S], z),
      labels: place(gpu, "labels", [B * S], labels, "u32"),
      gradient,
      losses,
      slot: 2,
      classes: C,
    });
    await run(gpu, [spec]);
    const [dz, got] = await gpu.read(gradient, losses);
    const expected = classLoss(z, labels, [B, C, S]);
    expectClose(got, [7, 7, expected, 7], { relative: 1e-5, label: "losses" });
    const differences = finiteDifferences((at) => classLoss(at, labels, [B, C, S]), z, 1e-5);
    expectClose(dz, differences, { absolute: 1e-6, relative: 1e-4, label: "dz" });
  });

  it.each([
    { B: 2, G: 3, CELLS: 15, byClass: false, sigma: 3 },
    { B: 21, G: 4, CELLS: 1, byClass: true, sigma: 1 },
  ])("measures boxes of the foreground only: %o", async ({ B, G, CELLS, byClass, sigma }) => {
    const { gpu } = context;
    const S = byClass ? 1 : G * CELLS;
    const classes = byClass ? G : 2;
    const z = fill(B * G * 4 * CELLS, 3, 1.5);
    const labels = someLabels(B * S, classes, 4);
    const targets = fill(4 * B * S, 5, 1.5);
    const count = labels.filter((label) => label !== IGNORED).length;
    const loss = (at: Float64Array) => {
      let sum = 0;
      for (let b = 0; b < B; b++) {
        for (let g = 0; g < G; g++) {
          for (let cell = 0; cell < CELLS; cell++) {
            const place = byClass ? b : (b * G + g) * CELLS + cell;
            const label = labels[place];
            if (label === IGNORED || label === 0 || (byClass && g !== label)) continue;
            for (let k = 0; k < 4; k++) {
              const i = ((b * G + g) * 4 + k) * CELLS + cell;
              sum += smooth(at[i] - targets[4 * place + k], sigma);
            }
          }
        }
      }
      return sum / count;
    };
    const gradient = place(gpu, "dz", [B, 4 * G, CELLS]);
    const losses = place(gpu, "losses", [4], [7, 7, 7, 7]);
    const spec = regressSpec({
      label: "loss",
      deltas: place(gpu, "z", [B, 4 * G, CELLS], z),
      labels: place(gpu, "labels", [B * S], labels, "u32"),
      targets: place(gpu, "targets", [B * S, 4], targets),
      gradient,
      losses,
      slot: 1,
      sigma,
      groups: G,
      byClass,
    });
    await run(gpu, [spec]);
    const [dz, got] = await gpu.read(gradient, losses);
    expectClose(got, [7, loss(z), 7, 7], { relative: 1e-5, label: "losses" });
    const differences = finiteDifferences(loss, z, 1e-6);
    expectClose(dz, differences, { absolute: 1e-5, relative: 1e-4, label: "dz" });
  });

  it("is zero, with no gradient, where every label is ignored", async () => {
    const { gpu } = context;
    const gradient = place(gpu, "dz", [3, 2]);
    const losses = place(gpu, "losses", [4]);
    const spec = classifySpec({
      label: "loss",
      scores: place(gpu, "z", [3, 2], fill(6, 1)),
      labels: place(gpu, "labels", [3], [IGNORED, IGNORED, IGNORED], "u32"),
      gradient,
      losses,
      slot: 0,
      classes: 2,
    });
    await run(gpu, [spec]);
    const [dz, got] = await gpu.read(gradient, losses);
    expect([...dz]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(got[0]).toBe(0);
  });

  it("keeps the history: losses by step, and the first step that was not finite", async () => {
    const { gpu } = context;
    const history = gpu.tensor("history", [DETECTOR_RING, 4]);
    const progress = place(gpu, "progress", [4], [5, 0, 0, 0], "u32");
    const good = place(gpu, "losses", [4], [1, 2, 3, 4]);
    const bad = place(gpu, "losses", [4], [1, Number.NaN, 3, 4]);
    await run(gpu, [recordSpec(good, history, progress)]);
    expect([...(await gpu.readU32(progress))].slice(0, 2)).toEqual([6, 0]);
    await run(gpu, [recordSpec(bad, history, progress)]);
    await run(gpu, [recordSpec(good, history, progress)]);
    expect([...(await gpu.readU32(progress))].slice(0, 2)).toEqual([8, 7]);
    const [values] = await gpu.read(history);
    expect([...values.subarray(20, 24)]).toEqual([1, 2, 3, 4]);
  });
});
