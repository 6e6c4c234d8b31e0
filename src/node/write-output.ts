/** Outputs: a file is replaced whole or not at all; links are followed, devices and pipes written into. */
import { randomUUID } from "node:crypto";
import { existsSync, fstatSync, statSync, writeFile, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { isRunning } from "./processes.ts";

export type Content = Uint8Array | string;

/** A file that was opened. */
export interface OpenFile {
  writeFile(content: Content): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The calls of the file system that an output is made of: Node's own, or in tests some that fail. */
export interface FileLayer {
  realpath(path: string): Promise<string>;
  readlink(path: string): Promise<string>;
  stat(path: string): Promise<Pick<Stats, "isFile">>;
  readdir(path: string): Promise<string[]>;
  open(path: string, flags: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export const nodeFiles: FileLayer = fs;

/** Where an output goes: a file to replace, something to write into, or what is open already. */
type Destination =
  | { readonly kind: "file" | "special"; readonly path: string }
  | { readonly kind: "descriptor"; readonly number: number };

/**
 * Writes an output. A file holds the old content or the new at every moment, never a part, whenever the process or
 * the machine dies; what is no file (a device, a pipe, /dev/stdout) is written into.
 * @throws UserError if that is not possible; no part of it is left behind then
 */
export async function writeOutput(
  path: string,
  content: Content,
  files: FileLayer = nodeFiles,
): Promise<void> {
  try {
    const to = await destinationOf(path, files);
    if (to.kind === "descriptor") await writeToDescriptor(to.number, content);
    else if (to.kind === "file") await replace(to.path, content, files);
    else await writeInto(await files.open(to.path, "w"), content);
  } catch (error) {
    throw new UserError(
      `cannot write ${path}: ${reasonOf(error)}; choose a file in a folder that exists and that ` +
        `you may write to.`,
      { cause: error },
    );
  }
}

/** Links that are followed; Linux follows as many. */
const MOST_LINKS = 40;

/**
 * Follows links by hand, as the last may lead to what does not exist yet.
 * @returns with a path that no link is in
 * @throws the file system's own errors
 */
export async function destinationOf(
  path: string,
  files: FileLayer = nodeFiles,
): Promise<Destination> {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const folder = await files.realpath(dirname(target));
    const name = basename(target);
    // What is open may be a file without a name, or have a place to write at that must not be lost.
    if ([`/proc/${process.pid}/fd`, "/dev/fd"].includes(folder) && /^\d+$/.test(name)) {
      return { kind: "descriptor", number: Number(name) };
    }
    target = join(folder, name);
    const link = await unless(files.readlink(target), "EINVAL", "ENOENT", "UNKNOWN");
    if (link === null) break;
    target = resolve(folder, link);
  }
  const found = await unless(files.stat(target), "ENOENT");
  return { kind: found === null || found.isFile() ? "file" : "special", path: target };
}

/** What is asked for; null where it fails with one of these codes. */
async function unless<T>(asked: Promise<T>, ...codes: string[]): Promise<T | null> {
  return await asked.catch((error: NodeJS.ErrnoException) => {
    if (codes.includes(error.code ?? "")) return null;
    throw error;
  });
}

/** Files that are being written, by name: what else is called like them was left by processes that died. */
const underWay = new Set<string>();

/** Writes a file beside the old one, and puts it in its place when it is safe on the disk. */
async function replace(path: string, content: Content, files: FileLayer): Promise<void> {
  const folder = dirname(path);
  const name = `.badnets-${process.pid}-${randomUUID()}.tmp`;
  const temporary = join(folder, name);
  await sweep(folder, files);
  underWay.add(name);
  try {
    const file = await files.open(temporary, "wx");
    await writeInto(file, content, async () => await file.sync());
    await files.rename(temporary, path);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    underWay.delete(name);
  }
  await syncFolder(folder, files);
}

async function writeInto(
  file: OpenFile,
  content: Content,
  finish = async (): Promise<void> => {},
): Promise<void> {
  try {
    await file.writeFile(content);
    await finish();
  } finally {
    await file.close();
  }
}

/** Removes what processes that were killed have left half written. */
async function sweep(folder: string, files: FileLayer): Promise<void> {
  for (const name of await files.readdir(folder).catch(() => [])) {
    const pid = Number(/^\.badnets-(\d+)-[\da-f-]+\.tmp$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || underWay.has(name)) continue;
    if (pid !== process.pid && isRunning(pid)) continue;
    await files.unlink(join(folder, name)).catch(() => undefined);
  }
}

/** Makes a new name last: without it, the old file may be back after a power cut. */
async function syncFolder(folder: string, files: FileLayer): Promise<void> {
  // There folders cannot be opened.
  if (process.platform === "win32") return;
  const opened = await unless(files.open(folder, "r"), "EACCES", "EPERM");
  if (!opened) return;
  try {
    await unless(opened.sync(), "EINVAL", "ENOTSUP", "ENOSYS");
  } finally {
    await opened.close();
  }
}

/** Writes into what this process has open, where its last write ended. @throws the system's own errors */
export async function writeToDescriptor(descriptor: number, content: Content): Promise<void> {
  const found = fstatSync(descriptor);
  const stream = [undefined, process.stdout, process.stderr][descriptor];
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    // A stream waits for slow readers of pipes, but does not see that a disk took only a part.
    if (stream && !found.isFile()) stream.write(content, done);
    else writeFile(descriptor, content, done);
  });
}

/**
 * Makes sure that a folder exists and that files can be created in it.
 * @throws UserError if it cannot be created or written to
 */
export async function ensureWritableDir(path: string): Promise<void> {
  try {
    await makeFolders(resolve(path));
    // Permissions alone don't tell (read-only mounts, root): try.
    await fs.rmdir(await fs.mkdtemp(join(path, ".probe-")));
  } catch (error) {
    throw new UserError(
      `cannot use ${path} as a folder to write to: ${reasonOf(error)}; choose another folder.`,
      { cause: error },
    );
  }
}

/**
 * Makes a folder and, where they are missing, those above it. Node's own recursive mkdir never returns
 * where a file system refuses with ENOENT.
 */
async function makeFolders(path: string): Promise<void> {
  const above = dirname(path);
  if (!existsSync(above)) await makeFolders(above);
  await fs.mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" || !statSync(path).isDirectory()) throw error;
  });
}

/** What the system's usual error codes mean for a reader. */
const REASONS: Record<string, string> = {
  EACCES: "you have no permission",
  EDQUOT: "your share of the disk is used up",
  EEXIST: "a file of that name is in the way",
  EFBIG: "it is larger than files may be here",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  ELOOP: "its links lead back to themselves",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "it, or a folder on the way to it, does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file, not a folder",
  EPERM: "the system does not allow it",
  EPIPE: "nobody reads it any more",
  EROFS: "the disk is read-only",
};

/** Why a file operation failed, in words; the system's own where it is a rare one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ("code" in error && REASONS[String(error.code)]) || error.message;
}
