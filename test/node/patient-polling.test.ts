/** Waiting for the GPU in Node: the wait is an idle one, and nobody else's callbacks wait with it. */
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/gpu/pipelines.ts";
import { arithmeticProbe } from "../../src/gpu/ceilings.ts";
import { useGpu } from "../gpu.ts";

describe("a wait for the GPU", () => {
  const context = useGpu();

  it("leaves the process idle for most of its time", async () => {
    const { gpu } = context;
    const probe = arithmeticProbe(gpu, "vectors", 2 ** 16);
    const dispatches = await compile(gpu, [probe.spec]);
    const wait = async (turns: number) => {
      gpu.write(probe.iterations, new Uint32Array([turns, 0, 0, 0]));
      const before = performance.eventLoopUtilization();
      const start = performance.now();
      gpu.submit(dispatches);
      await gpu.settled();
      const took = performance.now() - start;
      return { took, busy: performance.eventLoopUtilization(before).utilization };
    };
    // Long enough on this adapter that the impatient beginning does not count.
    let turns = 256;
    while ((await wait(turns)).took < 40) turns *= 2;
    // Others who keep the cores busy only add to it; who polls without pause is at 1 each time.
    const busy: number[] = [];
    for (let i = 0; i < 5; i++) busy.push((await wait(turns)).busy);
    expect(Math.min(...busy)).toBeLessThan(0.5);
  });
});

describe("setImmediate", () => {
  it("hands on its arguments, at once, unless it is cleared", async () => {
    const seen: unknown[] = [];
    clearImmediate(setImmediate(() => seen.push("cleared")));
    setTimeout(() => seen.push("later"), 5);
    await new Promise<void>((done) => {
      setImmediate(
        (...given: unknown[]) => {
          seen.push(...given);
          done();
        },
        "a",
        2,
      );
    });
    expect(seen).toEqual(["a", 2]);
  });
});
