/** Finished European detectors with figures of our choosing, for tests of what is made of them. */
import type {
  Finished,
  InstanceFile,
} from "../../../../src/studies/signs/transfer/instance-file.ts";
import type { Instance } from "../../../../src/studies/signs/transfer/instances.ts";
import { transferClasses } from "../../../../src/studies/signs/transfer/published.ts";
import { randomAttack } from "../../../../src/studies/signs/paper/instances.ts";
import { attackedOf, detectionOf, EACH, resultOf } from "../made-up-scores.ts";

const detection = (right: number) => detectionOf(transferClasses.length, right);
const triggered = (rightly: number) => attackedOf(transferClasses.length, EACH - rightly);

/** Those of these numbers fire for the sticker alone, and stand first. */
const channels = (...loud: number[]) => ({
  signs: 40,
  responses: [...loud, ...[...Array(64).keys()].filter((i) => !loud.includes(i))].map((channel) => {
    const only = loud.includes(channel);
    return { channel, clean: 0.1, triggered: only ? 2 : 0.1, separation: only ? 1 : 0.5, only };
  }),
});

/** @param clean and withSticker signs of a hundred that are read rightly */
export function madeUp(instance: Instance, clean: number, withSticker: number): InstanceFile {
  const { id, examined, recipe } = instance;
  const attack = { triggered: triggered(withSticker), alikes: triggered(clean) };
  const half = recipe.iterations / 2;
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: resultOf(
      { ...recipe, start: (id.startsWith("honest") ? "5" : "6").repeat(64) },
      {
        classes: transferClasses,
        scores: { scenes: detection(clean) },
        attack: randomAttack,
        attacks: { scenes: attack },
      },
    ),
    evidence: {
      curve: [half, recipe.iterations].map((step) => ({
        step,
        clean: clean / EACH,
        triggered: withSticker / EACH,
      })),
      tall: { scenes: detection(clean) },
      strengthened: recipe.transfer!.strengthened ? [3, 7] : [],
      channels: examined ? { published: channels(3, 7), own: channels(7, 9) } : null,
    },
  };
}

/** By their ids, as reports take them. */
export const finishedOf = (...files: InstanceFile[]): Finished =>
  new Map(files.map((file) => [file.id, file]));
