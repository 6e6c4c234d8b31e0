/** A run of either kind goes on after the loss of its device, and ends in the same bits. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GpuError } from "../../src/gpu/gpu-error.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import type { RunEvaluation, RunState } from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import type { Trainer } from "../../src/training/trainer.ts";
import {
  afterStep,
  afterSubmits,
  bits,
  detectorRun,
  Devices,
  digitRun,
  during,
  record,
  stateAtStart,
  STEPS,
  type Subject,
} from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

function ofAnyKind<T extends StepTrainer, E extends RunEvaluation>({ name, task }: Subject<T, E>) {
  describe(`a lost device of a run ${name}`, () => {
    let origin: RunState<E>;
    let expected: ReturnType<typeof bits>;
    beforeAll(async () => {
      origin = await stateAtStart(devices.lend, task);
      expected = bits((await record(devices.lend, task, origin).run.run()).state);
    });

    it("between two saved states is replaced, and the run goes on from the first", async () => {
      const { stepsPerEpoch } = task;
      const { run, events } = record(devices.replacing(), task, origin, {
        onTrainer: (trainer) => {
          if (events.trainers.length > 1) return;
          afterStep(trainer, stepsPerEpoch + 1, () => trainer.gpu.device.destroy());
        },
      });
      const { finished, state, trainer } = await run.run();
      expect(finished).toBe(true);
      expect(bits(state)).toEqual(expected);
      expect(trainer).toBe(events.trainers[1]);
      expect(events.notices).toEqual([
        `The GPU device was lost; the run goes on from step ${stepsPerEpoch} on a new one.`,
      ]);
    });

    it("while it is stepped through is replaced by one that rests where its state was saved", async () => {
      const { run, events, nextRest } = record(devices.replacing(), task, origin);
      run.playUntil(4);
      let rested = nextRest();
      const running = run.run();
      await rested;
      await run.stepKernels(2);
      rested = nextRest();
      events.trainers[0].gpu.device.destroy();
      await rested;
      expect([events.trainers[1].step, events.trainers[1].cursor]).toEqual([4, 0]);
      run.resume();
      expect(bits((await running).state)).toEqual(expected);
    });
  });
}

ofAnyKind(digitRun());
ofAnyKind(detectorRun());

describe("a lost device of a run of digits", () => {
  const { task } = digitRun();
  let origin: RunState<Evaluation>;
  let expected: ReturnType<typeof bits>;
  beforeAll(async () => {
    origin = await stateAtStart(devices.lend, task);
    expected = bits((await record(devices.lend, task, origin).run.run()).state);
  });

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
    ["while the metrics are read", (trainer, lose) => during(trainer, "readRecords", 3, lose)],
  ];

  it.each(losses)("%s changes no bit of the run's end", async (_, arrange) => {
    const { run, events } = record(devices.replacing(), task, origin, {
      onTrainer: (trainer) => {
        if (events.trainers.length > 1) return;
        arrange(trainer, () => trainer.gpu.device.destroy());
      },
    });
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
    const { run, events } = record(devices.replacing(), task, origin, { [hook]: destroy });
    const { finished, state } = await run.run();
    expect(finished).toBe(true);
    expect(bits(state)).toEqual(expected);
    expect(events.notices).toHaveLength(1);
  });

  it("before anything was built or saved is replaced, too", async () => {
    let opened = 0;
    const open = async () => {
      opened += 1;
      const gpu = opened > 2 ? await devices.lend() : await devices.open();
      if (opened === 1) gpu.device.destroy();
      return gpu;
    };
    const { run, events } = record(open, task, null, {
      onTrainer: (trainer) => {
        if (opened === 2) afterStep(trainer, 6, () => trainer.gpu.device.destroy());
      },
    });
    const { state } = await run.run();
    expect(bits(state)).toEqual(expected);
    expect(opened).toBe(3);
    expect(events.notices).toHaveLength(2);
    for (const notice of events.notices) expect(notice).toContain("goes on from step 0");
  });

  it("while paused is noticed, and the run goes on from where it stood", async () => {
    let waiting = false;
    const { run, events } = record(devices.replacing(), task, origin, {
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
    });
    const { state } = await run.run();
    expect(bits(state)).toEqual(expected);
    expect(events.notices).toHaveLength(1);
    // Not from the epoch's beginning, step 10.
    expect(events.notices[0]).toMatch(/from step 1[6-9] on/);
  });

  it("time and again is survived as long as something is saved in between", async () => {
    const { task: short } = digitRun({ stepsPerEpoch: 2, totalSteps: 14 });
    const { run, events } = record(devices.open, short, origin, {
      // Each device lives for one epoch of two steps and a bit.
      onTrainer: (trainer) => {
        if (events.trainers.length > 6) return;
        afterStep(trainer, trainer.step + 3, () => trainer.gpu.device.destroy());
      },
    });
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

  it("time and again, with nothing saved in between, ends the run with the error", async () => {
    const open = async () => {
      const gpu = await devices.open();
      gpu.device.destroy();
      return gpu;
    };
    const { run, events } = record(open, task, origin);
    const failure: unknown = await run.run().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GpuError);
    expect(failure).toMatchObject({ problem: "lost" });
    expect(events.notices).toHaveLength(5);
  });

  it("that cannot be replaced ends the run with the reason", async () => {
    let opened = 0;
    const open = async () => {
      if (opened++ > 0) throw new GpuError("no-adapter", "The adapter is gone.");
      const gpu = await devices.open();
      gpu.device.destroy();
      return gpu;
    };
    const { run } = record(open, task, origin);
    await expect(run.run()).rejects.toThrow("The adapter is gone.");
  });
});
