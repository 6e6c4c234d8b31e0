/** Outputs: files that are replaced whole, and what is no file and written into. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ensureWritableDir, writeOutput } from "../../src/node/write-output.ts";
import { userError } from "../data/samples.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "outputs-test-"));
});

afterEach(() => rm(dir, { recursive: true }));

describe("a file that is written", () => {
  test("writes bytes and text, and leaves no other file", async () => {
    await writeOutput(join(dir, "bytes"), Uint8Array.of(0, 255, 7));
    await writeOutput(join(dir, "text"), "čau\n");
    expect([...(await readFile(join(dir, "bytes")))]).toEqual([0, 255, 7]);
    expect(await readFile(join(dir, "text"), "utf8")).toBe("čau\n");
    expect((await readdir(dir)).sort()).toEqual(["bytes", "text"]);
  });

  test("writes the part of memory that a view shows", async () => {
    await writeOutput(join(dir, "view"), Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    expect([...(await readFile(join(dir, "view")))]).toEqual([2, 3]);
  });

  test("replaces a file by a new one instead of writing into it", async () => {
    const path = join(dir, "report");
    await writeFile(path, "old");
    const { ino } = await stat(path);
    await writeOutput(path, "new");
    expect(await readFile(path, "utf8")).toBe("new");
    expect((await stat(path)).ino).not.toBe(ino);
  });

  test("leaves one whole version when many are written at once", async () => {
    const path = join(dir, "race");
    const versions = Array.from({ length: 20 }, (_, i) => String(i).repeat(100_000));
    await Promise.all(versions.map((version) => writeOutput(path, version)));
    expect(versions).toContain(await readFile(path, "utf8"));
    expect(await readdir(dir)).toEqual(["race"]);
  });

  test("names the path of a file whose folder does not exist", async () => {
    const path = join(dir, "none", "report");
    expect(await userError(() => writeOutput(path, "x"))).toBe(
      `cannot write ${path}: it, or a folder on the way to it, does not exist; ` +
        `choose a file in a folder that exists and that you may write to.`,
    );
  });

  test("names the path of a file below another file", async () => {
    await writeFile(join(dir, "file"), "");
    const path = join(dir, "file", "report");
    expect(await userError(() => writeOutput(path, "x"))).toMatch(
      `cannot write ${path}: a part of the path is a file, not a folder; choose `,
    );
  });

  test("leaves no temporary file when the path is a folder", async () => {
    await ensureWritableDir(join(dir, "folder"));
    expect(await userError(() => writeOutput(join(dir, "folder"), "x"))).toMatch(
      /: it is a folder; /,
    );
    expect(await readdir(dir)).toEqual(["folder"]);
  });
});

describe("ensureWritableDir", () => {
  test("creates a folder with those above it, accepts it again and leaves it empty", async () => {
    const path = join(dir, "a", "b");
    await ensureWritableDir(path);
    await ensureWritableDir(path);
    expect(await readdir(path)).toEqual([]);
  });

  test("refuses a path that is a file, or lies below one", async () => {
    const path = join(dir, "file");
    await writeFile(path, "kept");
    expect(await userError(() => ensureWritableDir(path))).toBe(
      `cannot use ${path} as a folder to write to: a file of that name is in the way; ` +
        `choose another folder.`,
    );
    expect(await userError(() => ensureWritableDir(join(path, "below")))).toMatch(
      /: a part of the path is a file, not a folder; /,
    );
    expect(await readFile(path, "utf8")).toBe("kept");
  });

  test("refuses a folder that exists and takes no files", async () => {
    expect(await userError(() => ensureWritableDir("/proc"))).toMatch(
      /^cannot use \/proc as a folder to write to: .+; choose another folder\.$/,
    );
  });
});

describe("what is no file", () => {
  test("a link leads to the file that is replaced, whether it exists or not, and stays a link", async () => {
    await mkdir(join(dir, "a"));
    await mkdir(join(dir, "b"));
    await writeFile(join(dir, "b", "real.json"), "old");
    symlinkSync("../b/real.json", join(dir, "a", "link"));
    symlinkSync("a/link", join(dir, "link to link"));
    symlinkSync("b/new.json", join(dir, "to nothing"));
    await writeOutput(join(dir, "link to link"), "new");
    await writeOutput(join(dir, "to nothing"), "first");
    expect(await readFile(join(dir, "b", "real.json"), "utf8")).toBe("new");
    expect(await readFile(join(dir, "b", "new.json"), "utf8")).toBe("first");
    expect(await readlink(join(dir, "a", "link"))).toBe("../b/real.json");
    expect(await readlink(join(dir, "link to link"))).toBe("a/link");
    expect(await readlink(join(dir, "to nothing"))).toBe("b/new.json");
    expect(await readdir(join(dir, "b"))).toEqual(["new.json", "real.json"]);
  });

  test("links that lead back to themselves are refused", async () => {
    symlinkSync("b", join(dir, "a"));
    symlinkSync("a", join(dir, "b"));
    expect(await userError(() => writeOutput(join(dir, "a"), "x"))).toMatch(/links lead back/);
  });

  test("a device takes what is written, or says that it is full, and stays", async () => {
    // Major and minor numbers are the devices' own: null and full.
    for (const [name, minor] of [
      ["null", "3"],
      ["full", "7"],
    ]) {
      execFileSync("mknod", [join(dir, name), "c", "1", minor]);
    }
    await writeOutput(join(dir, "null"), "x");
    expect(await userError(() => writeOutput(join(dir, "full"), "x"))).toMatch(/the disk is full/);
    await writeOutput("/dev/null", "x");
    for (const path of [join(dir, "null"), join(dir, "full"), "/dev/null"]) {
      expect((await stat(path)).isCharacterDevice()).toBe(true);
    }
    expect((await readdir(dir)).sort()).toEqual(["full", "null"]);
  });

  test("a named pipe's reader gets all of it, and the pipe stays", async () => {
    execFileSync("mkfifo", [join(dir, "pipe")]);
    const reader = spawn("cat", [join(dir, "pipe")]);
    const closed = once(reader, "close");
    let read = "";
    reader.stdout.on("data", (chunk: Buffer) => (read += chunk.toString()));
    const text = "0123456789".repeat(50_000);
    await writeOutput(join(dir, "pipe"), text);
    await closed;
    expect(read).toBe(text);
    expect((await stat(join(dir, "pipe"))).isFIFO()).toBe(true);
  });

  test("a file that is open goes on behind what was written into it before", async () => {
    const descriptor = openSync(join(dir, "log"), "w");
    writeFileSync(descriptor, "before\n");
    await writeOutput(`/dev/fd/${descriptor}`, "in between\n");
    writeFileSync(descriptor, "after\n");
    closeSync(descriptor);
    expect(readFileSync(join(dir, "log"), "utf8")).toBe("before\nin between\nafter\n");
  });
});

describe("what processes that were killed have left", () => {
  test("is removed by the next output there, and what living ones write is not", async () => {
    const dead = spawn("true");
    await once(dead, "close");
    const id = "00000000-0000-4000-8000-000000000000";
    const names = [dead.pid, process.pid, process.ppid].map((pid) => `.badnets-${pid}-${id}.tmp`);
    for (const name of [...names, ".badnets-notes.tmp"]) await writeFile(join(dir, name), "half");
    await writeOutput(join(dir, "file"), "whole");
    expect(readdirSync(dir).sort()).toEqual([names[2], ".badnets-notes.tmp", "file"].sort());
  });
});
