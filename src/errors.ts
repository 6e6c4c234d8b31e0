/** Errors whose message is meant for the person using the tool. */

/**
 * Something the user can put right: bad input, an impossible option, a missing device.
 * The message is one sentence that names the value, says what was expected and what to do.
 */
export class UserError extends Error {
  override name = "UserError";
}

/** A stranger's text, in one line and short enough for a message. */
export function clip(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return line.length > 120 ? `${line.slice(0, 120)}...` : line;
}
