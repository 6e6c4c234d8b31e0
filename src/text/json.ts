/** JSON for files and terminals alike: what cannot be seen is written as JSON's own escapes. */
import { HIDDEN } from "./terminal.ts";

/** Lists of nothing but numbers, over lines, which no string has: a mask has hundreds of them. */
const NUMBERS = /\[\n(?: *-?[\d.]+(?:e[+-]?\d+)?,?\n)+ *\]/g;

/** @param indent of each level; 0: all in a line. Ends with a line break. */
export function jsonText(value: unknown, indent = 1): string {
  const text = onOneLine(JSON.stringify(value, null, indent));
  // Outside of strings JSON has none of these but its own line breaks.
  return `${text.replaceAll(HIDDEN, (character) => (character === "\n" ? character : escaped(character)))}\n`;
}

const onOneLine = (text: string) =>
  text.replace(NUMBERS, (list) => list.replace(/\n */g, " ").replace("[ ", "[").replace(" ]", "]"));

/** "\u202e": none of them lies beyond the first plane. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
