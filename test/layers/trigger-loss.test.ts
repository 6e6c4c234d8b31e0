/** What searches for triggers minimise on the GPU against the naive loops. */
import { describe, expect, it } from "vitest";
import { triggerLossSpec, type Wish } from "../../src/layers/trigger-loss.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import { triggerLoss } from "../reference/trigger-loss.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };
const wishes: Wish[] = ["aim", "astray", "margin"];

const cases = [
  { G: 1, S: 1, N: 2 },
  { G: 3, S: 5, N: 10 },
  { G: 7, S: 1, N: 3 },
  { G: 2, S: 65, N: 4 },
  { G: 1, S: 200, N: 33 },
];

describe.each(wishes)("trigger-loss: %s", (wish) => {
  const context = useGpu();

  it.each(cases)("agrees with the reference: $G groups of $S images, $N classes", async (size) => {
    const { gpu } = context;
    const { G, S, N } = size;
    const B = G * S;
    const z = fill(B * N, 1, 8);
    // Rows whose exponentials would overflow or vanish; the label far above or below all others; ties.
    const labels = Array.from({ length: B }, (_, b) => (b * 7 + 1) % N);
    for (let b = 0; b < B; b += 3) for (let n = 0; n < N; n++) z[b * N + n] += b % 2 ? 200 : -200;
    for (let b = 1; b < B; b += 5) z[b * N + labels[b]] += b % 2 ? 60 : -60;
    for (let b = 2; b < B; b += 4) z.fill(2, b * N, b * N + N);
    const tensors = {
      logits: place(gpu, "z", [B, N], z),
      labels: place(gpu, "label", [B], labels, "u32"),
      gradient: place(gpu, "dz", [B, N]),
      tally: place(gpu, "tally", [G, 2]),
      progress: place(gpu, "progress", [4], [41, 0, 7, 7], "u32"),
    };
    await run(gpu, [triggerLossSpec({ wish, ...tensors })]);

    const expected = triggerLoss(wish, size, z, labels);
    expectClose(await values(gpu, tensors.gradient), expected.dz, { ...tolerance, label: "dz" });
    const tally = await values(gpu, tensors.tally);
    const of = (which: number) => tally.filter((_, i) => i % 2 === which);
    expectClose(of(0), expected.losses, { ...tolerance, label: "loss" });
    expectClose(of(1), expected.shares, { absolute: 1e-6, label: "share" });
    expect([...(await gpu.readU32(tensors.progress))]).toEqual([42, 0, 7, 7]);
  });
});
