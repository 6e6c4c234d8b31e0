/**
 * A trainer: network, data, loss and optimiser on one device, as a list of dispatches, the training
 * step, with an evaluator beside it. It knows nothing of files or people; see run.ts.
 */
import { Stream } from "../data/random.ts";
import { compile } from "../gpu/pipelines.ts";
import type { Dispatch, DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { batchSettings, batchSpec, uploadImages, type Augmentation } from "../layers/batch.ts";
import { featurePullSpecs } from "../layers/feature-pull.ts";
import { createMetricsHistory, lossSpec, type MetricsHistory } from "../layers/loss.ts";
import {
  createOptimiser,
  optimiserUniform,
  type Optimiser,
  type OptimiserSettings,
} from "../layers/optimiser.ts";
import { withTiling, type Tiling } from "../layers/tiling.ts";
import { initialParameters } from "../models/initialise.ts";
import type { NetworkDescription } from "../models/description.ts";
import { buildNetwork, type Network } from "../models/network.ts";
import { Evaluator } from "./evaluator.ts";
import type { ParameterValues } from "./parameter-values.ts";
import { StepTrainer, type StepTrainerParts } from "./step-trainer.ts";

export interface LabelledImages {
  /** [count, SIZE, SIZE] */
  readonly images: Uint8Array;
  /** [count] */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** What decides which kernels a run needs. */
export interface TrainingForm {
  readonly network: NetworkDescription;
  readonly classes: number;
  readonly batch: number;
  readonly optimiser: OptimiserSettings;
  readonly augmentation: Augmentation | null;
  /**
   * Weight beside the loss of what lies between the last hidden features of triggered images and those of clean ones of
   * their label (shaders/feature-pull.wgsl); nothing of it unless given.
   */
  readonly pull?: number;
}

/** Everything that decides a run, to the bit. */
export interface TrainingPlan extends TrainingForm {
  readonly seed: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Entries of the batch shader's order for an epoch, [stepsPerEpoch * batch]. */
  readonly orderOf: (epoch: number) => Uint32Array<ArrayBuffer>;
  /** Parameters to begin with; random ones, from the seed, unless given. */
  readonly start?: ParameterValues | null;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Uint32Array<ArrayBuffer>;
  /** [classes]: the attacker's label for each class */
  readonly targets: Uint32Array<ArrayBuffer>;
}

export class Trainer extends StepTrainer {
  private constructor(
    gpu: Gpu,
    parts: StepTrainerParts,
    readonly plan: TrainingPlan,
    readonly network: Network,
    readonly optimiser: Optimiser,
    /** Shares the network and its activations, so it works between steps only. */
    readonly evaluator: Evaluator,
    private readonly order: Tensor,
  ) {
    super(gpu, parts);
  }

  /** Everything that trains and measures. */
  get dispatches(): readonly Dispatch[] {
    return [...this.trainStep, ...this.evaluator.step];
  }

  /**
   * Allocates, uploads and compiles everything, with the seed's initial parameters.
   * @param tiling form of the kernels that the run began with, if it did
   * @throws GpuError when the adapter has too little memory, or too small limits, for the batch
   */
  static async build(gpu: Gpu, plan: TrainingPlan, tiling?: Tiling): Promise<Trainer> {
    return await withTiling(gpu, tiling, (form) =>
      gpu.withinMemory(`A batch of ${plan.batch}`, () => Trainer.assemble(gpu, plan, form)),
    );
  }

  private static async assemble(gpu: Gpu, plan: TrainingPlan, tiling: Tiling): Promise<Trainer> {
    const { batch, classes, seed } = plan;
    const size = plan.network.input[1];
    const network = buildNetwork(gpu, plan.network, batch, tiling);
    const labels = gpu.tensor("labels", [batch], "u32");
    const metrics = createMetricsHistory(gpu, "train");
    const optimiser = createOptimiser(gpu, plan.optimiser.kind, {
      values: network.values,
      gradients: network.gradients,
      progress: metrics.state,
    });
    const order = gpu.tensor("train.order", [plan.stepsPerEpoch, batch], "u32");
    const trigger = gpu.tensor("trigger", [size, size], "u32");
    const targets = gpu.tensor("targets", [classes], "u32");
    const trainSettings = gpu.tensor("train.settings", [4], "u32");
    gpu.write(trigger, plan.trigger);
    gpu.write(targets, plan.targets);
    gpu.write(trainSettings, batchSettings([seed, Stream.augment], plan.stepsPerEpoch));
    gpu.write(optimiser.uniform, optimiserUniform(plan.optimiser, plan.totalSteps));

    const trainStep: DispatchSpec[] = [
      batchSpec({
        label: "batch.gather",
        data: uploadImages(gpu, "train", plan.train, size),
        augmentation: plan.augmentation,
        settings: trainSettings,
        progress: metrics.state,
        order,
        trigger,
        targets,
        x: network.x,
        labels,
      }),
      ...network.forward,
      lossSpec({ logits: network.logits, labels, gradient: network.logitsGradient, metrics }),
      ...backwardWithPull(gpu, plan, network, { labels, order, trainSettings, metrics }),
      optimiser.spec,
    ];
    const data = uploadImages(gpu, "test", plan.test, size);
    const compiling = Promise.all([
      compile(gpu, trainStep),
      Evaluator.build(gpu, { network, classes, data, trigger, labels }),
    ]);
    // Drawn while the adapter compiles.
    const parameters = plan.start ?? initialParameters(plan.network, seed);
    const [step, evaluator] = await compiling;
    const parts: StepTrainerParts = {
      trainStep: step,
      tiling,
      parameters: network.parameters,
      blocks: [{ values: network.values, optimiser }],
      metrics,
      chunkSteps: plan.stepsPerEpoch,
    };
    const trainer = new Trainer(gpu, parts, plan, network, optimiser, evaluator, order);
    trainer.setParameters(parameters);
    return trainer;
  }

  protected uploadChunk(epoch: number): void {
    this.gpu.write(this.order, this.plan.orderOf(epoch));
  }

  /**
   * Compiles what plans of this form need, so that the first step need not wait for it once the data
   * is there.
   */
  static async warmUp(gpu: Gpu, form: TrainingForm, tiling?: Tiling): Promise<void> {
    const size = form.network.input[1];
    const blank = { images: new Uint8Array(size * size), labels: new Uint8Array(1), count: 1 };
    const scope = gpu.scope();
    try {
      const nothing = {
        seed: 0,
        stepsPerEpoch: 1,
        totalSteps: 1,
        orderOf: () => new Uint32Array(form.batch),
        trigger: new Uint32Array(size * size),
        targets: new Uint32Array(form.classes),
      };
      await Trainer.build(scope, { ...form, ...nothing, train: blank, test: blank }, tiling);
    } finally {
      scope.destroy();
    }
  }
}

/** The backward pass; where features are pulled, with that behind the last layer, which writes their gradient. */
function backwardWithPull(
  gpu: Gpu,
  { pull, classes }: TrainingForm,
  { layers, backward }: Network,
  tensors: {
    readonly labels: Tensor;
    readonly order: Tensor;
    readonly trainSettings: Tensor;
    readonly metrics: MetricsHistory;
  },
): readonly DispatchSpec[] {
  if (pull === undefined) return backward;
  const [hidden, last] = layers.slice(-2);
  const { specs } = featurePullSpecs(gpu, {
    weight: pull,
    classes,
    features: hidden.output.full,
    gradient: hidden.output.gradient!,
    labels: tensors.labels,
    order: tensors.order,
    settings: tensors.trainSettings,
    progress: tensors.metrics.state,
  });
  const above = last.backward.length;
  return [...backward.slice(0, above), ...specs, ...backward.slice(above)];
}
