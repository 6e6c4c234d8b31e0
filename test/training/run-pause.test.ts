/** A run of either kind can be paused, slowed down and taken step by step, and ends in the same bits. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RunEvaluation, RunState } from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import {
  afterStep,
  bits,
  detectorRun,
  Devices,
  digitRun,
  during,
  record,
  stateAtStart,
  STEPS_PER_EPOCH,
  type Subject,
} from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

/** @param pace steps a second that the adapter does not need to hurry for */
function ofAnyKind<T extends StepTrainer, E extends RunEvaluation>(
  { name, task }: Subject<T, E>,
  pace: number,
) {
  const { totalSteps, stepsPerEpoch } = task;

  describe(`a run ${name}`, () => {
    let origin: RunState<E>;
    let undisturbed: { state: RunState<E>; evaluations: readonly E[] };
    let expected: ReturnType<typeof bits>;
    beforeAll(async () => {
      origin = await stateAtStart(devices.lend, task);
      const { run, events } = record(devices.lend, task, origin);
      const { state } = await run.run();
      undisturbed = { state, evaluations: events.evaluations };
      expected = bits(state);
    });

    it("kernel by kernel, batch by batch and to an epoch's end comes to the same bits", async () => {
      const { run, events, nextRest } = record(devices.lend, task, origin);
      run.pause();
      let rested = nextRest();
      const running = run.run();
      await rested;
      const [trainer] = events.trainers;
      expect([trainer.step, trainer.cursor]).toEqual([0, 0]);
      const kernels = trainer.trainStep.length;
      await run.stepKernels(3);
      expect([trainer.step, trainer.cursor]).toEqual([0, 3]);
      await run.stepKernels(kernels - 3);
      expect([trainer.step, trainer.cursor]).toEqual([1, 0]);
      expect(run.metrics.map(({ length }) => length)).toEqual(task.metrics.map(() => 1));
      // Not beyond the end of the step.
      await run.stepKernels(kernels + 1);
      await run.stepKernels(2);
      expect([trainer.step, trainer.cursor]).toEqual([2, 2]);
      const epochEnd = (Math.floor(2 / stepsPerEpoch) + 1) * stepsPerEpoch;
      for (const goal of [3, epochEnd]) {
        rested = nextRest();
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

    it.each(["kernels", "a batch", "an epoch"])(
      "ends with its last step, measured, where that is taken by %s",
      async (unit) => {
        const { run, events, nextRest } = record(devices.lend, task, origin);
        run.playUntil(totalSteps - 1);
        const rested = nextRest();
        const running = run.run();
        await rested;
        const [{ trainStep, gpu }] = events.trainers;
        if (unit === "kernels") {
          await run.stepKernels(trainStep.length - 1);
          // Asks for nothing after the last, which ends the run.
          await run.stepKernels(1);
        } else {
          run.playUntil(unit === "a batch" ? totalSteps : totalSteps + stepsPerEpoch);
        }
        const { finished, state } = await running;
        expect(finished).toBe(true);
        expect(bits(state)).toEqual(expected);
        expect(events.evaluations).toEqual(undisturbed.evaluations);
        await expect(run.rested()).rejects.toThrow("The run has ended");
        await expect(run.stepKernels(1)).rejects.toThrow("The run has ended");
        gpu.destroy();
      },
    );

    it("slowly takes its time, and catches up when told to", async () => {
      const { run } = record(devices.lend, task, origin);
      run.stepsPerSecond = pace;
      const start = performance.now();
      const running = run.run();
      await vi.waitFor(() => expect(run.metrics[0].length).toBeGreaterThan(2), { timeout: 60_000 });
      expect((performance.now() - start) / 1000).toBeGreaterThan(2 / pace);
      run.stepsPerSecond = null;
      expect(bits((await running).state)).toEqual(expected);
    });

    it("that goes on from its state rests where that was saved, and says nothing of its pace before it has one", async () => {
      const { run, events, nextRest } = record(devices.lend, task, origin);
      run.pause();
      const rested = nextRest();
      const running = run.run();
      await rested;
      await run.stepKernels(events.trainers[0].trainStep.length);
      expect(events.progress).toMatchObject([{ step: 1, imagesPerSecond: 0, secondsLeft: null }]);
      run.stop();
      const { state } = await running;
      expect(state.step).toBe(1);
      const again = record(devices.lend, task, state);
      again.run.pause();
      const restedAgain = again.nextRest();
      const ending = again.run.run();
      await restedAgain;
      expect(again.events.trainers[0].step).toBe(1);
      again.run.resume();
      expect(bits((await ending).state)).toEqual(expected);
    });
  });
}

ofAnyKind(digitRun(), 20);
ofAnyKind(detectorRun(), 4);

describe("a paused run", () => {
  const { task } = digitRun();

  it("trains no further until it is resumed, keeps its state meanwhile, and ends in the same bits", async () => {
    const expected = bits((await record(devices.lend, task).run.run()).state);
    let paused!: () => void;
    const saved = new Promise<void>((resolve) => (paused = resolve));
    let waiting = false;
    let start = 0;
    const { run, events } = record(devices.lend, task, null, {
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
    await saved;
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
    const { run, events, nextRest } = record(devices.lend, task, null, {
      onTrainer: (trainer) => during(trainer, "evaluate", 3, () => run.pause()),
    });
    const rested = nextRest();
    const running = run.run();
    await rested;
    // The first two evaluations are those of the probe at step 4; the third begins the one at step 8.
    expect(events.evaluations.at(-1)!.step).toBe(8);
    expect(events.trainers[0].step).toBe(8);
    run.resume();
    expect((await running).finished).toBe(true);
  });
});
