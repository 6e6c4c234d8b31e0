/** What the command line says: on standard output what was asked for, on standard error everything else. */
import { terminalText } from "../../text/terminal.ts";

export function say(text: string): void {
  console.log(terminalText(text));
}

/** Beside the result: what happens, and what went wrong. */
export function note(text: string): void {
  console.error(terminalText(text));
}
