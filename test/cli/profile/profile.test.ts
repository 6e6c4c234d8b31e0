/** `badnets profile`: where its files go and what they hold, in this process and of a profile that is made up. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvParse } from "d3";
import { afterAll, expect, it, vi } from "vitest";
import { readProfile } from "../../../src/gpu/profile-file.ts";
import type { Profile } from "../../../src/gpu/profile.ts";
import { inProcess } from "../in-process.ts";

/** Clears the screen, turns the line around, begins a line. */
const hostile = '=a\u001b[2J\u202e\u009b\n"b';
const shown = '=a\\u{1b}[2J\\u{202e}\\u{9b}\\u{a}"b';
// oxlint-disable-next-line no-control-regex
const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

const made = vi.hoisted(() => ({ profile: null as unknown }));
vi.mock("../../../src/node/webgpu.ts", () => ({
  openInNode: () => Promise.resolve({ destroy: () => undefined }),
}));
vi.mock("../../../src/cli/profile/steps.ts", () => ({
  digitStep: () => ({ title: "", build: () => Promise.resolve(null) }),
}));
vi.mock("../../../src/training/profile-step.ts", () => ({
  profileStep: () => Promise.resolve(made.profile),
}));

const profile: Profile = {
  title: hostile,
  software: "badnets-lab 0",
  date: "2026-11-27T00:00:00.000Z",
  adapter: {
    vendor: "v",
    architecture: "a",
    device: "d",
    description: hostile,
    fallback: true,
    features: [],
  },
  method: "As it is.",
  ceilings: { gflops: 4, form: "vectors", gigabytesPerSecond: 5 },
  milliseconds: 2,
  togetherMilliseconds: 2,
  kernels: [
    {
      label: hostile,
      pass: "forward",
      shader: "s",
      entry: "e",
      workgroups: [1, 1],
      workgroupSize: 1,
      reads: [],
      writes: [],
      flops: 1,
      bytes: 1,
      milliseconds: 2,
      least: 1,
      most: 3,
      rounds: 1,
      repetitions: 1,
      startMilliseconds: 0,
      share: 1,
      gflops: 1,
      gigabytesPerSecond: 1,
      intensity: 1,
    },
  ],
  passes: [{ pass: "forward", kernels: 1, milliseconds: 2, share: 1, flops: 1, bytes: 1 }],
};
made.profile = profile;

const root = mkdtempSync(join(tmpdir(), "badnets-profile-"));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));
const profiled = async (...args: string[]) => await inProcess(["profile", "digits", ...args]);

it("whose adapter is called as it likes, is read back, and shows what cannot be seen", async () => {
  const files = ["--json", at("p.json"), "--csv", at("p.csv"), "--trace", at("p.trace")];
  const { status, stdout } = await profiled(...files);
  expect(status).toBe(0);
  expect(stdout).toContain(`${shown}, on ${shown}\n`);
  const printed = await profiled("--json");
  expect(printed.stdout).toBe(readFileSync(at("p.json"), "utf8"));
  expect(readProfile(printed.stdout, "p.json")).toEqual(profile);
  const csv = csvParse(readFileSync(at("p.csv"), "utf8"));
  expect(csv[0]["kernel"]).toBe(`'${hostile}`);
  const trace = readFileSync(at("p.trace"), "utf8");
  expect(JSON.stringify(JSON.parse(trace))).toContain(JSON.stringify(hostile));
  for (const text of [stdout, printed.stdout, trace]) expect(text).not.toMatch(unseen);
});

it("goes to links, devices and pipes as they are, and to nothing else when one of them fails", async () => {
  writeFileSync(at("real.json"), "old");
  symlinkSync("real.json", at("link.json"));
  execFileSync("mknod", [at("null"), "c", "1", "3"]);
  execFileSync("mkfifo", [at("pipe")]);
  const reader = spawn("cat", [at("pipe")]);
  const closed = once(reader, "close");
  let read = "";
  reader.stdout.on("data", (chunk: Buffer) => (read += chunk.toString()));
  const all = await profiled("--json", at("link.json"), "--csv", at("null"), "--trace", at("pipe"));
  await closed;
  expect([all.status, all.stderr]).toEqual([0, ""]);
  expect(lstatSync(at("link.json")).isSymbolicLink()).toBe(true);
  expect(readProfile(readFileSync(at("real.json"), "utf8"), "real.json")).toEqual(profile);
  expect(lstatSync(at("null")).isCharacterDevice()).toBe(true);
  expect((JSON.parse(read) as { traceEvents: object[] }).traceEvents.length).toBeGreaterThan(3);

  // What one output meets, the others do not suffer from.
  const full = await profiled("--json", "/dev/full", "--csv", at("other.csv"));
  expect(full.status).toBe(1);
  expect(full.stderr).toMatch(/^badnets: cannot write \/dev\/full: the disk is full; /);
  expect(full.stdout).toContain(shown);
  expect(csvParse(readFileSync(at("other.csv"), "utf8"))).toHaveLength(1);
});
