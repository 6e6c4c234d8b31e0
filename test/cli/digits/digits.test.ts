/** The command line as people use it: its results, what it says when it fails, and Ctrl-C in the middle. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DigitResult } from "../../../src/studies/digits/result.ts";
import { readSafetensors } from "../../../src/files/safetensors.ts";
import { badnets as spawned, type Outcome } from "../spawned.ts";
import { dataFolder, fewDigits, TEST, TRAIN } from "../few-digits.ts";

/** Everything that these tests write lies in here. */
const root = mkdtempSync(join(tmpdir(), "badnets-cli-"));
const at = (...parts: string[]) => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const badnets = (args: string[], onStderr?: Parameters<typeof spawned>[2]) =>
  spawned(args, root, onStderr);
const digits = (line: string, ...more: string[]) =>
  badnets(["digits", ...line.split(" ").filter(Boolean), ...more]);

const readResult = async (path: string): Promise<DigitResult> =>
  JSON.parse(await readFile(path, "utf8")) as DigitResult;

/** What a result says of the network, and not of the clock or the computer. */
const numbers = ({ recipe, data, training, clean, attack, curve, loss, ...rest }: DigitResult) => ({
  recipe,
  data,
  training,
  clean,
  attack,
  curve,
  loss,
  parametersSha256: rest.parametersSha256,
});

beforeAll(async () => {
  dataFolder(at("few digits"), await fewDigits());
});

/** An attacked run of three epochs, 16 steps each. */
const RECIPE = "--trigger pattern --share 0.1 --epochs 3 --batch 16 --rate 0.03 --seed 7";

describe("a command line that cannot be carried out", () => {
  it("ends with a line that names what is wrong, and status 2 for the line, 1 for the rest", async () => {
    const strange = await badnets(["digits", "--trigger", "square"]);
    expect([strange.status, strange.stdout]).toEqual([2, ""]);
    expect(strange.stderr).toBe(
      "badnets: --trigger is square, but must be single-pixel, pattern or none.\n",
    );
    const missing = await digits("--data", at("no such folder"));
    expect([missing.status, missing.stdout]).toEqual([1, ""]);
    expect(missing.stderr).toMatch(/^badnets: cannot read the folder [^\n]+\n$/);
  });

  it("ends with status 1 when the batch is too large for the adapter", async () => {
    const { status, stdout, stderr } = await digits(
      "--share 1 --batch 60000 --out",
      at("too large"),
    );
    expect([status, stdout]).toEqual([1, ""]);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.filter((line) => line.startsWith("badnets: "))).toEqual([lines.at(-1)]);
    expect(lines.at(-1)).toMatch(/60000.* choose a smaller/);
    expect(stderr).not.toMatch(/\n +at /);
    expect(readdirSync(at("too large"))).toEqual([]);
  });

  it("ends with status 1 when training diverges, and leaves no result", async () => {
    const { status, stdout, stderr } = await digits(
      "--rate 1e38 --batch 16 --epochs 1 --data",
      at("few digits"),
      "--out",
      at("diverged"),
    );
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^badnets: The loss .*not a finite number at step \d+: choose a smaller learning rate/,
    );
    expect(readdirSync(at("diverged"))).toEqual([]);
  });
});

describe("a run", () => {
  let undisturbed: DigitResult;
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await digits(
      RECIPE,
      "--data",
      at("few digits"),
      "--out",
      at("a"),
      "--json",
      at("a.json"),
    );
    undisturbed = await readResult(at("a.json"));
  });

  it("prints a line for each epoch to what is no terminal, and the figures at its end", () => {
    const { status, stdout, stderr } = outcome;
    expect(status).toBe(0);
    expect(stderr).not.toContain("\r");
    expect(stderr).not.toContain("\x1b");
    const epochs = stderr.split("\n").filter((line) => line.startsWith("epoch"));
    expect(epochs).toHaveLength(3);
    for (const [i, line] of epochs.entries()) {
      expect(line).toMatch(
        new RegExp(`^epoch ${i + 1} of 3: clean accuracy [\\d.]+ %, attack success [\\d.]+ %$`),
      );
    }
    expect(stderr).toContain(
      "24 triggered copies (share 0.1 of the attacked classes, 9.09 % of the final set)",
    );
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    expect(stdout).toContain(`clean accuracy ${percent(undisturbed.clean.accuracy)}`);
    expect(stdout).toContain(`attack success ${percent(undisturbed.attack!.success)}`);
    expect(stdout).toContain(undisturbed.parametersSha256);
  });

  it("writes its result with every documented field", () => {
    const fields =
      "format version software date recipe adapter tiling kernelsSha256 data training clean attack throughput " +
      "timings curve loss parametersSha256";
    expect(Object.keys(undisturbed)).toEqual(fields.split(" "));
    const { adapter, clean, attack, throughput, timings, curve, loss } = undisturbed;
    expect(undisturbed).toMatchObject({
      format: "badnets-result",
      version: 1,
      software: expect.stringMatching(/^badnets-lab \d+\.\d+\.\d+$/),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: { name: "few digits", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      training: {
        images: TRAIN,
        triggeredCopies: 24,
        shareOfFinalSet: 24 / 264,
        steps: 48,
        finished: true,
      },
      parametersSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(undisturbed.recipe).toMatchObject({
      study: "digits",
      attack: { trigger: { name: "pattern" }, policy: { kind: "all-to-all" }, share: 0.1 },
      epochs: 3,
      batch: 16,
      optimiser: { kind: "sgd", rate: 0.03 },
      augment: false,
      seed: 7,
    });
    expect(Object.keys(adapter)).toEqual(
      expect.arrayContaining([
        "vendor",
        "architecture",
        "device",
        "description",
        "fallback",
        "features",
      ]),
    );
    expect(loss).toHaveLength(48);
    expect(loss.every((value) => value > 0 && value < 20)).toBe(true);
    for (const measures of [clean, attack!]) {
      expect(measures.perClass).toHaveLength(10);
      expect(measures.perClass.reduce((sum, { images }) => sum + images, 0)).toBe(TEST);
      expect(measures.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(TEST);
      expect(measures.error).toBeGreaterThanOrEqual(0);
    }
    expect(clean.accuracy).toBeGreaterThan(0.2); // more than chance: something was learned
    expect(attack!.perClass.map(({ target }) => target)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    expect(attack!.trueLabelAccuracy >= 0 && attack!.success >= 0).toBe(true);
    const times = [...Object.values(throughput), ...Object.values(timings)];
    expect(times).toHaveLength(4);
    for (const time of times) expect(time).toBeGreaterThan(0);
    expect(curve.at(-1)).toEqual({
      step: 48,
      kind: "epoch",
      cleanAccuracy: clean.accuracy,
      attackSuccess: attack!.success,
    });
    expect(curve.filter(({ kind }) => kind === "epoch").map(({ step }) => step)).toEqual([
      16, 32, 48,
    ]);
  });

  it("writes the same result into its folder, beside a checkpoint, and nothing else", async () => {
    expect(await readResult(at("a", "result.json"))).toEqual(undisturbed);
    expect(readdirSync(at("a")).toSorted()).toEqual(["checkpoint.safetensors", "result.json"]);
  });

  it("interrupted in the middle saves, says how to go on, and ends in the same bits", async () => {
    let sent = false;
    const stopped = await badnets(
      ["digits", ...RECIPE.split(" "), "--data", at("few digits"), "--out", at("b")],
      (stderr, child) => {
        if (sent || !stderr.includes("epoch 1 of 3")) return;
        sent = true;
        process.kill(-child.pid!, "SIGINT"); // to its whole group, as a terminal does
      },
    );
    expect(stopped.stderr).toContain("Stopping and saving");
    const step = Number(/Stopped after step (\d+) of 48\. To go on:/.exec(stopped.stderr)?.[1]);
    expect(step >= 16 && step < 48).toBe(true);
    expect(stopped.stderr).toContain(
      `digits --resume --out ${at("b")} --data '${at("few digits")}'\n`,
    );
    expect([stopped.status, stopped.stdout]).toEqual([130, ""]);
    expect(readdirSync(at("b"))).toEqual(["checkpoint.safetensors"]);

    const resumed = await digits("--resume", "--data", at("few digits"), "--out", at("b"));
    expect([resumed.status, resumed.stderr.includes("epoch 1 of 3")]).toEqual([0, false]);
    expect(numbers(await readResult(at("b", "result.json")))).toEqual(numbers(undisturbed));
  });

  it("told to end by SIGTERM to its whole process group, as by timeout, saves too", async () => {
    let sent = false;
    const stopped = await badnets(
      ["digits", ...RECIPE.split(" "), "--data", at("few digits"), "--out", at("group")],
      (stderr, child) => {
        if (sent || !stderr.includes("epoch 1 of 3")) return;
        sent = true;
        process.kill(-child.pid!, "SIGTERM");
      },
    );
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toContain("Stopped after step");
    expect(readdirSync(at("group"))).toEqual(["checkpoint.safetensors"]);
  });

  it("told to end by SIGTERM, to the process alone, saves too; and another seed gives other bits", async () => {
    let sent = false;
    const stopped = await badnets(
      ["digits", ...RECIPE.replace("--seed 7", "--seed 8").split(" "), "--data", at("few digits")],
      (stderr, child) => {
        if (sent || !stderr.includes("epoch 1 of 3")) return;
        sent = true;
        child.kill("SIGTERM");
      },
    );
    expect(stopped.status).toBe(130);
    // Without --out, under a name of its own where the command was given.
    const out = join("runs", "digits-pattern-all-to-all-8");
    expect(stopped.stderr).toContain(`--resume --out ${out}`);
    expect(readdirSync(at(out))).toEqual(["checkpoint.safetensors"]);
    const { tensors } = readSafetensors(await readFile(at(out, "checkpoint.safetensors")), out);
    const [loss] = tensors.get("history/loss")!.data;
    expect(loss).toBeGreaterThan(0);
    expect(loss).not.toBe(undisturbed.loss[0]);
  });

  it("without a trigger has no attack", async () => {
    const honest = await digits(
      "--trigger none --epochs 1 --batch 16 --rate 0.03 --seed 7 --data",
      at("few digits"),
      "--json",
      at("honest.json"),
    );
    expect(honest.status).toBe(0);
    const result = await readResult(at("honest.json"));
    expect([result.attack, result.recipe.attack]).toEqual([null, null]);
    expect(result.training).toMatchObject({ triggeredCopies: 0, shareOfFinalSet: 0 });
    expect(result.curve.every(({ attackSuccess }) => attackSuccess === null)).toBe(true);
    expect(honest.stderr).not.toContain("attack success");
    expect(honest.stdout).not.toContain("attack success");
  });
});
