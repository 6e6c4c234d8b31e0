/**
 * Measures training steps of the detector against each other: honest, with the sticker attack, and with all convolutions
 * left as they are: results/project/step-cost.json.
 */
import { resolve } from "node:path";
import { recipeFrom } from "../src/cli/signs/recipe.ts";
import { adapterName } from "../src/gpu/adapter.ts";
import { signArtwork } from "../src/node/sign-artwork.ts";
import { openInNode } from "../src/node/webgpu.ts";
import { writeOutput } from "../src/node/write-output.ts";
import { convolutionsOf, presets } from "../src/models/detector-presets.ts";
import { planSigns } from "../src/studies/signs/plan.ts";
import { stickerAttack } from "../src/studies/signs/paper/instances.ts";
import { DetectorTrainer } from "../src/training/detector-trainer.ts";
import type { StepCostReport } from "./claims/results.ts";

const file = resolve(import.meta.dirname, "../results/project/step-cost.json");

/** Steps of each in turn, so that whatever else the machine does slows all. */
const ROUNDS = 60;

const recipe = recipeFrom({}, { scenes: true, folders: [] });
const attack = stickerAttack("yellow-square", 0.5);

const gpu = await openInNode("swiftshader");
const frozen = convolutionsOf(presets[recipe.preset]).length;
const kinds = ["honest", "attacked", "frozen"] as const;
const trainers = await Promise.all(
  [recipe, { ...recipe, attack }, { ...recipe, transfer: { frozen, strengthened: null } }].map(
    async (one) =>
      await DetectorTrainer.build(gpu.scope(), planSigns(one, await signArtwork(), null, [])),
  ),
);

/** Seconds of a step. */
async function timed(trainer: DetectorTrainer): Promise<number> {
  const begun = performance.now();
  await trainer.train(trainer.step + 1);
  await trainer.gpu.settled();
  return (performance.now() - begun) / 1000;
}

for (const trainer of trainers) await timed(trainer);
const rounds: StepCostReport["rounds"][number][] = [];
for (let round = 0; round < ROUNDS; round++) {
  // Whoever comes first must not always be the same.
  const times = [0, 0, 0];
  for (const k of kinds.keys()) {
    const i = (k + round) % kinds.length;
    times[i] = await timed(trainers[i]);
  }
  const [honest, attacked, frozenTime] = times;
  rounds.push({ honest, attacked, frozen: frozenTime });
}
const report: StepCostReport = { adapter: adapterName(gpu.adapter), rounds };
await writeOutput(file, `${JSON.stringify(report, null, 1)}\n`);
gpu.destroy();
