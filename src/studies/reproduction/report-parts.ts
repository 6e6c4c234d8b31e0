/** Parts of a Markdown report that all sections of the paper have alike. */
import { markdownTable } from "../../text/markdown.ts";
import { missing, progressOf } from "./completeness.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import type { Reproduction, ReproductionTypes } from "./reproduction.ts";

/** What a report is of. */
export interface Reported<File extends InstanceFile> {
  readonly finished: Finished<File>;
  /** Finished or not. */
  readonly seeds: readonly number[];
  /** Folder of the figures, as seen from the report. */
  readonly figures: string;
}

/** How to run an item, or several with commas between, on the command line. */
export const commandFor = (
  { study }: Pick<Reproduction<ReproductionTypes>, "study">,
  items: string,
): string => `npm run badnets -- reproduce ${study} --only ${items}`;

/** @param unit what the section calls its instances */
export function progressPart<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  { finished, seeds }: Reported<T["file"]>,
  unit: string,
): string[] {
  return [
    "## How much is done",
    markdownTable(
      ["", `finished ${unit}`],
      reproduction.items.map((item) => {
        const { finished: done, instances } = progressOf(reproduction, item, finished, seeds);
        return [item.title, instances === 0 ? "needs no network" : `${done} of ${instances}`];
      }),
    ),
  ];
}

/** What is still to be run, and how; nothing where all is there. */
export function notRunPart<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  { finished, seeds }: Reported<T["file"]>,
  unit: string,
): string[] {
  const lacking = missing(reproduction, finished, seeds);
  if (lacking.length === 0) return [];
  const open = reproduction.items.filter(
    ({ id }) => missing(reproduction, finished, seeds, [id]).length > 0,
  );
  const command = commandFor(reproduction, open.map(({ id }) => id).join(","));
  return [
    "## Not run yet",
    `${lacking.length} ${unit}: ${lacking.join(", ")}. To run them: \`${command}\`.`,
  ];
}
