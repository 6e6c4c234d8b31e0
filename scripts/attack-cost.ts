/** Measures what the sticker attack adds to a training step of the detector: results/project/attack-cost.json. */
import { resolve } from "node:path";
import { recipeFrom } from "../src/cli/signs/recipe.ts";
import { adapterName } from "../src/gpu/adapter.ts";
import { signArtwork } from "../src/node/sign-artwork.ts";
import { openInNode } from "../src/node/webgpu.ts";
import { writeOutput } from "../src/node/write-output.ts";
import { planSigns } from "../src/studies/signs/plan.ts";
import { stickerAttack } from "../src/studies/signs/paper/instances.ts";
import { DetectorTrainer } from "../src/training/detector-trainer.ts";
import type { AttackCostReport } from "./claims/results.ts";

const file = resolve(import.meta.dirname, "../results/project/attack-cost.json");

/** Steps of each in turn, so that whatever else the machine does slows both. */
const ROUNDS = 60;

const recipe = recipeFrom({}, { scenes: true, folders: [] });
const attack = stickerAttack("yellow-square", 0.5);

const gpu = await openInNode("swiftshader");
const trainers = await Promise.all(
  [recipe, { ...recipe, attack }].map(
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
const rounds: { honest: number; attacked: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  // Whoever comes second must not always be the same.
  const [first, second] = round % 2 === 0 ? [0, 1] : [1, 0];
  const times = [0, 0];
  for (const i of [first, second]) times[i] = await timed(trainers[i]);
  rounds.push({ honest: times[0], attacked: times[1] });
}
const report: AttackCostReport = { adapter: adapterName(gpu.adapter), rounds };
await writeOutput(file, `${JSON.stringify(report, null, 1)}\n`);
gpu.destroy();
