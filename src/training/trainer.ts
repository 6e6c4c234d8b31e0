/**
 * A trainer: network, data, loss and optimiser on one device, as two lists of dispatches, the training
 * step and the evaluation step. It knows nothing of epochs, files or people; see run.ts.
 */
import evaluateSource from "../../shaders/evaluate.wgsl?raw";
import { NO_IMAGE } from "../data/order.ts";
import { Stream } from "../data/random.ts";
import { compile, type Dispatch, type DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Pacer } from "../gpu/pace.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { batchSettings, batchSpec, uploadImages, type Augmentation } from "../layers/batch.ts";
import { createProgress, lossSpec, RING, type Progress } from "../layers/loss.ts";
import {
  createOptimiser,
  optimiserUniform,
  type Optimiser,
  type OptimiserSettings,
} from "../layers/optimiser.ts";
import { fasterTiling } from "../layers/faster-tiling.ts";
import type { Tiling } from "../layers/tiling.ts";
import { initialParameters } from "../models/initialise.ts";
import { buildNetwork, type Network, type NetworkDescription } from "../models/network.ts";

export const evaluateShader = shader("evaluate", evaluateSource);

export interface LabelledImages {
  /** [count, SIZE, SIZE] */
  readonly images: Uint8Array;
  /** [count] */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** Everything that decides a run, to the bit. */
export interface TrainingPlan {
  readonly network: NetworkDescription;
  readonly classes: number;
  readonly batch: number;
  readonly seed: number;
  readonly optimiser: OptimiserSettings;
  readonly augmentation: Augmentation | null;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Entries of the batch shader's order for an epoch, [stepsPerEpoch * batch]. */
  readonly orderOf: (epoch: number) => Uint32Array<ArrayBuffer>;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Uint32Array<ArrayBuffer>;
  /** [classes]: the attacker's label for each class */
  readonly targets: Uint32Array<ArrayBuffer>;
}

/** What a run needs to go on, apart from its plan: the parameters, the optimiser's state, the place. */
export interface TrainerState {
  readonly step: number;
  /** By label, for example "conv1.w". */
  readonly parameters: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** By the optimiser's part and the label: "velocity/conv1.w", or "m/conv1.w" and "v/conv1.w". */
  readonly optimiser: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Form of the kernels, which the last bits depend on. */
  readonly tiling: Tiling;
}

/** One step as the GPU recorded it. */
export interface StepRecord {
  /** Counted from 1. */
  readonly step: number;
  readonly loss: number;
  /** Share of the batch's images classified as labelled. */
  readonly accuracy: number;
}

export class Trainer {
  /** Steps submitted so far, in this trainer's life or before. */
  step = 0;
  private recorded = 0;
  private loadedEpoch = -1;
  private readonly trainPacer: Pacer;
  private readonly evaluatePacer: Pacer;

  private constructor(
    readonly gpu: Gpu,
    readonly plan: TrainingPlan,
    readonly tiling: Tiling,
    readonly network: Network,
    readonly optimiser: Optimiser,
    /** The training step. */
    readonly trainStep: readonly Dispatch[],
    /** The evaluation step: gathers test images, predicts, counts. */
    readonly evaluateStep: readonly Dispatch[],
    private readonly progress: Progress,
    private readonly order: Tensor,
    private readonly evaluation: { progress: Tensor; order: Tensor; confusion: Tensor },
  ) {
    this.trainPacer = new Pacer(gpu, trainStep);
    this.evaluatePacer = new Pacer(gpu, evaluateStep);
  }

  /**
   * Allocates, uploads and compiles everything, with the seed's initial parameters.
   * @param tiling form of the kernels; the one that is faster here unless given
   * @throws GpuError when the adapter has too little memory, or too small limits, for the batch
   */
  static async build(gpu: Gpu, plan: TrainingPlan, tiling?: Tiling): Promise<Trainer> {
    const form = tiling ?? (await fasterTiling(gpu));
    return await gpu.withinMemory(`A batch of ${plan.batch}`, () =>
      Trainer.assemble(gpu, plan, form),
    );
  }

  private static async assemble(gpu: Gpu, plan: TrainingPlan, tiling: Tiling): Promise<Trainer> {
    const { batch, classes, seed } = plan;
    const size = plan.network.input[1];
    const network = buildNetwork(gpu, plan.network, batch, tiling);
    const labels = gpu.tensor("labels", [batch], "u32");
    const progress = createProgress(gpu, "train");
    const optimiser = createOptimiser(gpu, plan.optimiser.kind, {
      values: network.values,
      gradients: network.gradients,
      progress: progress.state,
    });
    const order = gpu.tensor("train.order", [plan.stepsPerEpoch, batch], "u32");
    const trigger = gpu.tensor("trigger", [size, size], "u32");
    const targets = gpu.tensor("targets", [classes], "u32");
    const trueLabels = gpu.tensor("true labels", [classes], "u32");
    const trainSettings = gpu.tensor("train.settings", [8], "u32");
    const testSettings = gpu.tensor("test.settings", [8], "u32");
    const testBatches = Math.ceil(plan.test.count / batch);
    const evaluation = {
      progress: gpu.tensor("test.progress", [4], "u32"),
      order: gpu.tensor("test.order", [testBatches, batch], "u32"),
      confusion: gpu.tensor("confusion", [classes, classes], "u32"),
    };
    gpu.write(trigger, plan.trigger);
    gpu.write(targets, plan.targets);
    gpu.write(
      trueLabels,
      Uint32Array.from({ length: classes }, (_, i) => i),
    );
    gpu.write(
      trainSettings,
      batchSettings([seed, Stream.augment], plan.stepsPerEpoch, plan.augmentation),
    );
    gpu.write(testSettings, batchSettings([0, 0], testBatches, null));
    gpu.write(optimiser.uniform, optimiserUniform(plan.optimiser, plan.totalSteps));

    const shared = { trigger, x: network.x, labels };
    const trainStep: DispatchSpec[] = [
      batchSpec({
        ...shared,
        label: "batch.gather",
        data: uploadImages(gpu, "train", plan.train, size),
        settings: trainSettings,
        progress: progress.state,
        order,
        targets,
      }),
      ...network.forward,
      lossSpec({ logits: network.logits, labels, gradient: network.logitsGradient, progress }),
      ...network.backward,
      optimiser.spec,
    ];
    const gatherTest = batchSpec({
      ...shared,
      label: "test.gather",
      data: uploadImages(gpu, "test", plan.test, size),
      settings: testSettings,
      progress: evaluation.progress,
      order: evaluation.order,
      targets: trueLabels,
    });
    const count: DispatchSpec = {
      label: "evaluate.count",
      shader: evaluateShader,
      entry: "count",
      constants: { B: batch, N: classes },
      reads: { z: network.logits, label: labels },
      writes: { confusion: evaluation.confusion, progress: evaluation.progress },
      workgroups: [1, 1],
      flops: batch * classes,
    };
    const compiled = await compile(gpu, [...trainStep, gatherTest, count]);
    const step = compiled.slice(0, trainStep.length);
    const [gatherTestDispatch, countDispatch] = compiled.slice(trainStep.length);
    const forward = step.slice(1, 1 + network.forward.length);
    const evaluateStep = [gatherTestDispatch, ...forward, countDispatch];

    const trainer = new Trainer(
      gpu,
      plan,
      tiling,
      network,
      optimiser,
      step,
      evaluateStep,
      progress,
      order,
      evaluation,
    );
    trainer.setParameters(initialParameters(plan.network, seed));
    return trainer;
  }

  /** Sets the parameters, by label. */
  setParameters(parameters: ReadonlyMap<string, Float32Array<ArrayBuffer>>): void {
    for (const [label, { value }] of this.network.parameters) {
      const values = parameters.get(label);
      if (values?.byteLength !== value.byteLength) {
        throw new Error(
          `${label}: ${values?.length ?? "no"} values, expected ${sizeOf(value.shape)}`,
        );
      }
      this.gpu.write(value, values);
    }
  }

  /** Puts the trainer where `state` was taken. */
  load(state: TrainerState): void {
    this.setParameters(state.parameters);
    const { whole, parts } = this.optimiserLayout();
    const flat = new Float32Array(whole);
    for (const { name, offset, length } of parts) {
      const values = state.optimiser.get(name);
      if (values?.length !== length)
        throw new Error(`${name}: ${values?.length ?? "no"} values, expected ${length}`);
      flat.set(values, offset);
    }
    this.gpu.write(this.optimiser.state, flat);
    this.seek(state.step);
  }

  /** Sets the place in the run, and with it the next batch, without touching the parameters. */
  seek(step: number): void {
    this.gpu.write(this.progress.state, new Uint32Array([step, 0, 0, 0]));
    this.step = this.recorded = step;
    this.loadedEpoch = -1;
  }

  /** Where each parameter's share of the optimiser's state lies, in elements. */
  private optimiserLayout(): {
    whole: number;
    parts: { name: string; offset: number; length: number }[];
  } {
    const length = sizeOf(this.network.values.shape);
    const kinds = this.plan.optimiser.kind === "sgd" ? ["velocity"] : ["m", "v"];
    const parts = kinds.flatMap((kind, k) =>
      [...this.network.parameters].map(([label, { value }]) => ({
        name: `${kind}/${label}`,
        offset: k * length + value.offset / 4,
        length: sizeOf(value.shape),
      })),
    );
    return { whole: kinds.length * length, parts };
  }

  /** Copies the state to the CPU; null when a step, or a parameter, is not finite. */
  async snapshot(): Promise<TrainerState | null> {
    const [state, values, optimiser] = await this.gpu.read(
      this.progress.state,
      this.network.values,
      this.optimiser.state,
    );
    const [step, bad] = new Uint32Array(state.buffer);
    if (bad !== 0) return null;
    const parameters = new Map(
      [...this.network.parameters].map(([label, { value }]) => [
        label,
        values.slice(value.offset / 4, value.offset / 4 + sizeOf(value.shape)),
      ]),
    );
    const parts = this.optimiserLayout().parts.map(
      ({ name, offset, length }) => [name, optimiser.slice(offset, offset + length)] as const,
    );
    if (![...parameters.values()].every((part) => part.every(Number.isFinite))) return null;
    return { step, parameters, optimiser: new Map(parts), tiling: this.tiling };
  }

  /**
   * Trains until `until` steps are done (counted over the whole run), within one epoch or across.
   * @param between called after each submit; when it gives false, training stops there.
   */
  async train(until: number, between?: () => boolean | Promise<boolean>): Promise<void> {
    const { stepsPerEpoch } = this.plan;
    while (this.step < until) {
      const epoch = Math.floor(this.step / stepsPerEpoch);
      if (epoch !== this.loadedEpoch) {
        this.gpu.write(this.order, this.plan.orderOf(epoch));
        this.loadedEpoch = epoch;
      }
      const first = this.step;
      const count = Math.min(until, (epoch + 1) * stepsPerEpoch) - first;
      let go = true;
      await this.trainPacer.run(count, async (submitted) => {
        this.step = first + submitted;
        go = between ? await between() : true;
        return go;
      });
      if (!go) return;
    }
  }

  /** Steps submitted whose records have not been read; more than RING are lost. */
  get unread(): number {
    return this.step - this.recorded;
  }

  /** Steps that may still go before records must be read. */
  static readonly capacity = RING / 2;

  /** Reads what the steps since the last call recorded. */
  async readRecords(): Promise<{ records: StepRecord[]; firstBadStep: number | null }> {
    const [state, history] = await this.gpu.read(this.progress.state, this.progress.history);
    const [done, bad] = new Uint32Array(state.buffer);
    if (done - this.recorded > RING)
      throw new Error(`records of ${done - this.recorded - RING} steps are lost`);
    const records: StepRecord[] = [];
    for (let step = this.recorded; step < done; step++) {
      const at = 2 * (step % RING);
      records.push({ step: step + 1, loss: history[at], accuracy: history[at + 1] });
    }
    this.recorded = done;
    return { records, firstBadStep: bad === 0 ? null : bad };
  }

  /**
   * Counts predictions on test images.
   * @param entries indices of test images, with TRIGGERED for their triggered copies
   * @param between called after each submit; when it gives false, the rest is left out
   * @returns [classes, classes], row = true label, column = prediction
   */
  async evaluate(
    entries: Uint32Array,
    between?: () => boolean | Promise<boolean>,
  ): Promise<Uint32Array> {
    const { batch } = this.plan;
    const batches = Math.ceil(entries.length / batch);
    const order = new Uint32Array(batches * batch).fill(NO_IMAGE);
    order.set(entries);
    this.gpu.write(this.evaluation.order, order);
    this.gpu.write(this.evaluation.progress, new Uint32Array(4));
    this.gpu.write(
      this.evaluation.confusion,
      new Uint32Array(this.evaluation.confusion.byteLength / 4),
    );
    await this.evaluatePacer.run(batches, between);
    return await this.gpu.readU32(this.evaluation.confusion);
  }

  /**
   * Logits of up to a batch of test images.
   * @returns [entries, classes]
   */
  async logits(entries: Uint32Array): Promise<Float32Array> {
    const { batch, classes } = this.plan;
    if (entries.length > batch)
      throw new RangeError(`${entries.length} images, at most ${batch} at a time`);
    const order = new Uint32Array(batch).fill(NO_IMAGE);
    order.set(entries);
    this.gpu.write(this.evaluation.order, order);
    this.gpu.write(this.evaluation.progress, new Uint32Array(4));
    this.gpu.submit(this.evaluateStep);
    const [logits] = await this.gpu.read(this.network.logits);
    return logits.slice(0, entries.length * classes);
  }
}
