/** The arithmetic of the ceilings' kernels as plain loops that count their operations. */

/** What invocation `id` ends with, and the multiplications and additions that it took. */
export function arithmetic(
  form: "vectors" | "matrices",
  seed: Float32Array,
  id: number,
  iterations: number,
) {
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
