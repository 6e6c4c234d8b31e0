/** A run of either kind that is not finite any more ends, and hands its last good state back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import {
  DivergedError,
  type Run,
  type RunEvaluation,
  type RunState,
} from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import {
  bits,
  detectorRun,
  Devices,
  digitPlan,
  digitRun,
  record,
  stateAtStart,
  STEPS_PER_EPOCH,
  type Subject,
} from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

async function diverged<T extends StepTrainer, E extends RunEvaluation>(
  run: Run<T, E>,
): Promise<DivergedError<E>> {
  const outcome: unknown = await run.run().then(
    () => "the run ended well",
    (error: unknown) => error,
  );
  if (!(outcome instanceof DivergedError)) throw outcome;
  return outcome;
}

/** @param bias a parameter whose NaN no ReLU hides: max(NaN, 0) is 0 on some adapters */
function ofAnyKind<T extends StepTrainer, E extends RunEvaluation>(
  { name, task }: Subject<T, E>,
  bias: string,
  advice: string,
) {
  describe(`a run ${name} with a parameter that is no number`, () => {
    let origin: RunState<E>;
    beforeAll(async () => {
      origin = await stateAtStart(devices.lend, task);
    });

    /** Spoils the parameter when the run rests after so many steps, and lets it go on. */
    const spoiledAfter = async (step: number, resumeFrom: RunState<E> | null) => {
      const { run, events, nextRest } = record(devices.lend, task, resumeFrom);
      if (step === 0) run.pause();
      else run.playUntil(step);
      const rested = nextRest();
      const ending = diverged(run);
      await rested;
      const [{ gpu, parameters }] = events.trainers;
      const { value } = parameters.get(bias)!;
      gpu.write(value, new Float32Array(value.byteLength / 4).fill(Number.NaN));
      run.resume();
      return { error: await ending, events };
    };

    it("ends with the step's number, the last state that it saved, and what to do", async () => {
      const { stepsPerEpoch } = task;
      const { error, events } = await spoiledAfter(stepsPerEpoch, origin);
      expect(error).toBeInstanceOf(UserError);
      expect(error.step).toBe(stepsPerEpoch + 1);
      expect(error.state).toBe(events.states.at(-1));
      expect(error.state!.step).toBe(stepsPerEpoch);
      expect(error.message).toBe(
        `The loss or a parameter was not a finite number at step ${stepsPerEpoch + 1}: ${advice}. ` +
          `The last good state is that after step ${stepsPerEpoch}.`,
      );
      for (const values of error.state!.parameters.values())
        expect(values.every(Number.isFinite)).toBe(true);
      // The state is one to go on from.
      const { run } = record(devices.lend, task, error.state);
      const sound = record(devices.lend, task, origin);
      expect(bits((await run.run()).state)).toEqual(bits((await sound.run.run()).state));
    });

    it("says so where nothing was saved before", async () => {
      const broken = new Map(
        [...origin.parameters].map(([label, values]) => [
          label,
          label === bias ? values.map(() => Number.NaN) : values,
        ]),
      );
      const build: typeof task.build = async (gpu, tiling) => {
        const trainer = await task.build(gpu, tiling);
        trainer.setParameters(broken);
        return trainer;
      };
      const { run } = record(devices.lend, { ...task, build });
      const error = await diverged(run);
      expect([error.step, error.state]).toEqual([1, null]);
      expect(error.message).toContain("Nothing was learned before it.");
    });
  });
}

ofAnyKind(digitRun(), "fc.b", "choose a smaller learning rate");
ofAnyKind(detectorRun(), "score.w", "try another seed");

describe("a run of digits that diverges", () => {
  const absurd = (rate: number) =>
    digitRun({ optimiser: { ...digitPlan().optimiser, rate, warmup: 0 } }).task;
  const finite = (state: RunState<Evaluation>) =>
    [...state.parameters.values(), ...state.optimiser.values(), ...state.metrics].every((values) =>
      values.every(Number.isFinite),
    );

  it("says at which step, and asks for a smaller learning rate", async () => {
    const before = devices.freed;
    const { run, events } = record(devices.lend, absurd(3e38));
    const error = await diverged(run);
    expect(error.step > 1 && error.step <= STEPS_PER_EPOCH).toBe(true);
    expect(error.message).toMatch(
      new RegExp(`not a finite number at step ${error.step}: choose a smaller learning rate`),
    );
    expect(error.message).toContain("Nothing was learned before it.");
    expect(error.state).toBeNull();
    expect(events.states).toEqual([]);
    // A device is given back, and no other is asked for.
    expect([devices.freed, events.trainers.length]).toEqual([before + 1, 1]);
    expect(events.notices).toEqual([]);
  });

  it("saves no state with an infinite parameter, whatever the learning rate", async () => {
    const origin = await stateAtStart(devices.lend, digitRun().task);
    for (const rate of [1e6, 1e15, 1e20, 1e25, 1e37]) {
      const { run, events } = record(devices.lend, absurd(rate), origin);
      const outcome = await run.run().catch((error: unknown) => error);
      if (outcome instanceof DivergedError) expect(finite(outcome.state!)).toBe(true);
      else expect((outcome as { finished: boolean }).finished).toBe(true);
      for (const state of events.states) expect(finite(state)).toBe(true);
    }
  });

  it("gives back the state that it was resumed from", async () => {
    const sound = record(devices.lend, digitRun().task);
    await sound.run.run();
    const [state] = sound.events.states;
    const { run } = record(devices.lend, absurd(3e38), state);
    const error = await diverged(run);
    expect(error.state).toBe(state);
    expect(error.step).toBeGreaterThan(10);
    expect(error.message).toContain("The last good state is that after step 10.");
  });
});
