/** Names for files and folders: as short as they can be with no two alike. */
import { resolve, sep } from "node:path";

/**
 * The last part of each path, with as many before it as tell it from the others.
 * @param taken names that none of them may have
 */
export function shortNames(
  paths: readonly string[],
  separator = "/",
  taken: readonly string[] = [],
): string[] {
  const parts = paths.map((path) => resolve(path).split(sep).filter(Boolean));
  const short = (i: number, depth: number) => parts[i].slice(-depth).join(separator);
  const whole = parts.map((_, i) => short(i, Infinity));
  const used = new Set(taken);
  return parts.map((own, i) => {
    const unclear = (depth: number) =>
      taken.includes(short(i, depth)) ||
      parts.some((_, j) => whole[j] !== whole[i] && short(j, depth) === short(i, depth));
    let depth = 1;
    while (depth < own.length && unclear(depth)) depth++;
    // What is the same path, but for its ending, is numbered.
    if (unclear(depth)) depth = 1;
    let name = short(i, depth);
    for (let n = 2; used.has(name); n++) name = `${short(i, depth)}-${n}`;
    used.add(name);
    return name;
  });
}
