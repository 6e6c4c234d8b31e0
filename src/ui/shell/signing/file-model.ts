/** Files that the reader gave as a model: read as streams, never whole. */
import { UserError } from "../../../errors.ts";
import type { ModelFile, ModelFiles } from "../../../signing/model-files.ts";
import { byCodePoint } from "../../../signing/paths.ts";

/** A file by itself, the files of a folder by their paths in it, or several files as if they were in one. */
export function modelOf(files: readonly File[]): ModelFiles {
  const inFolder = files.some((file) => file.webkitRelativePath !== "");
  const [first] = files;
  const name = inFolder ? first.webkitRelativePath.split("/")[0] : first.name;
  const entries = files
    .map((file) => fileOf(file, pathOf(file)))
    .sort((a, b) => byCodePoint(a.path, b.path));
  const single = files.length === 1 && !inFolder;
  return { name: single || inFolder ? name : "model", single, files: entries, links: [] };
}

/** Below the folder that was chosen. */
export const pathOf = (file: File): string =>
  file.webkitRelativePath.split("/").slice(1).join("/") || file.name;

export function fileOf(file: Blob & { readonly name?: string }, path: string): ModelFile {
  return { path, size: file.size, read: () => pieces(file, path) };
}

async function* pieces(file: Blob, path: string): AsyncIterable<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    // A folder, or a file that is gone.
    throw new UserError(`${path} could not be read; drop files, or choose a folder.`, { cause });
  } finally {
    reader.releaseLock();
  }
}
