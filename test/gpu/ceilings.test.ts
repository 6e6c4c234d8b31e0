/** The ceilings' kernels compute what they claim, and so what is counted of them really happened. */
import { describe, expect, it } from "vitest";
import {
  arithmeticForms,
  arithmeticProbe,
  copyProbe,
  flopsPerIteration,
  measureCeilings,
  type ArithmeticForm,
} from "../../src/gpu/ceilings.ts";
import { compile } from "../../src/gpu/pipelines.ts";
import { useGpu } from "../gpu.ts";

const opened = useGpu();

/** What invocation `id` ends with, and the multiplications and additions that it took. */
function reference(form: ArithmeticForm, seed: Float32Array, id: number, iterations: number) {
  const own = (id % 64) / 64;
  let flops = 0;
  let state: number[];
  if (form === "vectors") {
    const m = seed.subarray(0, 4);
    const c = seed.subarray(4, 8);
    state = Array.from(seed.subarray(8, 24), (value) => value + own);
    for (let k = 0; k < 8 * iterations; k++) {
      state = state.map((value, i) => value * m[i % 4] + c[i % 4]);
      flops += 2 * state.length;
    }
  } else {
    const m = seed.subarray(0, 16); // [column, row]
    const c = seed.subarray(16, 32);
    state = Array.from(m, (value, i) => value + c[i] * own);
    for (let k = 0; k < 8 * iterations; k++) {
      const old = state;
      state = old.map((_, at) => {
        let sum = c[at];
        for (let i = 0; i < 4; i++) {
          sum += m[4 * i + (at % 4)] * old[4 * Math.floor(at / 4) + i];
          flops += 2;
        }
        return sum;
      });
    }
  }
  return { sum: state.reduce((a, b) => a + b, 0), flops };
}

describe.each(arithmeticForms)("the arithmetic kernel on %s", (form) => {
  it.each([0, 1, 2, 7])(
    "ends after %i iterations where the same loop on the CPU does",
    async (iterations) => {
      const { gpu } = opened;
      const probe = arithmeticProbe(gpu, form, 128);
      gpu.write(probe.iterations, new Uint32Array([iterations, 0, 0, 0]));
      gpu.submit(await compile(gpu, [probe.spec]));
      const [sums] = await gpu.read(probe.sum);
      gpu.free(...probe.tensors);
      const wanted = Array.from(sums, (_, id) => reference(form, probe.seed, id, iterations).sum);
      for (const [id, sum] of sums.entries()) expect(sum).toBeCloseTo(wanted[id], 3);
      if (iterations > 0) {
        const before = reference(form, probe.seed, 1, iterations - 1).sum;
        // An iteration left out would show.
        expect(Math.abs(wanted[1] - before)).toBeGreaterThan(2e-3);
      }
    },
  );

  it("has its operations counted right", () => {
    const { seed } = arithmeticProbe(opened.gpu, form, 64);
    expect(reference(form, seed, 0, 3).flops).toBe(3 * flopsPerIteration[form]);
  });
});

describe("the copying kernel", () => {
  it.each([1, 1023, 1024, 5001])("copies %i vectors, every one", async (length) => {
    const { gpu } = opened;
    const { spec, original, copied } = copyProbe(gpu, length);
    const values = Float32Array.from({ length: 4 * length }, (_, i) => i + 0.5);
    gpu.write(original, values);
    const [dispatch] = await compile(gpu, [spec]);
    gpu.submit([dispatch]);
    const [result] = await gpu.read(copied);
    gpu.free(original, copied);
    expect(result).toEqual(values);
    expect(dispatch.bytes).toBe(2 * 16 * length);
  });
});

describe("the ceilings", () => {
  it("are finite and positive", async () => {
    const { gflops, gigabytesPerSecond, form } = await measureCeilings(opened.gpu);
    expect(gflops).toBeGreaterThan(0.01);
    expect(gigabytesPerSecond).toBeGreaterThan(0.01);
    expect(Number.isFinite(gflops + gigabytesPerSecond)).toBe(true);
    expect(arithmeticForms).toContain(form);
  });

  it("are not measured on when the wish has gone", async () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(measureCeilings(opened.gpu, controller.signal)).rejects.toThrow("enough");
  });
});
