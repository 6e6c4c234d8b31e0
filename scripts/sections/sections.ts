/** The parts of README and docs that are generated from the claims, each between two marks. */
import type { Claims } from "../claims/claim.ts";
import type { Results } from "../claims/results.ts";
import { attackersSection } from "./attackers.ts";
import { benchSection } from "./bench.ts";
import { detectorsSection } from "./detectors.ts";
import { measuredSection } from "./measured.ts";
import { reproductionSection } from "./reproduction.ts";
import { targetsSection } from "./targets.ts";

export interface Section {
  /** The file that it stands in, as seen from the project. */
  readonly document: string;
  /** In the marks: <!-- name --> and <!-- /name -->. */
  readonly name: string;
  /** @returns Markdown */
  readonly content: (claims: Claims, results: Results) => string;
}

export const sections: readonly Section[] = [
  { document: "README.md", name: "measured", content: measuredSection },
  { document: "README.md", name: "bench", content: benchSection },
  { document: "README.md", name: "reproduction", content: reproductionSection },
  { document: "docs/defences.md", name: "attackers", content: attackersSection },
  { document: "docs/signs.md", name: "detectors", content: detectorsSection },
  { document: "docs/targets.md", name: "targets", content: targetsSection },
];

/** The documents that hold sections. */
export const documents: readonly string[] = [...new Set(sections.map(({ document }) => document))];

/** A document's text with its sections made anew. */
export function withSections(
  document: string,
  text: string,
  claims: Claims,
  results: Results,
): string {
  return sections
    .filter((section) => section.document === document)
    .reduce((all, { name, content }) => between(all, name, content(claims, results)), text);
}

/**
 * A text with what stands between two marks made anew.
 * @throws Error if the marks are not there
 */
export function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`there is no place between ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
