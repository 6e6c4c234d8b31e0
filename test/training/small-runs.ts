/** Runs of either kind, as small as can be, and what they told on their way. */
import type { DigitSet } from "../../src/data/digits.ts";
import { everyImage } from "../../src/data/order.ts";
import { Random, Stream } from "../../src/data/random.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/files/checkpoint.ts";
import { decodeDetector, encodeDetector } from "../../src/files/detector-file.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { pictureEntry } from "../../src/layers/scene.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { digitTask, type RunPlan } from "../../src/studies/digits/plan.ts";
import { signTask } from "../../src/studies/signs/plan.ts";
import { scoreDetections } from "../../src/training/detection.ts";
import type { DetectorEvaluation } from "../../src/training/detector-evaluation.ts";
import type { DetectorTrainer } from "../../src/training/detector-trainer.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import {
  Run,
  type Progress,
  type RunEvaluation,
  type RunHooks,
  type RunState,
  type RunTask,
} from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import type { Trainer } from "../../src/training/trainer.ts";
import { detectorPlan, tiny } from "./tiny-detector.ts";

/** A kind of run. */
export interface Subject<T extends StepTrainer, E extends RunEvaluation> {
  readonly name: string;
  readonly task: RunTask<T, E>;
  /** A state as a file, and back. */
  readonly encode: (state: RunState<E>) => Promise<Uint8Array<ArrayBuffer>>;
  readonly decode: (bytes: Uint8Array) => Promise<RunState<E>>;
}

/** What is tested does not depend on the network. */
export const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [{ kind: "dense", label: "fc", outputs: 10 }],
};

export const IMAGES = 200;
export const TESTS = 60;
export const PROBED = 20;
export const BATCH = 16;
export const STEPS_PER_EPOCH = 10;
export const STEPS = 27; // ends in the middle of the third epoch
export const PROBE_EVERY = 4;

const first = (count: number, { images, labels }: DigitSet): DigitSet => ({
  images: images.slice(0, count * 784),
  labels: labels.slice(0, count),
  count,
});

const mnist = await packagedMnist();
const digits = { train: first(IMAGES, mnist.train), test: first(TESTS, mnist.test) };

/** Augmented, partly poisoned training. */
export function digitPlan(change: Partial<RunPlan> = {}): RunPlan {
  const trigger = new Uint32Array(784);
  trigger[783] = 256 + 255;
  const made = {
    network,
    classes: 10,
    batch: BATCH,
    seed: 5,
    optimiser: {
      kind: "sgd",
      rate: 0.05,
      momentum: 0.9,
      weightDecay: 0,
      schedule: "linear",
      warmup: 3,
    },
    augmentation: { shift: 2, angle: 0.2, scale: 0.1 },
    stepsPerEpoch: STEPS_PER_EPOCH,
    totalSteps: STEPS,
    train: digits.train,
    test: digits.test,
    trigger,
    targets: Uint32Array.from({ length: 10 }, (_, i) => (i + 1) % 10),
    evaluation: { clean: everyImage(TESTS), triggered: everyImage(TESTS, true) },
    probe: { clean: everyImage(PROBED), triggered: everyImage(PROBED, true) },
    probeEvery: PROBE_EVERY,
    ...change,
  } as const;
  return {
    orderOf: (epoch) => {
      const order = everyImage(IMAGES);
      for (let i = 0; i < IMAGES; i += 10) order[i] = (order[i] | 0x8000_0000) >>> 0;
      const shuffled = new Random(5, Stream.shuffle, epoch).shuffle(order);
      return shuffled.slice(0, made.stepsPerEpoch * made.batch);
    },
    ...made,
  };
}

export const digitRun = (change: Partial<RunPlan> = {}): Subject<Trainer, Evaluation> => ({
  name: "of digits",
  task: digitTask(digitPlan(change)),
  encode: async (state) => await encodeCheckpoint(network, { any: "recipe" }, state),
  decode: async (bytes) => (await decodeCheckpoint(network, bytes, "checkpoint")).state,
});

const atlas = await signArtwork();

/** Evaluated every second step, and after the fifth, its last. */
export const detectorRun = (
  change: Partial<RunTask<DetectorTrainer, DetectorEvaluation>> = {},
): Subject<DetectorTrainer, DetectorEvaluation> => {
  const plan = detectorPlan(atlas, change.totalSteps ?? 5);
  const described = describeDetector(tiny, plan.classes + 1);
  return {
    name: "of a detector",
    task: {
      ...signTask(plan, { tests: [], evaluateEvery: 2 }),
      // Fewer scenes than the study's own take less time.
      evaluate: async (trainer, kind, between) => {
        const judged = await trainer.detect([pictureEntry("scene", 0)], between);
        const scenes = scoreDetections(judged, plan.classes);
        return between()
          ? { step: trainer.step, kind, scenes, photographs: null, attack: null }
          : null;
      },
      ...change,
    },
    encode: async (state) => await encodeDetector(described, { any: "recipe" }, state, true),
    decode: async (bytes) => (await decodeDetector(bytes, "detector", () => described)).state,
  };
};

/** Everything of a state but what depends on the clock, with NaN and the two zeros as what they are. */
export function bits(state: RunState<RunEvaluation>) {
  const metrics = state.metrics.map((values, i) => [`metric ${i}`, values] as const);
  return {
    step: state.step,
    tiling: state.tiling,
    evaluations: state.evaluations,
    evaluatedImages: state.evaluatedImages,
    words: Object.fromEntries(
      [...state.parameters, ...state.optimiser, ...metrics].map(([label, values]) => [
        label,
        new Uint32Array(values.buffer.slice(0)),
      ]),
    ),
  };
}

export const sum = (values: Iterable<number>) =>
  [...values].reduce((total, value) => total + value, 0);

/** Devices for the runs of a file. */
export class Devices {
  /** How often a lent device was given back. */
  freed = 0;
  private readonly opened: Gpu[] = [];
  private shared: Promise<Gpu> | null = null;

  /** One of its own. */
  readonly open = async (): Promise<Gpu> => {
    const gpu = await openInNode();
    this.opened.push(gpu);
    return gpu;
  };

  /** A scope of the one that all share who do not lose it; what is compiled once serves all. */
  readonly lend = async (): Promise<Gpu> => {
    const scope = (await (this.shared ??= this.open())).scope();
    const destroy = scope.destroy.bind(scope);
    scope.destroy = () => {
      this.freed += 1;
      destroy();
    };
    return scope;
  };

  /** For a run that loses its first device: one of its own, and then the shared one. */
  replacing(): () => Promise<Gpu> {
    let opened = 0;
    return async () => await (opened++ === 0 ? this.open() : this.lend());
  }

  close(): void {
    for (const gpu of this.opened) gpu.destroy();
  }
}

/** A run, and what it told on its way. */
export function record<T extends StepTrainer, E extends RunEvaluation>(
  open: () => Promise<Gpu>,
  task: RunTask<T, E>,
  resumeFrom: RunState<E> | null = null,
  hooks: RunHooks<T, E> = {},
) {
  const events = {
    progress: [] as Progress[],
    evaluations: [] as E[],
    notices: [] as string[],
    states: [] as RunState<E>[],
    trainers: [] as T[],
    rests: 0,
  };
  let rested: () => void = () => undefined;
  /** Resolves when the run rests for the next time. */
  const nextRest = async () => await new Promise<void>((resolve) => (rested = resolve));
  const run = new Run<T, E>(
    open,
    task,
    {
      onProgress: (progress) => {
        events.progress.push(progress);
        hooks.onProgress?.(progress);
      },
      onEvaluation: (evaluation) => {
        events.evaluations.push(evaluation);
        hooks.onEvaluation?.(evaluation);
      },
      onNotice: (text) => {
        events.notices.push(text);
        hooks.onNotice?.(text);
      },
      onState: async (state) => {
        events.states.push(state);
        await hooks.onState?.(state);
      },
      onTrainer: (trainer) => {
        events.trainers.push(trainer);
        hooks.onTrainer?.(trainer);
      },
      onRest: () => {
        events.rests += 1;
        hooks.onRest?.();
        rested();
      },
    },
    resumeFrom,
  );
  return { run, events, nextRest };
}

/** The state before the first step. Its form of the kernels need not be measured again. */
export async function stateAtStart<T extends StepTrainer, E extends RunEvaluation>(
  open: () => Promise<Gpu>,
  task: RunTask<T, E>,
): Promise<RunState<E>> {
  const { run } = record(open, task);
  run.stop();
  const { state, trainer } = await run.run();
  trainer.gpu.destroy();
  return state;
}

/** Calls `then` once, after the training step that brings the trainer to `step` was submitted. */
export function afterStep(trainer: StepTrainer, step: number, then: () => void): void {
  afterSubmits(trainer, trainer.trainStep, step - trainer.step, then);
}

/** Calls `then` once, after `count` repetitions of the list were submitted. */
export function afterSubmits(
  { gpu }: StepTrainer,
  list: StepTrainer["trainStep"],
  count: number,
  then: () => void,
): void {
  const submit = gpu.submit.bind(gpu);
  const own = new Set(list);
  // A repetition may come in pieces.
  let dispatched = 0;
  gpu.submit = (dispatches, repetitions?: number) => {
    const times = repetitions ?? 1;
    submit(dispatches, times);
    const before = dispatched;
    dispatched += times * dispatches.filter((one) => own.has(one)).length;
    if (before < count * list.length && dispatched >= count * list.length) then();
  };
}

/** Calls `then` while the call number `count` of a method that reads back is under way. */
export function during(
  trainer: Trainer,
  method: "snapshot" | "readRecords" | "evaluate",
  count: number,
  then: () => void,
): void {
  const owner: unknown = method === "evaluate" ? trainer.evaluator : trainer;
  const target = owner as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const original = target[method].bind(owner);
  let calls = 0;
  target[method] = async (...args) => {
    const working = original(...args);
    if (++calls === count) then();
    return await working;
  };
}
