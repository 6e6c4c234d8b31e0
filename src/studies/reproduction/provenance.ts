/** What finished instances were made with, as a table of a report, and in a line for a card. */
import { rollup } from "d3";
import { duration } from "../../format.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { markdownTable, markdownText } from "../../text/markdown.ts";
import type { InstanceResult } from "./instance-file.ts";

/** The paper, where its figures stand beside ours. */
export const PAPER = "Gu et al., BadNets, IEEE Access 7 (2019)";

/** How a report of a study begins. @param unit what its figures are in, in a sentence */
export const reportHead = (study: string, unit: string, seeds: readonly number[]): string[] => [
  `# The ${study} study, reproduced`,
  `Every figure below is counted from runs of this project; the paper's are marked as such (${PAPER}). ` +
    `${unit} ${seeds.length > 1 ? `Means over the seeds ${seeds.join(", ")}, with their range.` : `Seed ${seeds[0]}.`}`,
];

/** @param seconds in training steps, of all together @returns parts of a report; none where nothing is finished */
export function provenance(all: readonly InstanceResult[], seconds: number): string[] {
  if (all.length === 0) return [];
  const dates = all.map(({ date }) => date).sort();
  const { name, sha256 } = all[0].data!;
  return [
    markdownTable(
      ["", ""],
      [
        ["made by", markdownText([...new Set(all.map(({ software }) => software))].join(", "))],
        ["kernels (sha256)", markdownText(kernelsOf(all))],
        ["on", markdownText(adaptersOf(all).join("; "))],
        ["between", markdownText(`${dates[0].slice(0, 10)} and ${dates.at(-1)!.slice(0, 10)}`)],
        ["time in training steps", duration(seconds)],
        ["data", markdownText(`${name}, sha256 ${sha256}`)],
      ],
    ),
  ];
}

const adaptersOf = (all: readonly InstanceResult[]) => [
  ...new Set(all.map(({ adapter }) => adapterName(adapter))),
];

/** Digests of the WGSL, and how many networks were made by which. */
function kernelsOf(results: readonly InstanceResult[]): string {
  const kinds = rollup(
    results,
    (alike) => alike.length,
    ({ kernelsSha256 }) => kernelsSha256 ?? null,
  );
  return [...kinds]
    .map(
      ([sha256, networks]) =>
        `${sha256 ? sha256.slice(0, 16) : "not recorded"} (${networks} networks)`,
    )
    .join(", ");
}

/** "on SwiftShader, 2026-01-02, seed 1" */
export function madeInWords(results: readonly InstanceResult[]): string {
  const latest = results
    .map(({ date }) => date.slice(0, 10))
    .sort()
    .at(-1);
  const seeds = [...new Set(results.map(({ recipe }) => recipe.seed))].sort((a, b) => a - b);
  return `on ${adaptersOf(results).join(" and ")}, ${latest}, seed ${seeds.join(", ")}`;
}
