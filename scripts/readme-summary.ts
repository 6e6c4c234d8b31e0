/** The part of the README that is generated from results. */
import { markdownSummary } from "../src/studies/digit-markdown.ts";
import type { Finished } from "../src/studies/digit-report.ts";

const marks = ["<!-- reproduction -->", "<!-- /reproduction -->"] as const;

/** The README with that part made anew. @param folder of the results, as seen from the README */
export function withSummary(readme: string, finished: Finished, folder: string): string {
  return between(readme, marks, markdownSummary(finished, folder));
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
