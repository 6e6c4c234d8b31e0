/**
 * Links among photographs: those of a disk, and those that were written out as texts, as git and zip programs do where
 * there are none. A photograph counts once, however many names lead to it.
 */
import type { CollectionFiles } from "./collection-files.ts";
import { folderOf } from "./labels/match.ts";
import { decodeText } from "./text.ts";

/** A photograph, and the names under which labels may speak of it. */
export interface PhotoFile {
  /** Where it is read; it may lie beside the collection, where a link leads out of it. */
  readonly path: string;
  /** Its links, and its own where it lies in the collection. */
  readonly names: readonly string[];
}

/** Bytes of a file that may hold nothing but the path of another. */
const MOST_BYTES = 1024;

/** Links that lead to links. */
const MOST_STEPS = 8;

/** A path from the link's own folder on, and no absolute one, which is of another disk. */
const RELATIVE = /^(?![/\\]|[a-z]:)[^\p{Cc}]+\.[a-z0-9]{3,4}$/iu;

/** @param photos paths of the collection, in order */
export async function photoFiles(
  files: CollectionFiles,
  photos: readonly string[],
): Promise<PhotoFile[]> {
  const targets = new Map(files.links);
  for (const path of photos) {
    const target = targets.has(path) ? null : await writtenLink(files, path);
    if (target !== null) targets.set(path, target);
  }
  const own = new Map(photos.map((path) => [path.normalize("NFC"), path]));
  const names = new Map<string, string[]>();
  for (const link of photos) {
    let path = link;
    for (let step = 0; step < MOST_STEPS && targets.has(path); step++) {
      const target = targets.get(path)!;
      path = own.get(target.normalize("NFC")) ?? target;
    }
    const known = names.get(path) ?? [];
    names.set(path, path === link ? [...known, link] : [link, ...known]);
  }
  return [...names].map(([path, all]) => ({ path, names: all }));
}

/** Where a text that is called like a photograph leads; null where it is none. */
async function writtenLink(files: CollectionFiles, path: string): Promise<string | null> {
  if (((await files.size?.(path)) ?? 0) > MOST_BYTES) return null;
  const bytes = await files.read(path).catch(() => new Uint8Array());
  const text = bytes.length > MOST_BYTES ? "" : decodeText(bytes).trim();
  if (!RELATIVE.test(text)) return null;
  const parts = folderOf(path) === "" ? [] : folderOf(path).split("/");
  for (const part of text.split(/[/\\]+/)) {
    if (part === "..") {
      if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
      else parts.push("..");
    } else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
