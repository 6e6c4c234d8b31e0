/**
 * Trigger inversion (Wang et al. 2019, "Neural Cleanse"): the smallest mask and pattern that do what an attacker's
 * trigger would do, sought for many questions at once.
 */
import { Random, Stream } from "../data/random.ts";
import { UserError } from "../errors.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { createOptimiser, optimiserUniform } from "../layers/optimiser.ts";
import { triggerBlendSpecs } from "../layers/trigger-blend.ts";
import { triggerLossSpec } from "../layers/trigger-loss.ts";
import {
  initialSchedule,
  readSchedule,
  SCHEDULE_STATE,
  triggerScheduleSpec,
  type ScheduleSettings,
} from "../layers/trigger-schedule.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Hooks, Subject } from "./subject.ts";
import { checkInput, drawBatches, gatherSpec } from "./image-batches.ts";
import { runSearch, type FrozenNetwork } from "./search.ts";

/** A trigger as it was found. */
export interface ReversedTrigger {
  /** How much of each pixel it covers, 0 to 1. [SIZE, SIZE] */
  readonly mask: Float32Array<ArrayBuffer>;
  /** What it shows there, 0 to 1. [SIZE, SIZE] */
  readonly pattern: Float32Array<ArrayBuffer>;
  /** Sum of the mask: pixels, where it covers each of them whole or not at all. */
  readonly l1: number;
}

/** One question of a search. */
export interface InversionJob {
  /** What its images shall be read as; null: as anything but what they are. */
  readonly target: number | null;
  /** Numbers of the images that the trigger is sought on. */
  readonly images: Uint32Array;
}

export interface InversionSettings {
  readonly steps: number;
  /** Images of a question in a step. */
  readonly images: number;
  /** Adam's, of mask and pattern. */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly schedule: ScheduleSettings;
  readonly seed: number;
}

/** Wang et al.'s settings; success is looked at in each step. */
export const NEURAL_CLEANSE_SCHEDULE: ScheduleSettings = {
  every: 1,
  reached: 0.99,
  patience: 3,
  firstCost: 1e-3,
  up: 2,
  down: 2 ** 1.5,
};

export const inversionDefaults = {
  rate: 0.1,
  beta1: 0.5,
  beta2: 0.9,
  schedule: NEURAL_CLEANSE_SCHEDULE,
} as const;

/**
 * Seeks a trigger for each job, all in the same batches.
 * @param jobs all with a target, or all without
 * @returns for each job the smallest trigger that succeeded; where none did, the last one, which covers what it
 *   will (see `reverseTriggers` for what they do)
 * @throws UserError where a job has no images, or the network takes other images than grey squares
 */
export async function invertTriggers(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  jobs: readonly InversionJob[],
  settings: InversionSettings,
  hooks: Hooks = {},
): Promise<ReversedTrigger[]> {
  checkInput(subject.description);
  if (jobs.some((job) => job.images.length === 0)) {
    throw new UserError(
      "There are no images of a class that a trigger is sought on: give more clean images, of all classes.",
    );
  }
  const [last, kept, states] = await runSearch(
    gpu,
    subject,
    {
      batch: jobs.length * settings.images,
      steps: settings.steps,
      prepare: (scope, network) => prepare(scope, network, images, jobs, settings),
    },
    hooks,
  );
  return jobs.map((_, g) => {
    const from = readSchedule(states, g).lowest === null ? last : kept;
    return readTrigger(from, g, jobs.length);
  });
}

function prepare(
  gpu: Gpu,
  network: FrozenNetwork,
  images: LabelledImages,
  jobs: readonly InversionJob[],
  settings: InversionSettings,
) {
  const G = jobs.length;
  const [, , H, W] = network.x.shape;
  const triggers = (label: string) => gpu.tensor(label, [G, 2, H, W]);
  const labels = gpu.tensor("labels", [network.batch], "u32");
  const goals = gpu.tensor("goals", [network.batch], "u32");
  const progress = gpu.tensor("progress", [4], "u32");
  const clean = gpu.tensor("clean", network.x.shape);
  const tally = gpu.tensor("tally", [G, 2]);
  const free = triggers("free");
  const gradient = triggers("free.gradient");
  const shaped = triggers("triggers");
  const best = triggers("triggers kept");
  const state = gpu.tensor("schedule", [G, SCHEDULE_STATE]);
  gpu.write(free, randomTriggers(G, H * W, settings.seed));
  gpu.write(state, initialSchedule(G));
  const aims = jobs[0].target !== null;
  const targets = jobs.flatMap(({ target }) => Array<number>(settings.images).fill(target ?? 0));
  gpu.write(goals, Uint32Array.from(targets));
  const candidates = jobs.map((job) => job.images);
  const order = drawBatches(candidates, settings.steps, settings.images, settings.seed);
  const optimiser = createOptimiser(gpu, "adam", { values: free, gradients: gradient, progress });
  const { rate, beta1: momentum, beta2 } = settings;
  const constant = { weightDecay: 0, schedule: "constant", warmup: 0 } as const;
  const adam = { kind: "adam", rate, momentum, beta2, ...constant } as const;
  gpu.write(optimiser.uniform, optimiserUniform(adam, settings.steps));
  const blend = triggerBlendSpecs({
    free,
    shaped,
    gradient,
    clean,
    worn: network.x,
    wornGradient: network.inputGradient!,
    schedule: state,
  });
  const step: DispatchSpec[] = [
    gatherSpec(gpu, images, order, { progress, clean, labels }),
    ...blend.forward,
    ...network.forward,
    triggerLossSpec({
      wish: aims ? "aim" : "astray",
      logits: network.logits,
      labels: aims ? goals : labels,
      gradient: network.logitsGradient,
      tally,
      progress,
    }),
    ...network.backward,
    triggerScheduleSpec({ settings: settings.schedule, tally, shaped, state, best }),
    blend.backward,
    optimiser.spec,
  ];
  return { step, results: [shaped, best, state] };
}

/** What masks and patterns are made of, such that these are random, evenly from 0 to 1. [groups, 2, pixels] */
function randomTriggers(groups: number, pixels: number, seed: number): Float32Array<ArrayBuffer> {
  const random = new Random(seed, Stream.initialise);
  return Float32Array.from({ length: groups * 2 * pixels }, () =>
    // In the middle of one of as many steps as random numbers have: never at an edge, which is infinitely far.
    Math.atanh(2 * random.next() - 1 + 2 ** -24),
  );
}

/** @param triggers [groups, 2, SIZE, SIZE], of `count` groups */
function readTrigger(
  triggers: Float32Array<ArrayBuffer>,
  group: number,
  count: number,
): ReversedTrigger {
  const pixels = triggers.length / count / 2;
  const own = triggers.slice(2 * group * pixels, 2 * (group + 1) * pixels);
  const mask = own.slice(0, pixels);
  return { mask, pattern: own.slice(pixels), l1: mask.reduce((sum, m) => sum + m, 0) };
}
