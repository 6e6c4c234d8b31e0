/** Studies with little data and small networks, whose runs take a second. */
import type { DigitTypes } from "../../src/studies/digits/types.ts";
import { digitStudy } from "../../src/studies/digits/study.ts";
import type { StudyTypes } from "../../src/studies/study.ts";
import { signStudy } from "../../src/studies/signs/study.ts";
import type { SignTypes } from "../../src/studies/signs/types.ts";
import { Harness } from "./harness.ts";
import { smallFiles, smallRecipe } from "./small-data.ts";

export interface SmallStudy<T extends StudyTypes> {
  readonly id: string;
  readonly recipe: T["recipe"];
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly open: () => Promise<Harness<T>>;
}

export const smallDigits: SmallStudy<DigitTypes> = {
  id: "digits",
  recipe: smallRecipe,
  totalSteps: 20,
  stepsPerEpoch: 10,
  async open() {
    const lab = await Harness.open(digitStudy);
    await lab.ask("openDigits", { files: smallFiles() });
    return lab;
  },
};

/** The presets must be mocked with a tiny one, and the artwork with that of Node: see job.test.ts. */
export const smallSigns: SmallStudy<SignTypes> = {
  id: "signs",
  recipe: {
    study: "signs",
    preset: "compact",
    set: "us",
    iterations: 104,
    photoShare: 0,
    mixedShare: 0,
    photographs: null,
    start: null,
    transfer: null,
    attack: null,
    seed: 1,
  },
  totalSteps: 104,
  stepsPerEpoch: 100,
  async open() {
    const nothing = async () => await Promise.reject(new Error("no detector ships with the tests"));
    const lab = await Harness.open({ ...signStudy, showcase: nothing });
    await lab.engine.load("http://localhost/").catch(() => undefined);
    return lab;
  },
};
