/** Words of a command line that a person copies into a shell. */
import { HIDDEN } from "./terminal.ts";

/** One word as sh reads it; as bash and zsh do where it has characters that cannot be seen. */
export function shellWord(text: string): string {
  if (/^[\w./:@%,+-][\w./:@%,+=-]*$/.test(text)) return text;
  if (text.search(HIDDEN) === -1) return `'${text.replaceAll("'", "'\\''")}'`;
  const seen = text.replaceAll(/['\\]/g, "\\$&").replaceAll(HIDDEN, (character) => {
    const digits = character.codePointAt(0)!.toString(16);
    return `\\u${digits.padStart(4, "0")}`;
  });
  return `$'${seen}'`;
}

/** A command of such words. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
