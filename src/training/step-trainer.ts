/** A training step, as a list of dispatches, repeated or taken kernel by kernel, and the books it keeps. */
import type { Dispatch } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Pacer } from "../gpu/pace.ts";
import type { Progress } from "../layers/loss.ts";
import type { Tiling } from "../layers/tiling.ts";
import type { ParameterValues } from "./parameter-values.ts";

/** What a run needs to go on, apart from its plan: the parameters, the optimiser's state, the place. */
export interface TrainerState {
  readonly step: number;
  readonly parameters: ParameterValues;
  /**
   * The digits' by the optimiser's part and the label: "velocity/conv1.w", or "m/conv1.w" and "v/conv1.w"; the
   * detector's by the block of parameters: "block/0".
   */
  readonly optimiser: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Form of the kernels, which the last bits depend on. */
  readonly tiling: Tiling;
}

/** One step as the GPU recorded it. */
export interface StepRecord {
  /** Counted from 1. */
  readonly step: number;
  /** A row of the history. */
  readonly values: readonly number[];
}

export abstract class StepTrainer {
  /** Steps submitted so far, in this trainer's life or before. */
  step = 0;
  /** Kernels of the current step that are done: 0 between steps. */
  cursor = 0;
  private recorded = 0;
  private chunk = -1;
  private readonly pacer: Pacer;

  /** @param chunkSteps steps whose batches are chosen and uploaded at a time */
  protected constructor(
    readonly gpu: Gpu,
    readonly trainStep: readonly Dispatch[],
    protected readonly books: Progress,
    private readonly chunkSteps: number,
  ) {
    this.pacer = new Pacer(gpu, trainStep);
  }

  /** Uploads what the batches of a chunk are, counted from 0. */
  protected abstract uploadChunk(chunk: number): void;

  /** Copies the state to the CPU; null when a step, or a parameter, is not finite. */
  abstract snapshot(): Promise<TrainerState | null>;

  /** Puts the trainer where `state` was taken. */
  abstract load(state: TrainerState): void;

  /** Sets the place in the run, and with it the next batch, without touching the parameters. */
  seek(step: number): void {
    this.gpu.write(this.books.state, new Uint32Array([step, 0, 0, 0]));
    this.step = this.recorded = step;
    this.cursor = 0;
    this.chunk = -1;
  }

  /**
   * Trains until `until` steps are done (counted over the whole run), within one chunk or across.
   * @param between called after each submit; when it gives false, training stops there.
   */
  async train(until: number, between?: () => boolean | Promise<boolean>): Promise<void> {
    this.finishStep();
    while (this.step < until) {
      const chunk = this.loadChunk();
      const first = this.step;
      const count = Math.min(until, (chunk + 1) * this.chunkSteps) - first;
      let go = true;
      await this.pacer.run(count, async (submitted) => {
        this.step = first + submitted;
        go = between ? await between() : true;
        return go;
      });
      if (!go) return;
    }
  }

  /** Submits the next kernel of the step, alone. The bits are those of a whole step. */
  stepKernel(): void {
    if (this.cursor === 0) this.loadChunk();
    this.gpu.submit([this.trainStep[this.cursor]]);
    this.cursor = (this.cursor + 1) % this.trainStep.length;
    if (this.cursor === 0) this.step += 1;
  }

  /** Submits what is left of a step that was begun kernel by kernel. */
  finishStep(): void {
    while (this.cursor > 0) this.stepKernel();
  }

  private loadChunk(): number {
    const chunk = Math.floor(this.step / this.chunkSteps);
    if (chunk !== this.chunk) this.uploadChunk(chunk);
    this.chunk = chunk;
    return chunk;
  }

  /** Whether so many steps were submitted that their records must be read before more are. */
  get full(): boolean {
    return this.step - this.recorded > this.books.history.shape[0] / 2;
  }

  /** Reads what the steps since the last call recorded. */
  async readRecords(): Promise<{ records: StepRecord[]; firstBadStep: number | null }> {
    const [ring, width] = this.books.history.shape;
    const [state, history] = await this.gpu.read(this.books.state, this.books.history);
    const [done, bad] = new Uint32Array(state.buffer);
    if (done - this.recorded > ring)
      throw new Error(`records of ${done - this.recorded - ring} steps are lost`);
    const records: StepRecord[] = [];
    for (let step = this.recorded; step < done; step++) {
      const at = width * (step % ring);
      records.push({ step: step + 1, values: [...history.subarray(at, at + width)] });
    }
    this.recorded = done;
    return { records, firstBadStep: bad === 0 ? null : bad };
  }
}
