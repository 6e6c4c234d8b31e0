/** Networks of the population with statistics of our choosing, for tests of what is made of them. */
import { measure } from "../../../../src/studies/digits/result.ts";
import type { InstanceFile } from "../../../../src/studies/digits/zoo/instance-file.ts";
import type { Instance } from "../../../../src/studies/digits/zoo/instances.ts";
import { madeUp as madeUpNetwork } from "../paper/made-up.ts";

/** @param success of its attack, in whole tenths of a percent of each attacked class */
export function madeUp(
  instance: Instance,
  statistics: Readonly<Record<string, number>> | null,
  success = 1,
): InstanceFile {
  const { result } = madeUpNetwork(instance, 30, Math.round(1000 * (1 - success)), null);
  const answers = Object.entries(statistics ?? {}).map(([id, statistic]) => ({
    id,
    statistic,
    seconds: 2,
    passes: 100,
  }));
  const images = { detect: 200, training: 3000 };
  return {
    format: "badnets-instance",
    version: 1,
    id: instance.id,
    result: {
      ...result,
      ...measure(
        {
          clean: result.clean.confusion.flat(),
          triggered: result.attack && result.attack.confusion.flat(),
        },
        instance.recipe.attack?.policy ?? null,
      ),
    },
    evidence: statistics && { images, answers },
  };
}
