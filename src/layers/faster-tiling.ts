/** Which form of the matrix kernels an adapter runs faster: known of CPUs, measured once on a small product of others. */
import { compile } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Activation } from "./activation.ts";
import { denseLayer } from "./dense.ts";
import type { Tiling } from "./tiling.ts";

/** Side of the product that is timed: milliseconds on a CPU, and enough to fill a GPU. */
const SIDE = 256;
const REPEATS = 4;
/** Where registers suit, they win several times over; a noisy clock must not decide a near tie. */
const MARGIN = 1.5;

const measured = new WeakMap<GPUDevice, Promise<Tiling>>();

/** The faster tiling on this device. Both give the right results, though not the same bits. */
export async function fasterTiling(gpu: Gpu): Promise<Tiling> {
  // Where a CPU computes, a training step in registers takes a seventh of the time or less, and other work on the
  // same cores spoils a measurement.
  if (gpu.adapter.fallback) return "registers";
  let choice = measured.get(gpu.device);
  if (!choice) {
    choice = measure(gpu);
    measured.set(gpu.device, choice);
  }
  return await choice;
}

async function measure(gpu: Gpu): Promise<Tiling> {
  const tensors = {
    x: gpu.tensor("tiling.x", [SIDE, SIDE]),
    w: gpu.tensor("tiling.w", [SIDE, SIDE]),
    b: gpu.tensor("tiling.b", [SIDE]),
  };
  const input: Activation = {
    values: tensors.x,
    full: tensors.x,
    gradient: null,
    relu: false,
    pool: 1,
  };
  const parameters = { w: tensors.w, b: tensors.b, dw: tensors.w, db: tensors.b };
  const layers = (["registers", "workgroup"] as const).map((tiling) =>
    denseLayer(gpu, { label: `tiling.${tiling}`, input, outputs: SIDE, parameters, tiling }),
  );
  const dispatches = await compile(
    gpu,
    layers.flatMap((layer) => layer.forward),
  );
  const best = [Infinity, Infinity];
  // The first round, which warms up, is not counted.
  for (let round = 0; round <= REPEATS; round++) {
    for (const [i, dispatch] of dispatches.entries()) {
      const start = performance.now();
      gpu.submit([dispatch]);
      await gpu.settled();
      if (round > 0) best[i] = Math.min(best[i], performance.now() - start);
    }
  }
  gpu.free(
    ...Object.values(tensors),
    ...layers.flatMap(({ output }) => [output.full, output.gradient!]),
  );
  return MARGIN * best[0] <= best[1] ? "registers" : "workgroup";
}
