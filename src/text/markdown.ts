/** Text as Markdown (GitHub's kind) that shows it and nothing else: no HTML, images, links or emphasis. */
import { terminalLine } from "./terminal.ts";

/** One line, also within a table's cell. */
export function markdownText(text: string): string {
  return (
    terminalLine(text)
      .replace(/[\\&<>[\]!`*_~|$]/g, (character) => `\\${character}`)
      // GitHub makes links of bare addresses, too; a reference to a character is none of an address.
      .replace(/:(?=\/\/)|(?<=www)\.|@/gi, (character) => `&#${character.charCodeAt(0)};`)
      // What would begin a heading, a list or a quotation.
      .replace(/^(\s*)([#+-])/, "$1\\$2")
      .replace(/^(\s*\d+)([.)])/, "$1\\$2")
  );
}

/** @param head and rows cells that are Markdown already */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
