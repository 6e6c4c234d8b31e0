/** A folder belongs to one run at a time: a file in it names the process, and goes when that ends. */
import { randomUUID } from "node:crypto";
import { rmSync, utimes } from "node:fs";
import { open, readFile, realpath, rename, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { UserError } from "../errors.ts";
import { beginningOf, isRunning } from "./processes.ts";
import { reasonOf } from "./write-output.ts";

export const LOCK = "badnets.lock";

const ownerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ host: v.string(), pid: v.number(), began: v.string() }),
);
type Owner = v.InferOutput<typeof ownerSchema>;

/** Milliseconds between two signs of life, and for which another machine's lock is watched for one. */
const BEAT = 10_000;
const WATCHED = 90_000;

/** Locks that this process holds. */
const held = new Set<string>();
process.on("exit", leaveFolders);
setInterval(() => {
  const now = new Date();
  // A lock that went with its folder shows no life, and needs not.
  for (const path of held) utimes(path, now, now, () => undefined);
}, BEAT).unref();

/**
 * Makes a folder, which exists, this process's own until it ends or leaves it. Whoever was killed has left it.
 * @param notice hears why it takes its time
 * @param watched milliseconds for which the lock of another machine must show no life
 * @throws UserError where it is another's
 */
export async function ownFolder(
  dir: string,
  notice: (text: string) => void,
  watched = WATCHED,
): Promise<void> {
  const path = join(await realpath(dir), LOCK);
  while (!held.has(path)) {
    if (await claim(path)) {
      held.add(path);
      return;
    }
    const text = await unlessGone(path, readFile(path, "utf8"));
    if (text === null) continue;
    const read = v.safeParse(ownerSchema, text);
    const owner = read.success ? read.output : null;
    const who = owner ? `process ${owner.pid} on ${owner.host}` : "unknown";
    if (owner?.host !== hostname()) {
      notice(
        `${path} is another machine's (${who}): watching for ${watched / 1000} s whether it lives.`,
      );
    }
    if (owner?.host === hostname() ? isAlive(owner) : await showsLife(path, watched)) {
      throw new UserError(
        `${dir} is in use by another run (${who}): wait for its end, or choose another folder.`,
      );
    }
    await takeAway(path, text);
  }
}

/** Leaves all folders that this process owns. */
export function leaveFolders(): void {
  for (const path of held) rmSync(path, { force: true });
  held.clear();
}

/** @returns whether there was no lock, and now is this process's */
async function claim(path: string): Promise<boolean> {
  const owner: Owner = { host: hostname(), pid: process.pid, began: beginningOf(process.pid) };
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(`${JSON.stringify(owner)}\n`);
      await file.sync();
    } catch (error) {
      await unlink(path);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw unusable(path, error);
  }
}

const unusable = (path: string, cause: unknown) =>
  new UserError(`cannot use ${path}: ${reasonOf(cause)}; choose another folder.`, { cause });

/** Null where the lock was left meanwhile. */
async function unlessGone<T>(path: string, asked: Promise<T>): Promise<T | null> {
  return await asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw unusable(path, error);
  });
}

/** Of this machine's processes, whether it still runs. */
function isAlive({ pid, began }: Owner): boolean {
  // A lock of this process's number that it does not hold is of one before it.
  return pid !== process.pid && isRunning(pid) && beginningOf(pid) === began;
}

/** Whether somebody touches it, or takes it away, within so many milliseconds: clocks of machines differ. */
async function showsLife(path: string, watched: number): Promise<boolean> {
  const before = await touchedAt(path);
  for (const end = performance.now() + watched; performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, watched / 10)));
    if ((await touchedAt(path)) !== before) return true;
  }
  return false;
}

/** In milliseconds; NaN where it has gone. Network file systems look again only where a file is opened. */
async function touchedAt(path: string): Promise<number> {
  const file = await open(path).catch(() => null);
  if (!file) return Number.NaN;
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

/** Takes away the lock of a run that died, unless another has done so, and has its own there by now. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const moved = await unlessGone(
    path,
    rename(path, aside).then(() => true),
  );
  if (!moved) return;
  if ((await readFile(aside, "utf8")) === text) await unlink(aside);
  else await rename(aside, path);
}
