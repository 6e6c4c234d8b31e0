/** A run of either kind that was stopped goes on from its checkpoint as if it had not been. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvaluation, RunState } from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import type { Trainer } from "../../src/training/trainer.ts";
import {
  afterStep,
  bits,
  detectorRun,
  Devices,
  digitRun,
  during,
  record,
  stateAtStart,
  STEPS,
  STEPS_PER_EPOCH,
  type Subject,
} from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

function ofAnyKind<T extends StepTrainer, E extends RunEvaluation>(subject: Subject<T, E>) {
  const { name, task, encode, decode } = subject;
  const { stepsPerEpoch } = task;

  describe(`a stopped run ${name}`, () => {
    let origin: RunState<E>;
    let expected: ReturnType<typeof bits>;
    beforeAll(async () => {
      origin = await stateAtStart(devices.lend, task);
      expected = bits((await record(devices.lend, task, origin).run.run()).state);
    });

    /** Stops a run that has rested at a step. */
    const stopAt = async (step: number, kernels = 0) => {
      const { run, events, nextRest } = record(devices.lend, task, origin);
      run.playUntil(step);
      const rested = nextRest();
      const running = run.run();
      await rested;
      if (kernels > 0) await run.stepKernels(kernels);
      run.stop();
      const { finished, state, trainer } = await running;
      expect(finished).toBe(false);
      return { run, events, state, trainer };
    };

    it("goes on from a file in the same bits, and makes no evaluation again", async () => {
      const { state } = await stopAt(stepsPerEpoch);
      expect(state.step).toBe(stepsPerEpoch);
      expect(state.evaluations.at(-1)!.step).toBe(stepsPerEpoch);
      const { run, events } = record(devices.lend, task, await decode(await encode(state)));
      const end = await run.run();
      expect(end.finished).toBe(true);
      expect(bits(end.state)).toEqual(expected);
      expect([...state.evaluations, ...events.evaluations]).toEqual(expected.evaluations);
      expect(end.state.trainSeconds).toBeGreaterThanOrEqual(state.trainSeconds);
      expect(end.state.evaluateSeconds).toBeGreaterThan(state.evaluateSeconds);
    });

    it("within a step finishes that step, and keeps what it recorded", async () => {
      const { state, trainer } = await stopAt(1, 1);
      expect([trainer.cursor, state.step]).toEqual([0, 2]);
      for (const values of state.metrics) {
        expect(values).toHaveLength(2);
        expect(values.every(Number.isFinite)).toBe(true);
      }
      const { run } = record(devices.lend, task, await decode(await encode(state)));
      expect(bits((await run.run()).state)).toEqual(expected);
    });

    it("can be evaluated where it stopped, which its own state does not hold", async () => {
      const { run, events, state } = await stopAt(stepsPerEpoch + 1);
      const before = events.evaluations.length;
      const concluded = await run.evaluateNow();
      expect(events.evaluations).toHaveLength(before + 1);
      const { evaluations, evaluateSeconds, evaluatedImages, ...rest } = concluded!;
      expect(state).toMatchObject(rest);
      expect(evaluations).toEqual([...state.evaluations, events.evaluations.at(-1)]);
      expect(evaluations.at(-1)).toMatchObject({ step: stepsPerEpoch + 1, kind: "epoch" });
      expect(evaluateSeconds).toBeGreaterThan(state.evaluateSeconds);
      expect(evaluatedImages).toBe(state.evaluatedImages + task.evaluationImages.epoch);
      // The run that goes on does not know of it.
      const { run: next } = record(devices.lend, task, state);
      expect(bits((await next.run()).state)).toEqual(expected);
    });

    it("can have that evaluation cut short, and has none of it then", async () => {
      const { run, events } = await stopAt(stepsPerEpoch + 1);
      expect(run.evaluationSeconds).toBeGreaterThan(0);
      const before = events.evaluations.length;
      const concluded = run.evaluateNow();
      run.cutShort();
      expect(await concluded).toBeNull();
      expect(events.evaluations).toHaveLength(before);
    });

    it("is not evaluated again where it was at an epoch's end", async () => {
      const { run, events, state } = await stopAt(stepsPerEpoch);
      const before = events.evaluations.length;
      expect(await run.evaluateNow()).toBe(state);
      expect(events.evaluations).toHaveLength(before);
    });

    it("that is evaluated while it rests is none the worse for it; that goes on cannot be", async () => {
      const { run, nextRest } = record(devices.lend, task, origin);
      await expect(run.evaluateNow()).rejects.toThrow("neither ended nor rests");
      run.playUntil(1);
      const rested = nextRest();
      const running = run.run();
      await rested;
      const { evaluations } = (await run.evaluateNow())!;
      expect(evaluations).toMatchObject([{ step: 1, kind: "epoch" }]);
      await run.stepKernels(1);
      await expect(run.evaluateNow()).rejects.toThrow("neither ended nor rests");
      run.resume();
      expect(bits((await running).state)).toEqual(expected);
    });
  });
}

ofAnyKind(digitRun());
ofAnyKind(detectorRun());

describe("a run of digits that is stopped", () => {
  const { task, encode, decode } = digitRun();
  let expected: ReturnType<typeof bits>;
  beforeAll(async () => {
    expected = bits((await record(devices.lend, task).run.run()).state);
  });

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
    const { run } = record(devices.lend, task, null, {
      onTrainer: (trainer) => arrange(trainer, () => run.stop()),
    });
    const stopped = await run.run();
    expect(stopped.finished).toBe(false);
    const { step, metrics, evaluations } = stopped.state;
    expect(metrics[0]).toHaveLength(step);
    expect(evaluations).toEqual(expected.evaluations.slice(0, evaluations.length));
    const read = await decode(await encode(stopped.state));
    const { run: next, events } = record(devices.lend, task, read);
    const end = await next.run();
    expect(end.finished).toBe(true);
    expect(bits(end.state)).toEqual(expected);
    expect([...evaluations, ...events.evaluations]).toEqual(expected.evaluations);
    expect(end.state.trainSeconds).toBeGreaterThanOrEqual(stopped.state.trainSeconds);
  });

  it("while paused ends at once, with the state it stood at", async () => {
    let waiting = false;
    const { run, events } = record(devices.lend, task, null, {
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
