/** Text for a terminal: what would move its cursor, change its colours or turn its lines around is shown, not sent. */

/**
 * Control characters, separators of lines, half characters, and what changes the direction of writing: none of them is
 * seen, and all of them change what is seen.
 */
export const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

/** One line, whatever it holds: names of files, texts out of files. */
export function terminalLine(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/** One line, or several: what a text holds never begins another. */
export type Lines = string | readonly string[];

export function terminalLines(lines: Lines): string {
  return [lines].flat().map(terminalLine).join("\n");
}

/** "\u{202e}" */
function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
