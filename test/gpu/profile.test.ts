/** The profiler: its figures fit together, stay under the ceilings, and survive as files. */
import { beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { chromeTrace, type TraceEvent } from "../../src/gpu/chrome-trace.ts";
import { arithmeticProbe, copyProbe } from "../../src/gpu/ceilings.ts";
import { compile } from "../../src/gpu/pipelines.ts";
import type { Dispatch } from "../../src/gpu/dispatch.ts";
import { profileCsv, profileJson, readProfile } from "../../src/gpu/profile-file.ts";
import { profile, type Profile } from "../../src/gpu/profile.ts";
import { useGpu } from "../gpu.ts";

const opened = useGpu();
let dispatches: Dispatch[];
let result: Profile;
const told: number[] = [];
let prepared = 0;
const options = {
  title: "two kernels",
  software: "test",
  passOf: ({ label }: Dispatch) => (label.endsWith("copy") ? "memory" : "arithmetic"),
  rounds: 3,
};

beforeAll(async () => {
  const { gpu } = opened;
  const probe = arithmeticProbe(gpu, "vectors", 4096);
  gpu.write(probe.iterations, new Uint32Array([64, 0, 0, 0]));
  dispatches = await compile(gpu, [
    { ...probe.spec, flops: 64 * probe.spec.flops },
    copyProbe(gpu, 2 ** 16).spec,
  ]);
  const prepare = () => void prepared++;
  const onProgress = (done: number) => void told.push(done);
  result = await profile(gpu, dispatches, { ...options, prepare, onProgress });
});

describe("a profile", () => {
  it("has a row a kernel whose figures follow from one another", () => {
    expect(result.kernels.map(({ label }) => label)).toEqual(["ceilings.vectors", "ceilings.copy"]);
    let start = 0;
    for (const [i, kernel] of result.kernels.entries()) {
      expect(kernel.milliseconds).toBeGreaterThan(0);
      expect(kernel.least).toBeLessThanOrEqual(kernel.milliseconds);
      expect(kernel.most).toBeGreaterThanOrEqual(kernel.milliseconds);
      expect(kernel.startMilliseconds).toBe(start);
      expect(kernel.bytes).toBe(dispatches[i].bytes);
      expect(kernel.gflops).toBeCloseTo(kernel.flops / kernel.milliseconds / 1e6, 9);
      start += kernel.milliseconds;
    }
    expect(result.milliseconds).toBeCloseTo(start, 9);
    expect(result.kernels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(result.passes.map(({ pass, kernels }) => [pass, kernels])).toEqual([
      ["arithmetic", 1],
      ["memory", 1],
    ]);
  });

  it("tells its progress in rising order, and prepares before each round", () => {
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect([told[0], told.at(-1)]).toEqual([0, 1]);
    expect(prepared).toBeGreaterThanOrEqual(4);
  });

  it("is given up when the wish has gone", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(profile(opened.gpu, dispatches, { ...options, signal })).rejects.toThrow("enough");
  });
});

describe("as a file, a profile", () => {
  it("comes back from JSON as it was", () => {
    expect(readProfile(profileJson(result), "p.json")).toEqual(result);
  });

  it.each([
    ["{", "p.json is not valid JSON"],
    ["{}", "p.json is no profile"],
    ['{"format":"badnets-profile","version":2}', "version 2"],
    ['{"format":"badnets-profile","version":1}', "p.json is damaged"],
  ])("that is %s is refused with a reason", (text, reason) => {
    expect(() => readProfile(text, "p.json")).toThrow(UserError);
    expect(() => readProfile(text, "p.json")).toThrow(reason);
  });

  it("is a table of a line a kernel in CSV", () => {
    const lines = profileCsv(result).trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^ceilings\.vectors,arithmetic,/);
  });

  it("is a trace of slices that lie end to end in microseconds", () => {
    const { traceEvents } = JSON.parse(chromeTrace(result)) as { traceEvents: TraceEvent[] };
    const slices = traceEvents.filter(({ ph, tid }) => ph === "X" && tid === 2);
    expect(slices.map(({ ts }) => ts)).toEqual([0, 1000 * result.kernels[0].milliseconds]);
  });
});
