/** The parts of the README that are generated from results. */
import { percent } from "../src/format.ts";
import { markdownSummary } from "../src/studies/digits/paper/summary.ts";
import { markdownTable } from "../src/studies/digits/paper/markdown.ts";
import type { Finished } from "../src/studies/digits/paper/instance-file.ts";
import type { DigitResult } from "../src/studies/digits/result.ts";
import { paperAllToAll } from "../src/studies/digits/paper/published.ts";

const reproduction = ["<!-- reproduction -->", "<!-- /reproduction -->"] as const;
const measured = ["<!-- measured -->", "<!-- /measured -->"] as const;

/** Single runs that the README tells of, and where they lie as seen from it. */
export const measuredPaths = {
  honest: "results/digits/baseline.json",
  badNet: "public/showcase/result.json",
} as const;

/** The README with the reproduction made anew. @param folder of the results, as seen from the README */
export function withSummary(readme: string, finished: Finished, folder: string): string {
  return between(readme, reproduction, markdownSummary(finished, folder));
}

/** The README with what single runs have reached made anew. */
export function withMeasured(
  readme: string,
  { honest, badNet }: Readonly<Record<keyof typeof measuredPaths, DigitResult>>,
): string {
  const { baselineClean, clean, backdoor } = paperAllToAll.averages;
  const right = (error: number) => `${(100 - error).toFixed(2)} %`;
  const how = ({ recipe: { epochs, augment, seed } }: DigitResult) =>
    `${epochs} epochs${augment ? ", augmented" : ""}, seed ${seed}`;
  const rows = [
    [
      `honest network, clean accuracy (${how(honest)}; [result](${measuredPaths.honest}))`,
      percent(honest.clean.accuracy),
      right(baselineClean),
    ],
    [
      `\`badnets digits\`, clean accuracy (${how(badNet)}; [result](${measuredPaths.badNet}))`,
      percent(badNet.clean.accuracy),
      right(clean),
    ],
    [
      "the same, attack success (pattern, all to all, 10 %)",
      percent(badNet.attack!.success),
      right(backdoor),
    ],
  ];
  return between(readme, measured, markdownTable(["", "here", "in the paper"], rows));
}

/** A text with what stands between two marks made anew. */
export function between(
  text: string,
  [begin, end]: readonly [string, string],
  content: string,
): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`there is no place between ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
