/** All files below a folder, links followed, each folder once. */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

export interface FilesBelow {
  /** Below the folder, with slashes, in order. */
  readonly paths: readonly string[];
  /** Of those, the links to others of them: by the link's path, the other's. */
  readonly links: ReadonlyMap<string, string>;
  /** A line for every link that led nowhere, or to a folder that is read already. */
  readonly problems: readonly string[];
}

/** @throws the file system's own errors */
export async function filesBelow(top: string): Promise<FilesBelow> {
  /** Files by where they really lie. */
  const places = new Map<string, string>();
  const problems: string[] = [];
  const links: string[] = [];
  const fileLinks: string[] = [];
  const visited = new Set<string>();

  const walk = async (folder: string): Promise<void> => {
    const place = await realpath(join(top, folder));
    visited.add(place);
    const entries = await readdir(join(top, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) places.set(join(place, entry.name), path);
      else if (entry.isSymbolicLink()) links.push(path);
    }
  };

  await walk("");
  // Links come last and may find more of them: what a folder holds has its own path there, and a
  // link back to a folder above ends nowhere.
  for (const link of links) {
    const found = await stat(join(top, link)).catch(() => null);
    if (found?.isFile()) {
      fileLinks.push(link);
    } else if (!found?.isDirectory()) {
      problems.push(`${link}: left out: the link leads to nothing that can be read`);
    } else if (visited.has(await realpath(join(top, link)))) {
      problems.push(`${link}: left out: the link leads to a folder that is read already`);
    } else {
      await walk(link);
    }
  }
  const again = new Map<string, string>();
  for (const link of fileLinks) {
    const place = await realpath(join(top, link));
    const known = places.get(place);
    if (known === undefined) places.set(place, link);
    else again.set(link, known);
  }
  return { paths: [...places.values(), ...again.keys()].sort(), links: again, problems };
}
