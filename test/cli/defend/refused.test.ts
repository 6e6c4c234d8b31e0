/** What `badnets defend` refuses, in this process and without any device. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { defences } from "../../../src/defences/table.ts";
import { dataFolder, fewDigits } from "../few-digits.ts";
import { inProcess } from "../in-process.ts";
import { refusedIn } from "../refusals.ts";

vi.mock("../../../src/node/webgpu.ts", () => ({
  openInNode: () => Promise.reject(new Error("no device is needed here")),
}));

const root = mkdtempSync(join(tmpdir(), "badnets-defend-refused-"));
const at = (name: string) => join(root, name);
const shipped = (name: string) => resolve(import.meta.dirname, "../../../public/showcase", name);
const model = shipped("model.safetensors");
beforeAll(async () => void dataFolder(at("few"), await fewDigits()));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const refused = refusedIn(root);

describe("badnets defend", () => {
  it("names each defence and option in its help, and fits a terminal", async () => {
    const { status, stdout, stderr } = await inProcess(["defend", "--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    for (const { id, question } of defences) {
      expect(stdout).toContain(`  ${id} `);
      expect(stdout.replaceAll(/\s+/g, " ")).toContain(question);
    }
    for (const option of [
      "with",
      "images",
      "training",
      "judge",
      "seed",
      "trigger",
      "data",
      "out",
      "json",
    ])
      expect(stdout).toContain(`  --${option}`);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("wants one file, of a digit network, that is there and whole", async () => {
    writeFileSync(at("text"), "no network");
    await refused([
      [2, ["defend"], "Give one network's file, such as public/showcase/model.safetensors"],
      [2, ["defend", "a", "b"], "Give one network's file, not 2"],
      [2, ["defend", at("nowhere")], `There is no model at ${at("nowhere")}`],
      [1, ["defend", at("text")], at("text")],
      [2, ["defend", at("few")], "holds none of model.safetensors"],
      [1, ["defend", shipped("detector.safetensors")], "is a street-sign detector"],
    ]);
  });

  it("wants defences that there are, and numbers within reach", async () => {
    await refused([
      [
        2,
        ["defend", model, "--with", "clp,magic"],
        '--with names "magic", which is no defence: choose from clp,',
      ],
      [2, ["defend", model, "--with", ""], '--with names "", which is no defence'],
      [2, ["defend", model, "--images", "0"], "--images is 0"],
      [
        2,
        ["defend", model, "--images", "2501"],
        "there are 10000 test images: choose from 10 to 2500",
      ],
      [2, ["defend", model, "--images", "9"], "choose from 10 to 2500"],
      [
        2,
        ["defend", model, "--images", "100", "--with", "clp"],
        "--images is of no use with --with clp: no clean image is looked at",
      ],
      [2, ["defend", model, "--training", "x"], "--training is x"],
      [2, ["defend", model, "--judge", "0"], "--judge is 0"],
      [2, ["defend", model, "--seed", "-1"], "--seed is -1"],
      [2, ["defend", model, "--trigger", "square"], "--trigger is square"],
      [
        2,
        ["defend", model, "--trigger", "none", "--target", "3"],
        "--target is of no use with --trigger none",
      ],
      [2, ["defend", model, "--share", "0.1"], "'--share'"],
    ]);
  });

  it("overwrites no network, and clusters no other training set than the network's", async () => {
    await refused([
      [2, ["defend", model, "--json", model], "which the network reads"],
      [
        1,
        ["defend", model, "--data", at("few"), "--with", "clp,spectral"],
        "spectral look at the training set, but the network was trained on MNIST",
      ],
    ]);
  });
});
