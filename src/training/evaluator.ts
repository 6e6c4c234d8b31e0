/**
 * An evaluator: takes a network through test images, without and with the trigger, and tells what it
 * predicts. One list of dispatches walks through a whole set.
 */
import { NO_IMAGE } from "../data/order.ts";
import { compile } from "../gpu/pipelines.ts";
import type { Dispatch, DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Pacer } from "../gpu/pace.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { batchSettings, batchSpec, type ImagesOnGpu } from "../layers/batch.ts";
import { evaluateSpec } from "../layers/evaluate.ts";
import type { Network } from "../models/network.ts";
import type { RunEvaluation } from "./run-task.ts";

/** Told after each submit how many images were submitted; when it gives false, the rest is left out. */
export type Between = (images: number) => boolean | Promise<boolean>;

/** What to measure; entries are those of the batch shader. */
export interface EvaluationPlan {
  /** Test images without, and (for an attack) with the trigger. */
  readonly clean: Uint32Array<ArrayBuffer>;
  readonly triggered: Uint32Array<ArrayBuffer> | null;
}

/** An evaluation on the way of a run. */
export interface Evaluation extends RunEvaluation {
  /** [classes * classes]: row = true label, column = prediction. */
  readonly clean: readonly number[];
  readonly triggered: readonly number[] | null;
}

export interface EvaluatorOptions {
  /** Only its forward pass is used. */
  readonly network: Network;
  readonly classes: number;
  readonly data: ImagesOnGpu;
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Tensor;
  /** [B]: the batch's classes, which the evaluation writes. */
  readonly labels: Tensor;
  /** More dispatches after each forward pass, for example statistics of its activations. */
  readonly observers?: readonly DispatchSpec[];
}

export class Evaluator {
  private readonly pacer: Pacer;

  private constructor(
    private readonly gpu: Gpu,
    private readonly options: EvaluatorOptions,
    /** Gathers test images, predicts, counts. */
    readonly step: readonly Dispatch[],
    private readonly tensors: {
      progress: Tensor;
      order: Tensor;
      confusion: Tensor;
      prediction: Tensor;
    },
  ) {
    this.pacer = new Pacer(gpu, step);
  }

  static async build(gpu: Gpu, options: EvaluatorOptions): Promise<Evaluator> {
    const { network, classes, data, trigger, labels, observers = [] } = options;
    const { batch } = network;
    const batches = Math.ceil(data.count / batch);
    const settings = gpu.tensor("test.settings", [4], "u32");
    const trueLabels = gpu.tensor("true labels", [classes], "u32");
    const tensors = {
      progress: gpu.tensor("test.progress", [4], "u32"),
      order: gpu.tensor("test.order", [batches, batch], "u32"),
      confusion: gpu.tensor("confusion", [classes, classes], "u32"),
      prediction: gpu.tensor("prediction", [batches, batch], "u32"),
    };
    gpu.write(settings, batchSettings([0, 0], batches));
    gpu.write(
      trueLabels,
      Uint32Array.from({ length: classes }, (_, i) => i),
    );
    const { progress, order, confusion, prediction } = tensors;
    const gather = batchSpec({
      label: "test.gather",
      data,
      augmentation: null,
      settings,
      progress,
      order,
      trigger,
      targets: trueLabels,
      x: network.x,
      labels,
    });
    const { logits } = network;
    const count = evaluateSpec({ logits, labels, confusion, progress, prediction });
    const step = await compile(gpu, [gather, ...network.forward, ...observers, count]);
    return new Evaluator(gpu, options, step, tensors);
  }

  /**
   * Counts predictions on test images.
   * @param entries indices of test images, with TRIGGERED for their triggered copies; at most as many
   *   as there are test images
   * @returns [classes, classes], row = true label, column = prediction
   */
  async evaluate(entries: Uint32Array, between?: Between): Promise<Uint32Array> {
    await this.walk(entries, between);
    return await this.gpu.readU32(this.tensors.confusion);
  }

  /** The predicted class of each entry, in their order. */
  async predict(entries: Uint32Array, between?: Between): Promise<Uint8Array> {
    await this.walk(entries, between);
    const predictions = await this.gpu.readU32(this.tensors.prediction);
    return Uint8Array.from(predictions.subarray(0, entries.length));
  }

  /**
   * Logits of up to a batch of test images.
   * @returns [entries, classes]
   */
  async logits(entries: Uint32Array): Promise<Float32Array> {
    this.submitBatch(entries);
    const [logits] = await this.gpu.read(this.options.network.logits);
    return logits.slice(0, entries.length * this.options.classes);
  }

  /** Submits one pass over up to a batch of images; their activations are then in the network. */
  submitBatch(entries: Uint32Array): void {
    const { batch } = this.options.network;
    if (entries.length > batch)
      throw new RangeError(`${entries.length} images, at most ${batch} at a time`);
    this.begin(entries, 1);
    this.gpu.submit(this.step);
  }

  private async walk(entries: Uint32Array, between?: Between): Promise<void> {
    const batches = Math.ceil(entries.length / this.options.network.batch);
    this.begin(entries, batches);
    this.gpu.write(this.tensors.confusion, new Uint32Array(this.tensors.confusion.byteLength / 4));
    const { batch } = this.options.network;
    await this.pacer.run(
      batches,
      between && ((done) => between(Math.min(done * batch, entries.length))),
    );
  }

  /** Puts the images of the next batches in line. */
  private begin(entries: Uint32Array, batches: number): void {
    const order = new Uint32Array(batches * this.options.network.batch).fill(NO_IMAGE);
    order.set(entries);
    this.gpu.write(this.tensors.order, order);
    this.gpu.write(this.tensors.progress, new Uint32Array(4));
  }
}
