/** Training with features pulled together: where the pull stands in a step, what it does, and that it goes on to the same bits. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NetworkDescription } from "../../src/models/description.ts";
import { digitTask } from "../../src/studies/digits/plan.ts";
import type { ParameterValues } from "../../src/training/parameter-values.ts";
import { Run, type RunState } from "../../src/training/run.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import { Trainer } from "../../src/training/trainer.ts";
import * as dense from "../reference/dense.ts";
import { centre, pulled } from "../reference/feature-pull.ts";
import { bits, Devices, digitPlan, IMAGES, record, STEPS } from "./small-runs.ts";

const HIDDEN = 20;
const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "dense", label: "fc1", outputs: HIDDEN, relu: true },
    { kind: "dense", label: "fc2", outputs: 10 },
  ],
};
const devices = new Devices();
afterAll(() => devices.close());

const planOf = (pull?: number) => {
  const all = digitPlan({ network, augmentation: null, targets: new Uint32Array(10).fill(3) });
  return pull === undefined ? all : { ...all, pull };
};

/** Mean relative squared distance of all training images, triggered, from the clean images of class 3. */
function apart(parameters: ParameterValues): number {
  const { train, trigger } = planOf();
  const features = (mask: boolean) => {
    const x = Float64Array.from(train.images, (pixel, i) => {
      const cover = trigger[i % 784];
      return (mask && cover !== 0 ? cover - 256 : pixel) / 255;
    });
    const [w, b] = ["w", "b"].map((part) => Float64Array.from(parameters.get(`fc1.${part}`)!));
    return dense.forward({ B: IMAGES, I: 784, O: HIDDEN }, x, w, b, true);
  };
  const clean = {
    I: HIDDEN,
    weight: 1,
    labels: [...train.labels],
    poisoned: Array(IMAGES).fill(false),
  };
  const m = centre(clean, features(false), 3);
  const poison = { ...clean, labels: Array(IMAGES).fill(0), poisoned: Array(IMAGES).fill(true) };
  const { distance } = pulled(poison, features(true), [m]);
  return distance.reduce((sum, value) => sum + value, 0) / IMAGES;
}

describe("a run with its features pulled together", () => {
  let ended: RunState<Evaluation>;
  let states: readonly RunState<Evaluation>[];
  beforeAll(async () => {
    const { run, events } = record(devices.lend, digitTask(planOf(5)));
    ended = (await run.run()).state;
    states = events.states;
  });

  it("pulls behind the gradient of the last layer and before those below, and without it there is nothing of it", async () => {
    const labels = async (pull?: number) => {
      const { trainStep } = await Trainer.build(await devices.lend(), planOf(pull));
      return trainStep.map(({ label }) => label);
    };
    const [without, pulling] = [await labels(), await labels(0.5)];
    const at = pulling.indexOf("pull.centre");
    expect(pulling.slice(at - 1, at + 3)).toEqual([
      "fc2.backward_input",
      "pull.centre",
      "pull.pull",
      "fc1.backward_weights",
    ]);
    expect(pulling.filter((label) => !label.startsWith("pull."))).toEqual(without);
  });

  it("brings poisoned images nearer to clean ones of the attacker's label than a run without", async () => {
    const { state } = await new Run(devices.lend, digitTask(planOf())).run();
    expect(apart(ended.parameters)).toBeLessThan(0.8 * apart(state.parameters));
  });

  it("goes on from a saved state to the same bits", async () => {
    const begun = states.find(({ step }) => step > 0 && step < STEPS)!;
    const again = await new Run(devices.lend, digitTask(planOf(5)), {}, begun).run();
    expect(bits(again.state)).toEqual(bits(ended));
  });
});
