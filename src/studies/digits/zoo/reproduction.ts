/** The population as the machinery of reproductions knows it. */
import type { Reproduction } from "../../reproduction/reproduction.ts";
import { assertIsOf, readInstanceFile, type Finished, type InstanceFile } from "./instance-file.ts";
import { instanceNamed, readId } from "./instances.ts";
import { items, usualSettings, type ZooStudy } from "./items.ts";

export const zooReproduction: Reproduction<ZooStudy> = {
  study: "zoo",
  items,
  work: ({ epochs, images }) => epochs * images!,
  settingsOf: (finished) => ({
    honest: Math.max(usualSettings.honest, reaching(finished, "honest")),
    poisoned: Math.max(usualSettings.poisoned, reaching(finished, "poisoned")),
  }),
  instanceNamed: (id) => instanceNamed(id),
  startOf: () => null,
  readFile: readInstanceFile,
  assertIsOf,
  alike: ({ result: { clean } }) =>
    `measured on ${clean.confusion.flat().reduce((a, b) => a + b, 0)} test images`,
};

/** How far the numbers of finished networks of a sort go. */
function reaching(finished: Finished, sort: "honest" | "poisoned"): number {
  const named = [...finished.keys()].flatMap((id) => readId(id) ?? []);
  return named.reduce(
    (most, one) => (one.sort === sort ? Math.max(most, one.number + 1) : most),
    0,
  );
}

/** The sweep's seed that an instance is of; each network's own follows from it. */
export const sweepSeedOf = ({ id }: InstanceFile): number => readId(id)!.seed;
