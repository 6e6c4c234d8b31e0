/** Text within XML and SVG, as content or as an attribute's value. */
import { terminalLine } from "./terminal.ts";

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** One line; what XML does not allow in any form is shown. */
export function xmlText(text: string): string {
  return terminalLine(text).replace(/[&<>"]/g, (sign) => escapes[sign]);
}
