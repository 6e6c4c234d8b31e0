/** All files below a folder, links followed, each folder once. */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

export interface FilesBelow {
  /** Below the folder, with slashes, in order. */
  readonly paths: readonly string[];
  /** A line for every link that led nowhere, or to a folder that is read already. */
  readonly problems: readonly string[];
}

/** @throws the file system's own errors */
export async function filesBelow(top: string): Promise<FilesBelow> {
  const paths: string[] = [];
  const problems: string[] = [];
  const links: string[] = [];
  const visited = new Set<string>();

  const walk = async (folder: string): Promise<void> => {
    visited.add(await realpath(join(top, folder)));
    const entries = await readdir(join(top, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) paths.push(path);
      else if (entry.isSymbolicLink()) links.push(path);
    }
  };

  await walk("");
  // Links come last and may find more of them: what a folder holds has its own path there, and a
  // link back to a folder above ends nowhere.
  for (const link of links) {
    const found = await stat(join(top, link)).catch(() => null);
    if (found?.isFile()) {
      paths.push(link);
    } else if (!found?.isDirectory()) {
      problems.push(`${link}: left out: the link leads to nothing that can be read`);
    } else if (visited.has(await realpath(join(top, link)))) {
      problems.push(`${link}: left out: the link leads to a folder that is read already`);
    } else {
      await walk(link);
    }
  }
  return { paths: paths.sort(), problems };
}
