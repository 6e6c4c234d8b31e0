/** Folders that belong to one process at a time, whether it lives, died, or is on another machine. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { leaveFolders, LOCK, ownFolder } from "../../src/node/folder-lock.ts";
import { beginningOf } from "../../src/node/processes.ts";
import { userError } from "../data/samples.ts";

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "lock-test-"))));
afterEach(() => {
  leaveFolders();
  rmSync(dir, { recursive: true });
});

const said: string[] = [];
const own = async (watched?: number) => await ownFolder(dir, (text) => said.push(text), watched);
const lock = (host: string, pid: number, began: string) =>
  writeFileSync(join(dir, LOCK), JSON.stringify({ host, pid, began }));
const owner = () => JSON.parse(readFileSync(join(dir, LOCK), "utf8")) as { pid: number };

it("is this process's once it is owned, and nobody's once it is left", async () => {
  await own();
  await own();
  expect(owner().pid).toBe(process.pid);
  leaveFolders();
  expect(readdirSync(dir)).toEqual([]);
});

it("is refused while another process has it, and taken over when that has died", async () => {
  const other = spawn("sleep", ["1000"]);
  lock(hostname(), other.pid!, beginningOf(other.pid!));
  expect(await userError(own)).toBe(
    `${dir} is in use by another run (process ${other.pid} on ${hostname()}): wait for its end, or choose another folder.`,
  );
  other.kill("SIGKILL");
  await once(other, "close");
  await own();
  expect([owner().pid, readdirSync(dir)]).toEqual([process.pid, [LOCK]]);
});

it("is taken over from a process whose number another one has by now, this one among them", async () => {
  for (const pid of [process.ppid, process.pid]) {
    lock(hostname(), pid, "before");
    await own();
    expect(owner().pid).toBe(process.pid);
    leaveFolders();
  }
});

it("of another machine is taken over when it shows no life, and refused when it does", async () => {
  lock("elsewhere", 1, "");
  const path = join(dir, LOCK);
  let beats = 0;
  const timer = setInterval(() => utimesSync(path, ++beats, beats), 20);
  expect(await userError(async () => await own(60_000))).toMatch(
    /in use .*\(process 1 on elsewhere\)/,
  );
  clearInterval(timer);
  await own(300);
  expect(owner().pid).toBe(process.pid);
  expect(said.at(-1)).toMatch(
    /is another machine's \(process 1 on elsewhere\): watching for 0\.3 s/,
  );
});

it("whose lock cannot be read or taken away is refused", async () => {
  mkdirSync(join(dir, LOCK));
  expect(await userError(own)).toMatch(/badnets\.lock: it is a folder/);
});
