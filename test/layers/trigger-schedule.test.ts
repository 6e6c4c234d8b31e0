/** The price of a mask's size on the GPU against the plain loop, over many steps of several groups at once. */
import { describe, expect, it } from "vitest";
import {
  initialSchedule,
  readSchedule,
  SCHEDULE_STATE,
  triggerScheduleSpec,
} from "../../src/layers/trigger-schedule.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { fill } from "../reference/numeric.ts";
import { schedule } from "../reference/trigger-schedule.ts";

const rules = { reached: 0.9, patience: 2, firstCost: 0.125, up: 2, down: 4 };

describe("trigger-schedule", () => {
  const context = useGpu();

  it.each([1, 3])("goes the reference's way, looking every %i steps", async (every) => {
    const { gpu } = context;
    const [G, C, H, W] = [3, 2, 9, 11];
    const settings = { ...rules, every };
    const shaped = place(gpu, "shaped", [G, 1 + C, H, W]);
    const tally = place(gpu, "tally", [G, 2]);
    const state = place(gpu, "state", [G, SCHEDULE_STATE], initialSchedule(G));
    const best = place(gpu, "best", shaped.shape);
    const spec = triggerScheduleSpec({ settings, tally, shaped, state, best });
    const paths: { share: number; norm: number }[][] = [[], [], []];
    const masks: Float32Array[] = [];
    for (let step = 0; step < 24 * every; step++) {
      const now = Float32Array.from(fill(G * (1 + C) * H * W, 50 + step), Math.abs);
      masks.push(now);
      // Long stretches of success and of failure, which differ from group to group; one that never succeeds.
      const shares = [0, 1, 2].map((g) =>
        g === 2 || Math.floor(step / (4 * every)) % (g + 2) === 1 ? 0.5 : 1,
      );
      for (const [g, share] of shares.entries()) {
        const mask = now.subarray(g * (1 + C) * H * W, g * (1 + C) * H * W + H * W);
        paths[g].push({ share, norm: mask.reduce((sum, m) => sum + m, 0) });
      }
      gpu.write(shaped, now);
      gpu.write(tally, Float32Array.from(shares.flatMap((share) => [9, share])));
      await run(gpu, [spec]);

      const held = await values(gpu, state);
      const kept = await values(gpu, best);
      for (let g = 0; g < G; g++) {
        const expected = schedule(settings, paths[g]).at(-1)!;
        const found = readSchedule(held, g);
        expect(found.cost).toBe(expected.cost);
        if (expected.kept === null) {
          expect(found.lowest).toBeNull();
          continue;
        }
        expect(found.lowest).toBeCloseTo(paths[g][expected.kept].norm, 3);
        const [first, end] = [g, g + 1].map((row) => row * (1 + C) * H * W);
        expect(kept.slice(first, end)).toEqual(masks[expected.kept].slice(first, end));
      }
    }
    const ends = paths.map((path) => schedule(settings, path).at(-1)!);
    expect(ends[0].cost).toBeGreaterThan(0);
    expect(ends[0].kept).not.toBeNull();
    expect(ends[2]).toEqual({ cost: 0, kept: null });
    expect(readSchedule(await values(gpu, state), 2).share).toBe(0.5);
  });
});
