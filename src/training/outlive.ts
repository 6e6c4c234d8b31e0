/** A run outlives the loss of its device: it is tried anew on another, from what it last kept. */
import type { Gpu } from "../gpu/gpu.ts";

/** Losses of the device in a row, without a kept state in between, that end the run. */
const MOST_LOSSES = 5;

export interface Survivor<R> {
  readonly open: () => Promise<Gpu>;
  /** Goes as far as the device lives. @param survived to be called whenever a state was kept */
  readonly attempt: (gpu: Gpu, survived: () => void) => Promise<R>;
  /** The step of the state that the next attempt begins with. */
  readonly keptStep: () => number;
  readonly onNotice?: (text: string) => void;
}

/** @throws what the attempt throws on a device that lives; GpuError when no device can be had any more */
export async function outlive<R>(run: Survivor<R>): Promise<R> {
  let losses = 0;
  for (;;) {
    const gpu = await run.open();
    try {
      return await run.attempt(gpu, () => (losses = 0));
    } catch (error) {
      const lost = await gpu.confirmLost();
      gpu.destroy();
      if (!lost || ++losses > MOST_LOSSES) throw error;
      run.onNotice?.(
        `The GPU device was lost; the run goes on from step ${run.keptStep()} on a new one.`,
      );
    }
  }
}
