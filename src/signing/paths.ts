/** Paths of a model's files as the specification wants them (OpenSSF Model Signing 1.0, section 6). */

/** What is left out unless it is asked for: at the top of the folder only. */
export const ALWAYS_IGNORED = [".git", ".gitattributes", ".github", ".gitignore"] as const;

/** The order of Unicode's code points, which sort() does not have beyond the first plane. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const at = left.findIndex((letter, i) => letter !== right[i]);
  if (at === -1) return left.length - right.length;
  return at >= right.length ? 1 : left[at].codePointAt(0)! - right[at].codePointAt(0)!;
}

/** Whether a path is relative, goes down only, and has one form. */
export const isCanonical = (path: string): boolean =>
  path !== "" && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** Whether one of these paths, or a folder among them, leaves this path out. */
export const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some((entry) => path === entry || path.startsWith(`${entry}/`));
