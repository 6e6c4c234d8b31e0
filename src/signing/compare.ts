/** What became of a model's files since they were listed: each difference is one sentence with the file's name. */
import type { Digests } from "./model-files.ts";

export type Difference =
  | { readonly kind: "changed"; readonly path: string; readonly was: string; readonly is: string }
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "added"; readonly path: string }
  | { readonly kind: "renamed"; readonly path: string; readonly from: string }
  | { readonly kind: "swapped"; readonly path: string; readonly with: string };

/**
 * @param listed digests of files by path
 * @param found digests of files that are there
 */
export function compareFiles(
  listed: ReadonlyMap<string, Digests>,
  found: ReadonlyMap<string, Digests>,
): Difference[] {
  const was = new Map(Array.from(listed, ([path, digests]) => [path, digests.join()]));
  const is = new Map(Array.from(found, ([path, digests]) => [path, digests.join()]));
  const changed = [...was].filter(([path, digest]) => is.has(path) && is.get(path) !== digest);
  const missing = new Map([...was].filter(([path]) => !is.has(path)));
  const differences: Difference[] = [];
  const told = new Set<string>();
  for (const [path, digest] of changed) {
    if (told.has(path)) continue;
    const other = changed.find(
      ([one, its]) => one !== path && is.get(path) === its && is.get(one) === digest,
    );
    if (other) {
      told.add(other[0]);
      differences.push({ kind: "swapped", path, with: other[0] });
    } else {
      differences.push({ kind: "changed", path, was: digest, is: is.get(path)! });
    }
  }
  for (const [path, digest] of is) {
    if (was.has(path)) continue;
    const from = Array.from(missing).find(([, its]) => its === digest)?.[0];
    if (from === undefined) differences.push({ kind: "added", path });
    else {
      missing.delete(from);
      differences.push({ kind: "renamed", path, from });
    }
  }
  differences.push(...Array.from(missing.keys(), (path) => ({ kind: "missing", path }) as const));
  return differences;
}

/** @param how the list came about: "signed", or "listed" in a file of digests */
export function inWords(difference: Difference, how: "signed" | "listed"): string {
  const { kind, path } = difference;
  switch (kind) {
    case "changed": {
      const { was, is } = difference;
      const one = !`${was}${is}`.includes(",");
      return `${path} is not the file that was ${how}${one ? `: its digest is ${is}, ${how} was ${was}` : ""}.`;
    }
    case "missing":
      return `${path} was ${how} and is missing.`;
    case "added":
      return `${path} is there, but was not ${how}.`;
    case "renamed":
      return `${path} was ${how} under another name, ${difference.from}.`;
    case "swapped":
      return `${path} and ${difference.with} have changed places.`;
  }
}
