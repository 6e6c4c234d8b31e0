/** A training step, as a list of dispatches, repeated or taken kernel by kernel, and the state that it goes on from. */
import { UserError } from "../errors.ts";
import type { Dispatch } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Pacer } from "../gpu/pace.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import type { ParameterPair } from "../layers/layer.ts";
import type { MetricsHistory } from "../layers/loss.ts";
import type { Tiling } from "../layers/tiling.ts";
import { optimiserSlices, type ParameterBlock } from "./optimiser-slices.ts";
import { allFinite, writeParameters, type ParameterValues } from "./parameter-values.ts";

/** What a run needs to go on, apart from its plan: the parameters, the optimiser's state, the place. */
export interface TrainerState {
  readonly step: number;
  readonly parameters: ParameterValues;
  /** By the optimiser's part and the parameter: "velocity/conv1.w", or "m/conv1.w" and "v/conv1.w". */
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

export interface StepTrainerParts {
  readonly trainStep: readonly Dispatch[];
  readonly tiling: Tiling;
  /** By label, in order. */
  readonly parameters: ReadonlyMap<string, ParameterPair>;
  readonly blocks: readonly ParameterBlock[];
  readonly metrics: MetricsHistory;
  /** Steps whose batches are chosen and uploaded at a time. */
  readonly chunkSteps: number;
}

export abstract class StepTrainer {
  /** Steps submitted so far, in this trainer's life or before. */
  step = 0;
  /** Kernels of the current step that are done: 0 between steps. */
  cursor = 0;
  readonly trainStep: readonly Dispatch[];
  readonly tiling: Tiling;
  /** By label, for example "conv1.w", in order. */
  readonly parameters: StepTrainerParts["parameters"];
  /** The optimiser's state as `TrainerState` names it, each in pieces where a parameter lies in several blocks. */
  private readonly optimiserState: ReadonlyMap<string, readonly Tensor[]>;
  private readonly metrics: MetricsHistory;
  private readonly chunkSteps: number;
  private recorded = 0;
  private chunk = -1;
  private readonly pacer: Pacer;

  protected constructor(
    readonly gpu: Gpu,
    { trainStep, tiling, parameters, blocks, metrics, chunkSteps }: StepTrainerParts,
  ) {
    this.trainStep = trainStep;
    this.tiling = tiling;
    this.parameters = parameters;
    this.optimiserState = optimiserSlices(parameters, blocks);
    this.metrics = metrics;
    this.chunkSteps = chunkSteps;
    this.pacer = new Pacer(gpu, trainStep);
  }

  /** Everything that trains and measures. */
  abstract readonly dispatches: readonly Dispatch[];

  /** Uploads what the batches of a chunk are, counted from 0. */
  protected abstract uploadChunk(chunk: number): void;

  /** Copies the state to the CPU; null when a step, a parameter or the optimiser is not finite. */
  async snapshot(): Promise<TrainerState | null> {
    const values = [...this.parameters.values()].map(({ value }) => value);
    const slices = [...this.optimiserState.values()];
    const [words, ...copies] = await this.gpu.read(this.metrics.state, ...values, ...slices.flat());
    const [step, bad] = new Uint32Array(words.buffer);
    if (bad !== 0) return null;
    const parameters = new Map([...this.parameters.keys()].map((label, i) => [label, copies[i]]));
    let next = values.length;
    const optimiser = new Map(
      [...this.optimiserState].map(([name, pieces]) => [
        name,
        joined(copies.slice(next, (next += pieces.length))),
      ]),
    );
    if (![...parameters.values(), ...optimiser.values()].every(allFinite)) return null;
    return { step, parameters, optimiser, tiling: this.tiling };
  }

  /**
   * Puts the trainer where `state` was taken.
   * @throws UserError naming what the state lacks, or has of another length
   */
  load(state: TrainerState): void {
    this.setParameters(state.parameters);
    for (const [name, pieces] of this.optimiserState) {
      const values = state.optimiser.get(name);
      const length = pieces.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      if (values?.length !== length) {
        throw new UserError(
          `The state to go on from is of another network or optimiser than its recipe's (${name}: ` +
            `${values?.length ?? "no"} values, expected ${length}): give one of this recipe, or begin a new run.`,
        );
      }
      let first = 0;
      for (const piece of pieces) {
        const end = first + sizeOf(piece.shape);
        this.gpu.write(piece, values.subarray(first, end));
        first = end;
      }
    }
    this.seek(state.step);
  }

  /** Sets the parameters, by label. @throws Error naming the first that is missing or of another length */
  setParameters(parameters: ParameterValues): void {
    writeParameters(this.gpu, this.parameters, parameters);
  }

  /** Copies the parameters, or the gradients that the last step left, to the CPU. */
  async read(what: "values" | "gradients"): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const key = what === "values" ? "value" : "gradient";
    const copies = await this.gpu.read(...[...this.parameters.values()].map((one) => one[key]));
    return new Map([...this.parameters.keys()].map((label, i) => [label, copies[i]]));
  }

  /** Sets the place in the run, and with it the next batch, without touching the parameters. */
  seek(step: number): void {
    this.gpu.write(this.metrics.state, new Uint32Array([step, 0, 0, 0]));
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
    return this.step - this.recorded > this.metrics.history.shape[0] / 2;
  }

  /** Reads what the steps since the last call recorded. */
  async readRecords(): Promise<{ records: StepRecord[]; firstBadStep: number | null }> {
    const { state, history } = this.metrics;
    const [ring, width] = history.shape;
    const [words, rows] = await this.gpu.read(state, history);
    const [done, bad] = new Uint32Array(words.buffer);
    if (done - this.recorded > ring)
      throw new Error(`records of ${done - this.recorded - ring} steps are lost`);
    const records: StepRecord[] = [];
    for (let step = this.recorded; step < done; step++) {
      const at = width * (step % ring);
      records.push({ step: step + 1, values: [...rows.subarray(at, at + width)] });
    }
    this.recorded = done;
    return { records, firstBadStep: bad === 0 ? null : bad };
  }
}

/** Arrays one after the other; one alone as it is. */
function joined(pieces: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  if (pieces.length === 1) return pieces[0];
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let first = 0;
  for (const piece of pieces) {
    whole.set(piece, first);
    first += piece.length;
  }
  return whole;
}
