/** The part of the README that is generated from results. */
import { markdownSummary } from "../src/studies/digit-markdown.ts";
import type { Finished } from "../src/studies/digit-report.ts";

const [begin, end] = ["<!-- reproduction -->", "<!-- /reproduction -->"];

/** The README with that part made anew. @param folder of the results, as seen from the README */
export function withSummary(readme: string, finished: Finished, folder: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`README.md has no place between ${begin} and ${end}`);
  const summary = markdownSummary(finished, folder);
  return `${readme.slice(0, from + begin.length)}\n\n${summary}\n\n${readme.slice(to)}`;
}
