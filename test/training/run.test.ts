/** A run of either kind evaluates, saves and reports on its way, and ends where its plan says. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { everyImage } from "../../src/data/order.ts";
import type { RunEvaluation, RunState } from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import {
  afterStep,
  bits,
  detectorRun,
  Devices,
  digitRun,
  PROBED,
  record,
  stateAtStart,
  STEPS,
  STEPS_PER_EPOCH,
  sum,
  TESTS,
  type Subject,
} from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

function ofAnyKind<T extends StepTrainer, E extends RunEvaluation>(
  { name, task }: Subject<T, E>,
  ends: readonly number[],
) {
  describe(`a run ${name}`, () => {
    let origin: RunState<E>;
    let undisturbed: Awaited<ReturnType<typeof outcome>>;
    const outcome = async (resumeFrom: RunState<E> | null) => {
      const { run, events } = record(devices.lend, task, resumeFrom);
      return { ...(await run.run()), run, events };
    };
    beforeAll(async () => {
      origin = await stateAtStart(devices.lend, task);
      undisturbed = await outcome(null);
    });

    it("begins at step 0, and evaluates and saves nothing there", () => {
      expect(origin.step).toBe(0);
      expect(origin.evaluations).toEqual([]);
      expect(undisturbed.events.states[0].step).toBe(ends[0]);
    });

    it("evaluates everything at each epoch's end and at its own, and saves its state with that", () => {
      const { finished, state, events, run } = undisturbed;
      expect(finished).toBe(true);
      const whole = events.evaluations.filter(({ kind }) => kind === "epoch");
      expect(whole.map(({ step }) => step)).toEqual(ends);
      expect(events.states.map(({ step }) => step)).toEqual(ends);
      for (const { step, metrics, evaluations } of events.states) {
        expect(metrics.map(({ length }) => length)).toEqual(task.metrics.map(() => step));
        expect(evaluations.at(-1)).toMatchObject({ step, kind: "epoch" });
      }
      expect(state).toBe(events.states.at(-1));
      expect(state.evaluations).toEqual(events.evaluations);
      expect(state.metrics.map((values) => [...values])).toEqual(run.metrics);
      expect(events.notices).toEqual([]);
      expect(events.trainers).toHaveLength(1);
      expect(events.rests).toBe(0);
    });

    it("tells its progress, the last time at its last step", () => {
      const { events, state } = undisturbed;
      const { totalSteps, stepsPerEpoch } = task;
      let before = 0;
      for (const { step, metrics, ...progress } of events.progress) {
        expect(step).toBeGreaterThan(before);
        expect(progress.totalSteps).toBe(totalSteps);
        expect(progress.epoch).toBe(Math.ceil(step / stepsPerEpoch));
        expect(progress.epochs).toBe(Math.ceil(totalSteps / stepsPerEpoch));
        for (const [i, mean] of metrics.entries()) {
          const values = state.metrics[i].slice(before, step);
          expect(mean).toBeCloseTo(sum(values) / (step - before), 5);
        }
        expect(progress.imagesPerSecond).toBeGreaterThan(0);
        expect(progress.secondsLeft! >= 0 && Number.isFinite(progress.secondsLeft)).toBe(true);
        before = step;
      }
      expect(before).toBe(totalSteps);
    });

    it("that is finished already stays as it is, and makes no evaluation again", async () => {
      const { state } = undisturbed;
      const { run, events } = record(devices.lend, task, state);
      // It has nothing left to rest before.
      run.pause();
      const again = await run.run();
      expect(again.finished).toBe(true);
      expect(bits(again.state)).toEqual(bits(state));
      expect([events.evaluations, events.progress, events.rests]).toEqual([[], [], 0]);
    });

    it("saves its state before an evaluation of everything, too, where that is asked for", async () => {
      const { run, events } = record(devices.lend, { ...task, savesBefore: true }, origin);
      const { state } = await run.run();
      expect(events.states.map(({ step }) => step)).toEqual(ends.flatMap((end) => [end, end]));
      expect(bits(state)).toEqual(bits(undisturbed.state));
    });

    it("saves its state as often as its task says, too, and ends in the same bits", async () => {
      const { run, events } = record(devices.lend, { ...task, saveEvery: 0 }, origin);
      const { state } = await run.run();
      expect(events.states.length).toBeGreaterThan(ends.length);
      expect(bits(state)).toEqual(bits(undisturbed.state));
    });

    it("hands on an error of a hook, and frees its device", async () => {
      const { run, events } = record(devices.lend, task, origin, {
        onState: () => {
          throw new Error("the disk is full");
        },
      });
      const before = devices.freed;
      await expect(run.run()).rejects.toThrow("the disk is full");
      expect(events.trainers).toHaveLength(1);
      expect(devices.freed).toBe(before + 1);
    });
  });
}

ofAnyKind(digitRun(), [10, 20, 27]);
ofAnyKind(detectorRun(), [2, 4, 5]);

describe("a run of digits", () => {
  const { task } = digitRun();

  it("evaluates a sample now and then, and everything at the end of each epoch and of the run", async () => {
    const { run, events } = record(devices.lend, task);
    const { state } = await run.run();
    expect(events.evaluations.map(({ step, kind }) => `${kind} ${step}`)).toEqual([
      "probe 4",
      "probe 8",
      "epoch 10",
      "probe 12",
      "probe 16",
      "epoch 20",
      "probe 24",
      "epoch 27",
    ]);
    for (const { kind, clean, triggered } of events.evaluations) {
      const images = kind === "epoch" ? TESTS : PROBED;
      expect([sum(clean), sum(triggered!)]).toEqual([images, images]);
    }
    expect(state.evaluatedImages).toBe(2 * (3 * TESTS + 5 * PROBED));
    const [, accuracies] = state.metrics;
    expect(accuracies.every((accuracy) => accuracy >= 0 && accuracy <= 1)).toBe(true);
  });

  it("gives its state every fifteen seconds, too", async () => {
    const now = performance.now.bind(performance);
    let later = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + later);
    const { run, events } = record(devices.lend, task, null, {
      onTrainer: (trainer) => afterStep(trainer, 6, () => (later = 15_001)),
    });
    await run.run();
    clock.mockRestore();
    const [first, ...rest] = events.states.map(({ step }) => step);
    expect(first >= 6 && first <= 8).toBe(true);
    expect(rest).toEqual([STEPS_PER_EPOCH, 2 * STEPS_PER_EPOCH, STEPS]);
  });

  it("without an attack has no triggered evaluations", async () => {
    const honest = { clean: everyImage(TESTS), triggered: null };
    const { task: short } = digitRun({ evaluation: honest, probe: honest, totalSteps: 5 });
    const { state } = await record(devices.lend, short).run.run();
    expect(state.evaluations.map(({ triggered }) => triggered)).toEqual([null, null]);
    expect(state.evaluatedImages).toBe(2 * TESTS);
  });
});
