/** A run ends in the same bits however it was disturbed: paused, stopped, resumed, or off its device. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DigitSet } from "../../src/data/digits.ts";
import { everyImage } from "../../src/data/order.ts";
import { Random, Stream } from "../../src/data/random.ts";
import { GpuError } from "../../src/gpu/gpu-error.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/files/checkpoint.ts";
import { digitTask, type RunPlan } from "../../src/studies/digits/plan.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import {
  DivergedError,
  Run,
  type Progress,
  type RunHooks,
  type RunState as StateOf,
} from "../../src/training/run.ts";
import type { Trainer } from "../../src/training/trainer.ts";

type RunState = StateOf<Evaluation>;

/** As small as can be: what is tested here does not depend on the network. */
const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [{ kind: "dense", label: "fc", outputs: 10 }],
};

const IMAGES = 200;
const TESTS = 60;
const BATCH = 16;
const STEPS_PER_EPOCH = 10;
const STEPS = 27; // ends in the middle of the third epoch
const PROBE_EVERY = 4;

const first = (count: number, { images, labels }: DigitSet): DigitSet => ({
  images: images.slice(0, count * 784),
  labels: labels.slice(0, count),
  count,
});

let digits: { train: DigitSet; test: DigitSet };
beforeAll(async () => {
  const { train, test } = await packagedMnist();
  digits = { train: first(IMAGES, train), test: first(TESTS, test) };
});

function plan(change: Partial<RunPlan> = {}): RunPlan {
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
    probe: { clean: everyImage(20), triggered: everyImage(20, true) },
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

/** Everything of a state but what depends on the clock, with NaN and the two zeros as what they are. */
function bits(state: RunState) {
  const { parameters, optimiser } = state;
  const [losses, accuracies] = state.metrics;
  const all = [
    ...parameters,
    ...optimiser,
    ["losses", losses],
    ["accuracies", accuracies],
  ] as const;
  return {
    step: state.step,
    tiling: state.tiling,
    evaluations: state.evaluations,
    evaluatedImages: state.evaluatedImages,
    words: Object.fromEntries(
      all.map(([label, values]) => [label, new Uint32Array(values.buffer.slice(0))]),
    ),
  };
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

const devices: Gpu[] = [];
const open = async () => {
  const gpu = await openInNode();
  devices.push(gpu);
  return gpu;
};
afterAll(() => {
  for (const gpu of devices) gpu.destroy();
});

/** One device for all that does not lose it. */
let shared: Gpu;
beforeAll(async () => {
  shared = await open();
});

/** The shared device, which the run may take for its own. */
const lend = async (): Promise<Gpu> =>
  Object.create(shared, { destroy: { value: () => freed++ } }) as Gpu;
let freed = 0;

/** The shared device for a run that loses its first one. */
function replacing(): () => Promise<Gpu> {
  let opened = 0;
  return async () => await (opened++ === 0 ? open() : lend());
}

/** A run and what it told on its way. */
function record(
  hooks: RunHooks<Trainer, Evaluation> = {},
  resumeFrom: RunState | null = origin,
  change: Partial<RunPlan> = {},
  opener = lend,
) {
  const events = {
    progress: [] as Progress[],
    evaluations: [] as Evaluation[],
    notices: [] as string[],
    states: [] as RunState[],
    trainers: [] as Trainer[],
  };
  const run = new Run(
    opener,
    digitTask(plan(change)),
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
      onRest: () => hooks.onRest?.(),
    },
    resumeFrom,
  );
  return { run, events };
}

/** Calls `then` once, after the training step that brings the trainer to `step` was submitted. */
function afterStep(trainer: Trainer, step: number, then: () => void): void {
  afterSubmits(trainer, trainer.trainStep, step - trainer.step, then);
}

/** Calls `then` once, after `count` repetitions of the list were submitted. */
function afterSubmits(
  { gpu }: Trainer,
  list: Trainer["trainStep"],
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
function during(
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

/** A run's state before its first step. Its form of the kernels need not be measured again. */
let origin: RunState;
let expected: ReturnType<typeof bits>;
let undisturbed: ReturnType<typeof record>["events"];
beforeAll(async () => {
  const { run: stopped } = record({}, null);
  stopped.stop();
  origin = (await stopped.run()).state;
  expect(origin.step).toBe(0);
  const { run, events } = record({}, null);
  const { finished, state } = await run.run();
  expect(finished).toBe(true);
  expected = bits(state);
  undisturbed = events;
});

describe("a run", () => {
  it("evaluates a sample now and then, and everything at the end of each epoch and of the run", () => {
    const when = undisturbed.evaluations.map(({ step, kind }) => `${kind} ${step}`);
    expect(when).toEqual([
      "probe 4",
      "probe 8",
      "epoch 10",
      "probe 12",
      "probe 16",
      "epoch 20",
      "probe 24",
      "epoch 27",
    ]);
    for (const { kind, clean, triggered } of undisturbed.evaluations) {
      const images = kind === "epoch" ? TESTS : 20;
      expect([sum(clean), sum(triggered!)]).toEqual([images, images]);
    }
    expect(expected.evaluations).toEqual(undisturbed.evaluations);
    expect(expected.evaluatedImages).toBe(2 * (3 * TESTS + 5 * 20));
  });

  it("tells its progress, the last time at its last step", () => {
    const { progress } = undisturbed;
    const losses = new Float32Array(expected.words["losses"].buffer);
    expect(losses).toHaveLength(STEPS);
    let before = 0;
    for (const { step, totalSteps, epoch, epochs, metrics, ...speed } of progress) {
      const [loss, accuracy] = metrics;
      expect(step).toBeGreaterThan(before);
      expect([totalSteps, epoch, epochs]).toEqual([STEPS, Math.ceil(step / STEPS_PER_EPOCH), 3]);
      expect(loss).toBeCloseTo(sum(losses.slice(before, step)) / (step - before), 5);
      expect(accuracy >= 0 && accuracy <= 1).toBe(true);
      expect(speed.imagesPerSecond).toBeGreaterThan(0);
      expect(speed.secondsLeft! >= 0 && Number.isFinite(speed.secondsLeft)).toBe(true);
      before = step;
    }
    expect(before).toBe(STEPS);
  });

  it("gives its state at each epoch's end, with the books of every step until then", () => {
    expect(undisturbed.states.map(({ step }) => step)).toEqual([10, 20, 27]);
    for (const { step, metrics, evaluations } of undisturbed.states) {
      expect(metrics.map((values) => values.length)).toEqual([step, step]);
      expect(evaluations.at(-1)).toMatchObject({ step, kind: "epoch" });
    }
    expect(undisturbed.notices).toEqual([]);
    expect(undisturbed.trainers).toHaveLength(1);
  });

  it("gives its state every fifteen seconds, too", async () => {
    const now = performance.now.bind(performance);
    let later = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + later);
    const onTrainer = (trainer: Trainer) => afterStep(trainer, 6, () => (later = 15_001));
    const { run, events } = record({ onTrainer });
    const { state } = await run.run();
    clock.mockRestore();
    const [first, ...rest] = events.states.map(({ step }) => step);
    expect(first >= 6 && first <= 8).toBe(true);
    expect(rest).toEqual([10, 20, 27]);
    expect(bits(state)).toEqual(expected);
  });

  it("without an attack has no triggered evaluations", async () => {
    const honest = { clean: everyImage(TESTS), triggered: null };
    const { run } = record({}, origin, { evaluation: honest, probe: honest, totalSteps: 5 });
    const { state } = await run.run();
    expect(state.evaluations.map(({ triggered }) => triggered)).toEqual([null, null]);
    expect(state.evaluatedImages).toBe(2 * TESTS);
  });

  it("that is finished already stays as it is", async () => {
    const { run: done } = record();
    const { state } = await done.run();
    const { run, events } = record({}, state);
    const again = await run.run();
    expect(again.finished).toBe(true);
    expect(bits(again.state)).toEqual(expected);
    expect([events.evaluations, events.progress]).toEqual([[], []]);
  });

  it("hands on an error of a hook, and frees its device", async () => {
    const { run, events } = record({
      onState: () => {
        throw new Error("the disk is full");
      },
    });
    const before = freed;
    await expect(run.run()).rejects.toThrow("the disk is full");
    expect(events.trainers).toHaveLength(1);
    expect(freed).toBe(before + 1);
  });
});

describe("a paused run", () => {
  it("trains no further until it is resumed, keeps its state meanwhile, and ends in the same bits", async () => {
    let paused!: () => void;
    const kept = new Promise<void>((resolve) => (paused = resolve));
    let waiting = false;
    let start = 0;
    const { run, events } = record({
      onTrainer: (trainer) => {
        start = performance.now();
        afterStep(trainer, 6, () => {
          waiting = true;
          run.pause();
          run.pause(); // once more means nothing more
        });
      },
      onState: () => {
        if (waiting) paused();
      },
    });
    const running = run.run();
    await kept;
    const { step } = events.states.at(-1)!;
    expect(step >= 6 && step < STEPS_PER_EPOCH).toBe(true);
    const stood = performance.now();
    // Long enough for many steps, were there any.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events.trainers[0].step).toBe(step);
    const seconds = (performance.now() - stood) / 1000;
    run.resume();
    const { finished, state } = await running;
    expect(finished).toBe(true);
    expect(bits(state)).toEqual(expected);
    // Time that nothing was done in counts as nothing.
    const whole = (performance.now() - start) / 1000;
    expect(state.trainSeconds + state.evaluateSeconds).toBeLessThan(whole - seconds);
  });

  it("in the middle of an evaluation finishes that first", async () => {
    let rested!: () => void;
    const resting = new Promise<void>((resolve) => (rested = resolve));
    const { run, events } = record({
      onTrainer: (trainer) => during(trainer, "evaluate", 3, () => run.pause()),
      onRest: () => rested(),
    });
    const running = run.run();
    await resting;
    // The first two evaluations are those of the probe at step 4; the third begins the one at step 8.
    expect(events.evaluations.at(-1)!.step).toBe(8);
    expect(events.trainers[0].step).toBe(8);
    run.resume();
    expect(bits((await running).state)).toEqual(expected);
  });
});

describe("a run taken step by step", () => {
  /** Waits until the run rests. */
  const resting = (hooks: { onRest?: () => void }) => {
    let arrived: () => void = () => undefined;
    hooks.onRest = () => arrived();
    return async () => await new Promise<void>((resolve) => (arrived = resolve));
  };

  it("kernel by kernel, batch by batch and to an epoch's end comes to the same bits", async () => {
    const hooks: { onRest?: () => void } = {};
    const rest = resting(hooks);
    const { run, events } = record(hooks);
    run.pause();
    let rested = rest();
    const running = run.run();
    await rested;
    const [trainer] = events.trainers;
    expect([trainer.step, trainer.cursor]).toEqual([0, 0]);
    const kernels = trainer.trainStep.length;
    await run.stepKernels(3);
    expect([trainer.step, trainer.cursor]).toEqual([0, 3]);
    await run.stepKernels(kernels - 3);
    expect([trainer.step, trainer.cursor, run.metrics[0].length]).toEqual([1, 0, 1]);
    // Not beyond the end of the step, and through the probe at step 4.
    while (trainer.step < 6) await run.stepKernels(kernels + 1);
    await run.stepKernels(2);
    for (const goal of [7, 8, STEPS_PER_EPOCH]) {
      rested = rest();
      run.playUntil(goal);
      await rested;
      expect([trainer.step, trainer.cursor]).toEqual([goal, 0]);
    }
    run.resume();
    await expect(run.stepKernels(1)).rejects.toThrow("pause it first");
    const { finished, state } = await running;
    expect(finished).toBe(true);
    expect(bits(state)).toEqual(expected);
    expect(events.evaluations).toEqual(undisturbed.evaluations);
  });

  it("stopped within a step finishes that step", async () => {
    const hooks: { onRest?: () => void } = {};
    const rest = resting(hooks);
    const { run, events } = record(hooks);
    run.playUntil(4);
    const rested = rest();
    const running = run.run();
    await rested;
    await run.stepKernels(5);
    run.stop();
    const { state } = await running;
    expect([events.trainers[0].cursor, state.step]).toEqual([0, 5]);
    const { run: next } = record({}, state);
    expect(bits((await next.run()).state)).toEqual(expected);
  });

  it("and whose device is lost meanwhile rests again on a new one, where its state was kept", async () => {
    const hooks: { onRest?: () => void } = {};
    const rest = resting(hooks);
    const { run, events } = record(hooks, origin, {}, replacing());
    run.playUntil(4);
    let rested = rest();
    const running = run.run();
    await rested;
    await run.stepKernels(2);
    rested = rest();
    events.trainers[0].gpu.device.destroy();
    await rested;
    expect([events.trainers[1].step, events.trainers[1].cursor]).toEqual([4, 0]);
    run.resume();
    expect(bits((await running).state)).toEqual(expected);
  });

  it("slowly takes its time, and catches up when told to", async () => {
    const { run } = record();
    run.stepsPerSecond = 20;
    const start = performance.now();
    const running = run.run();
    await vi.waitFor(() => expect(run.metrics[0].length).toBeGreaterThan(3), { timeout: 60_000 });
    expect((performance.now() - start) / 1000).toBeGreaterThan(3 / 20);
    run.stepsPerSecond = null;
    expect(bits((await running).state)).toEqual(expected);
  });
});

describe("a stopped run", () => {
  const stops: [string, (trainer: Trainer, stop: () => void) => void][] = [
    ["before its first step", (_, stop) => stop()],
    ["in the middle of an epoch", (trainer, stop) => afterStep(trainer, 6, stop)],
    ["at the last step of an epoch", (trainer, stop) => afterStep(trainer, 20, stop)],
    ["in a probe", (trainer, stop) => during(trainer, "evaluate", 1, stop)],
    [
      "in the middle of an epoch's evaluation",
      (trainer, stop) => during(trainer, "evaluate", 6, stop),
    ],
    ["at its last step", (trainer, stop) => afterStep(trainer, STEPS, stop)],
    ["in its last evaluation", (trainer, stop) => during(trainer, "evaluate", 16, stop)],
  ];

  it.each(stops)("%s ends in the same bits when its checkpoint is resumed", async (_, arrange) => {
    const { run } = record({ onTrainer: (trainer) => arrange(trainer, () => run.stop()) });
    const stopped = await run.run();
    expect(stopped.finished).toBe(false);
    const { step, metrics, evaluations } = stopped.state;
    expect(metrics[0]).toHaveLength(step);
    expect(evaluations).toEqual(undisturbed.evaluations.slice(0, evaluations.length));

    const bytes = encodeCheckpoint(network, { any: "recipe" }, stopped.state);
    const { state } = decodeCheckpoint(network, bytes, "checkpoint");
    const { run: next, events } = record({}, state);
    const end = await next.run();
    expect(end.finished).toBe(true);
    expect(bits(end.state)).toEqual(expected);
    expect([...evaluations, ...events.evaluations]).toEqual(undisturbed.evaluations);
    expect(end.state.trainSeconds).toBeGreaterThanOrEqual(stopped.state.trainSeconds);
  });

  it("while paused ends at once, with the state it stood at", async () => {
    let waiting = false;
    const { run, events } = record({
      onTrainer: (trainer) =>
        afterStep(trainer, 6, () => {
          waiting = true;
          run.pause();
        }),
      onState: () => {
        if (waiting) run.stop();
      },
    });
    const { finished, state } = await run.run();
    expect(finished).toBe(false);
    expect(state.step).toBe(events.states.at(-1)!.step);
    expect(state.step < STEPS_PER_EPOCH).toBe(true);
  });
});

describe("a lost device", () => {
  const losses: [string, (trainer: Trainer, lose: () => void) => void][] = [
    ["before the first step", (_, lose) => lose()],
    ["in the first epoch", (trainer, lose) => afterStep(trainer, 6, lose)],
    ["in the middle of a later epoch", (trainer, lose) => afterStep(trainer, 15, lose)],
    ["with the last step", (trainer, lose) => afterStep(trainer, STEPS, lose)],
    ["in a probe", (trainer, lose) => during(trainer, "evaluate", 1, lose)],
    [
      "in the middle of an epoch's evaluation",
      (trainer, lose) => afterSubmits(trainer, trainer.evaluator.step, 11, lose),
    ],
    [
      "in the triggered half of an evaluation",
      (trainer, lose) => during(trainer, "evaluate", 6, lose),
    ],
    ["while a state is copied", (trainer, lose) => during(trainer, "snapshot", 2, lose)],
    ["while the books are read", (trainer, lose) => during(trainer, "readRecords", 3, lose)],
  ];

  it.each(losses)("%s changes no bit of the run's end", async (_, arrange) => {
    const { run, events } = record(
      {
        onTrainer: (trainer) => {
          if (events.trainers.length > 1) return;
          arrange(trainer, () => trainer.gpu.device.destroy());
        },
      },
      origin,
      {},
      replacing(),
    );
    const { finished, state, trainer } = await run.run();
    expect(finished).toBe(true);
    expect(bits(state)).toEqual(expected);
    expect(events.trainers).toHaveLength(2);
    expect(trainer).toBe(events.trainers[1]);
    expect(events.notices).toEqual([
      expect.stringMatching(
        /^The GPU device was lost; the run goes on from step (0|10|20) on a new one\.$/,
      ),
    ]);
  });

  it.each(["onEvaluation", "onState"] as const)("in %s changes no bit either", async (hook) => {
    let calls = 0;
    const destroy = () => {
      if (++calls === 2) events.trainers[0].gpu.device.destroy();
    };
    const { run, events } = record({ [hook]: destroy }, origin, {}, replacing());
    const { finished, state } = await run.run();
    expect(finished).toBe(true);
    expect(bits(state)).toEqual(expected);
    expect(events.notices).toHaveLength(1);
  });

  it("before anything was built or kept is replaced, too", async () => {
    let opened = 0;
    const { run, events } = record(
      {
        onTrainer: (trainer) => {
          if (opened === 2) afterStep(trainer, 6, () => trainer.gpu.device.destroy());
        },
      },
      null,
      {},
      async () => {
        opened += 1;
        const gpu = opened > 2 ? await lend() : await open();
        if (opened === 1) gpu.device.destroy();
        return gpu;
      },
    );
    const { state } = await run.run();
    expect(bits(state)).toEqual(expected);
    expect(opened).toBe(3);
    expect(events.notices).toHaveLength(2);
    for (const notice of events.notices) expect(notice).toContain("goes on from step 0");
  });

  it("while paused is noticed, and the run goes on from where it stood", async () => {
    let waiting = false;
    const { run, events } = record(
      {
        onTrainer: (trainer) => {
          if (events.trainers.length > 1) return;
          afterStep(trainer, 16, () => {
            waiting = true;
            run.pause();
          });
        },
        onState: () => {
          if (!waiting) return;
          waiting = false;
          events.trainers[0].gpu.device.destroy();
          run.resume();
        },
      },
      origin,
      {},
      replacing(),
    );
    const { state } = await run.run();
    expect(bits(state)).toEqual(expected);
    expect(events.notices).toHaveLength(1);
    // Not from the epoch's beginning, step 10.
    expect(events.notices[0]).toMatch(/from step 1[6-9] on/);
  });

  it("time and again is survived as long as something is kept in between", async () => {
    const { run, events } = record(
      {
        // Each device lives for one epoch of two steps and a bit.
        onTrainer: (trainer) => {
          if (events.trainers.length > 6) return;
          afterStep(trainer, trainer.step + 3, () => trainer.gpu.device.destroy());
        },
      },
      origin,
      { stepsPerEpoch: 2, totalSteps: 14 },
      open,
    );
    const { finished, state } = await run.run();
    expect(finished).toBe(true);
    expect(state.metrics[0]).toHaveLength(14);
    expect(events.notices.map((notice) => /\d+/.exec(notice)![0])).toEqual([
      "2",
      "4",
      "6",
      "8",
      "10",
      "12",
    ]);
  });

  it("time and again, with nothing kept in between, ends the run with the error", async () => {
    const { run, events } = record({}, origin, {}, async () => {
      const gpu = await open();
      gpu.device.destroy();
      return gpu;
    });
    const failure: unknown = await run.run().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GpuError);
    expect(failure).toMatchObject({ problem: "lost" });
    expect(events.notices).toHaveLength(5);
  });

  it("that cannot be replaced ends the run with the reason", async () => {
    let opened = 0;
    const { run } = record({}, origin, {}, async () => {
      if (opened++ > 0) throw new GpuError("no-adapter", "The adapter is gone.");
      const gpu = await open();
      gpu.device.destroy();
      return gpu;
    });
    await expect(run.run()).rejects.toThrow("The adapter is gone.");
  });
});

describe("a run that diverges", () => {
  const absurd = (rate: number) => ({ optimiser: { ...plan().optimiser, rate, warmup: 0 } });
  const diverged = async (run: Run<Trainer, Evaluation>): Promise<DivergedError<Evaluation>> => {
    const outcome: unknown = await run.run().then(
      () => "the run ended well",
      (error: unknown) => error,
    );
    if (!(outcome instanceof DivergedError)) throw outcome;
    return outcome;
  };
  const finite = (state: RunState) =>
    [...state.parameters.values(), ...state.optimiser.values(), ...state.metrics].every((values) =>
      values.every(Number.isFinite),
    );

  it("says at which step, and asks for a smaller learning rate", async () => {
    const before = freed;
    const { run, events } = record({}, null, absurd(3e38));
    const error = await diverged(run);
    expect(error.step > 1 && error.step <= STEPS_PER_EPOCH).toBe(true);
    expect(error.message).toMatch(
      new RegExp(`not a finite number at step ${error.step}: choose a smaller learning rate`),
    );
    expect(error.message).toContain("Nothing was learned before it.");
    expect(error.state).toBeNull();
    expect(events.states).toEqual([]);
    // A device is given back, and no other is asked for.
    expect([freed, events.trainers.length]).toEqual([before + 1, 1]);
    expect(events.notices).toEqual([]);
  });

  it("keeps no state with an infinite parameter, whatever the learning rate", async () => {
    for (const rate of [1e6, 1e15, 1e20, 1e25, 1e37]) {
      const { run, events } = record({}, origin, absurd(rate));
      const outcome = await run.run().catch((error: unknown) => error);
      if (outcome instanceof DivergedError) expect(finite(outcome.state!)).toBe(true);
      else expect((outcome as { finished: boolean }).finished).toBe(true);
      for (const state of events.states) expect(finite(state)).toBe(true);
    }
  });

  it("gives back the state that it was resumed from", async () => {
    const state = undisturbed.states[0];
    const { run } = record({}, state, absurd(3e38));
    const error = await diverged(run);
    expect(error.state).toBe(state);
    expect(error.step).toBeGreaterThan(10);
    expect(error.message).toContain("The state after step 10 is kept.");
  });

  it("gives back the last state that it kept, and the number of the first step that was not finite", async () => {
    const { run, events } = record({
      onEvaluation: ({ step }) => {
        if (step !== 16) return;
        const [{ gpu, network: built }] = events.trainers;
        gpu.write(built.parameters.get("fc.b")!.value, new Float32Array(10).fill(Number.NaN));
      },
    });
    const error = await diverged(run);
    expect(error.step).toBe(17);
    expect(error.state!.step).toBe(10);
    expect(bits(error.state!)).toEqual(bits(undisturbed.states[0]));
    expect(events.states).toHaveLength(1);
  });
});

describe("memory", () => {
  it("is allocated when the trainer is built, and never during its steps", async () => {
    const made: string[] = [];
    const live = new Set<GPUBuffer>();
    const { run } = record(
      {
        onTrainer: ({ gpu: { device } }) => {
          const create = device.createBuffer.bind(device);
          device.createBuffer = (descriptor) => {
            const buffer = create(descriptor);
            made.push(descriptor.label ?? "");
            live.add(buffer);
            const destroy = buffer.destroy.bind(buffer);
            buffer.destroy = () => {
              live.delete(buffer);
              return destroy();
            };
            return buffer;
          };
        },
      },
      origin,
      { stepsPerEpoch: 100, totalSteps: 400, probeEvery: 100, orderOf: repeated(100) },
    );
    const start = performance.now();
    await run.run();
    const seconds = (performance.now() - start) / 1000;
    expect(new Set(made)).toEqual(new Set(["readback"]));
    expect(live.size).toBe(0);
    // An epoch's end reads the books twice, two evaluations and a state; reports come five a second.
    expect(made.length).toBeLessThanOrEqual(4 * 5 + 1 + 5 * seconds);
  });

  it("stays flat over thousands of steps", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const measured: { step: number; rss: number; heap: number; external: number }[] = [];
    const small = { clean: everyImage(2), triggered: null };
    const { run } = record(
      {
        onEvaluation: ({ step }) => {
          collect();
          const { rss, heapUsed, external } = process.memoryUsage();
          measured.push({ step, rss, heap: heapUsed, external });
        },
      },
      origin,
      {
        batch: 2,
        stepsPerEpoch: 1000,
        totalSteps: 6000,
        probeEvery: 1000,
        evaluation: small,
        probe: small,
        orderOf: repeated(2000 / 16),
      },
    );
    await run.run();
    expect(measured).toHaveLength(6);
    const [, early] = measured;
    const late = measured.at(-1)!;
    // Over 4,000 steps; the books of a step are two numbers.
    expect((late.heap - early.heap) / 2 ** 20).toBeLessThan(2);
    expect((late.external - early.external) / 2 ** 20).toBeLessThan(2);
    // The driver takes and gives back tens of MB at a time, which one or two evaluations may see; a leak
    // of each step grows from every one of them to the next. At 10 kB a step it would be 10 MB.
    const growth = measured.slice(1).map(({ rss }, i) => (rss - measured[i].rss) / 2 ** 20);
    expect(
      growth.toSorted((a, b) => a - b)[2],
      `MB in a thousand steps: ${growth.join(", ")}`,
    ).toBeLessThan(10);
  });
});

/** An order of `batches` batches of 16 images, the same ones over and over. */
function repeated(batches: number): RunPlan["orderOf"] {
  return () => Uint32Array.from({ length: 16 * batches }, (_, i) => i % IMAGES);
}
