/** `badnets showcase`: what the page shows of a run, in this process and with few test digits. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { triggerPresets } from "../../../src/backdoor/trigger.ts";
import { run } from "../../../src/cli/main.ts";
import { decodeRecording } from "../../../src/studies/digits/recording.ts";
import { packagedMnist } from "../../../src/node/files.ts";
import { readSafetensors } from "../../../src/files/safetensors.ts";
import { checkpoint } from "../begun-run.ts";
import { onStdout } from "../in-process.ts";

const TESTS = 100;

vi.mock("../../../src/node/files.ts", async (original) => {
  const files = await original<typeof import("../../../src/node/files.ts")>();
  return {
    ...files,
    packagedMnist: async () => {
      const mnist = await files.packagedMnist();
      const { images, labels } = mnist.test;
      const test = { images: images.slice(0, TESTS * 784), labels: labels.slice(0, TESTS) };
      return { ...mnist, test: { ...test, count: TESTS } };
    },
  };
});

const root = mkdtempSync(join(tmpdir(), "badnets-showcase-"));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const names = ["model.safetensors", "recording.safetensors", "result.json"];
const readRecording = async (folder: string) =>
  await decodeRecording(await readFile(join(folder, names[1])), names[1]);

it("a finished run becomes its network, its result, and what its neurons do", async () => {
  const bytes = await checkpoint(await packagedMnist(), {
    trigger: { name: "pattern", pixels: [...triggerPresets.pattern] },
    policy: { kind: "all-to-all" },
    share: 0.1,
  });
  writeFileSync(at("checkpoint.safetensors"), bytes);
  const original = readSafetensors(bytes, "checkpoint").tensors;
  const parametersSha256 = createHash("sha256");
  for (const layer of ["conv1", "conv2", "fc1", "fc2"]) {
    for (const part of ["w", "b"]) parametersSha256.update(original.get(`${layer}.${part}`)!.data);
  }
  const result = JSON.stringify({ parametersSha256: parametersSha256.digest("hex") });
  // A measurement of other parameters is not shown beside these.
  writeFileSync(at("result.json"), JSON.stringify({ parametersSha256: "0".repeat(64) }));
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await run(["showcase", "--from", root, "--out", at("shown")])).toBe(1);
  expect(error.mock.lastCall![0]).toContain("is not the result of the network beside it");
  error.mockRestore();
  expect(readdirSync(at("shown"))).toEqual([]);
  writeFileSync(at("result.json"), result);
  let said = "";
  const print = onStdout((text) => (said += text));
  expect(await run(["showcase", "--from", root, "--out", at("shown")])).toBe(0);
  expect(said).toMatch(/shown: model \d+ bytes, recording \d+ bytes\n$/);
  print.mockRestore();
  expect(readdirSync(at("shown")).toSorted()).toEqual(names);
  expect(await readFile(join(at("shown"), "result.json"), "utf8")).toBe(result);
  const model = readSafetensors(await readFile(join(at("shown"), names[0])), "model").tensors;
  for (const [label, { data }] of model) expect(original.get(label)!.data).toEqual(data);
  expect([...model.keys()]).toContain("fc2.b");
  const recording = await readRecording(at("shown"));
  expect(recording.adapter).toMatch(/SwiftShader/);
  expect(recording.looks.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const { pixels } of recording.looks) expect(pixels.triggered).not.toEqual(pixels.clean);
  // What it records is told of the whole test set.
  expect(recording.report.images).toBe(TESTS);
  expect(recording.predictions.labels).toHaveLength(TESTS);
  expect(recording.report.neurons.length).toBeGreaterThan(500);
});

it("what ships is told of all of MNIST's test digits", async () => {
  const { report, predictions } = await readRecording(
    resolve(import.meta.dirname, "../../../public/showcase"),
  );
  expect(report.images).toBe(10_000);
  expect(predictions.labels).toHaveLength(10_000);
});
