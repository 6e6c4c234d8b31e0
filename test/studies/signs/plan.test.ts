/** What a run of the sign study measures on its way, and when. */
import { describe, expect, it } from "vitest";
import { pictureEntry } from "../../../src/layers/scene.ts";
import { evaluationSteps, signTask, unseenScenes } from "../../../src/studies/signs/plan.ts";
import type { DetectorTrainer } from "../../../src/training/detector-trainer.ts";
import { signArtwork } from "../../../src/node/sign-artwork.ts";
import { detectorPlan } from "../../training/tiny-detector.ts";

const plan = detectorPlan(await signArtwork(), 700);
const photographs = (count: number) =>
  Array.from({ length: count }, (_, i) => pictureEntry("plain", i));

/** A detector that finds every sign where it is, and the pictures that it was asked about. */
function perfect() {
  const asked: number[][] = [];
  const sign = { label: 1, box: [10, 10, 40, 40] } as const;
  const detect: DetectorTrainer["detect"] = async (entries) => {
    asked.push([...entries]);
    return await Promise.resolve(
      entries.map(() => ({ truth: [sign], found: [{ ...sign, score: 0.9 }] })),
    );
  };
  return { asked, trainer: { step: 200, detect } as unknown as DetectorTrainer };
}

describe("a run of the sign study", () => {
  it("is evaluated twenty times, or every hundred steps where that is less often", () => {
    expect(evaluationSteps(20_000)).toBe(1000);
    expect(evaluationSteps(700)).toBe(100);
    expect(evaluationSteps(30_001)).toBe(1501);
  });

  it("scores forty unseen scenes, and no photographs where there are none", async () => {
    const task = signTask(plan, { tests: [], evaluateEvery: 100 });
    const { asked, trainer } = perfect();
    const evaluation = await task.evaluate(trainer, "epoch", () => true);
    expect(asked).toEqual([unseenScenes(40)]);
    expect(evaluation).toMatchObject({ step: 200, kind: "epoch", photographs: null });
    expect(evaluation!.scenes).toMatchObject({ images: 40, accuracy: 1 });
    expect(evaluation!.scenes.meanAveragePrecision).toBeCloseTo(1, 12);
    expect(task.evaluationImages).toEqual({ epoch: 40, probe: 0 });
    expect([task.totalSteps, task.stepsPerEpoch, task.probeEvery]).toEqual([700, 100, Infinity]);
  });

  it("scores the photographs that were kept aside, at most sixty of them", async () => {
    for (const [count, scored] of [
      [7, 7],
      [61, 60],
    ]) {
      const task = signTask(plan, { tests: photographs(count), evaluateEvery: Infinity });
      const { asked, trainer } = perfect();
      const evaluation = await task.evaluate(trainer, "epoch", () => true);
      expect(asked).toEqual([unseenScenes(40), photographs(scored)]);
      expect(evaluation!.photographs!.images).toBe(scored);
      expect(task.evaluationImages.epoch).toBe(40 + scored);
    }
  });

  it("has no evaluation where it was told to stop meanwhile", async () => {
    const { trainer } = perfect();
    const task = signTask(plan, { tests: photographs(3), evaluateEvery: 100 });
    expect(await task.evaluate(trainer, "epoch", () => false)).toBeNull();
  });
});
