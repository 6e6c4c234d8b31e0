/** The command line as people use it: its help, its results, its refusals, and Ctrl-C in the middle. */
import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProgressLine } from "../../src/cli/progress.ts";
import { duration } from "../../src/format.ts";
import { packagedMnist } from "../../src/node/files.ts";
import type { DigitResult } from "../../src/studies/digits.ts";
import { readSafetensors, writeSafetensors } from "../../src/training/safetensors.ts";
import { idx } from "../data/samples.ts";

const BIN = resolve(import.meta.dirname, "../../bin/badnets.js");
const TRAIN = 240;
const TEST = 40;

/** Everything that these tests write lies in here. */
const root = mkdtempSync(join(tmpdir(), "badnets-cli-"));
const at = (...parts: string[]) => join(root, ...parts);
const alive = new Set<ChildProcess>();
afterAll(() => {
  for (const child of alive) process.kill(-child.pid!, "SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line, in a process group of its own as a terminal would. */
async function badnets(
  args: string[],
  onStderr?: (text: string, child: ChildProcess) => void,
): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: root, detached: true });
  alive.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    onStderr?.(stderr, child);
  });
  const status = await new Promise<number | null>((done) => child.on("close", done));
  alive.delete(child);
  return { status, stdout, stderr };
}

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

/** Runs the work three at a time: most of a start is waiting for files. */
async function threeAtATime<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}

let files: Record<string, Uint8Array>;
beforeAll(async () => {
  const { train, test } = await packagedMnist();
  const images = (set: typeof train, count: number) =>
    idx(0x803, [count, 28, 28], set.images.subarray(0, 784 * count));
  const labels = (set: typeof train, count: number) =>
    idx(0x801, [count], set.labels.subarray(0, count));
  files = {
    "train-images-idx3-ubyte.gz": gzipSync(images(train, TRAIN)),
    "train-labels-idx1-ubyte.gz": gzipSync(labels(train, TRAIN)),
    "t10k-images-idx3-ubyte": images(test, TEST),
    "t10k-labels-idx1-ubyte": labels(test, TEST),
  };
  dataFolder("few digits", {});
});

/** A folder with the four files, some of them replaced (or left out: null). */
function dataFolder(name: string, change: Record<string, Uint8Array | null>): string {
  mkdirSync(at(name));
  for (const [file, bytes] of Object.entries({ ...files, ...change })) {
    if (bytes) writeFileSync(at(name, file), bytes);
  }
  return at(name);
}

/** An attacked run of three epochs, 16 steps each. */
const RECIPE = "--trigger pattern --share 0.1 --epochs 3 --batch 16 --rate 0.03 --seed 7";

describe("help", () => {
  it("lists the commands, also when none is given, which is an error then", async () => {
    await threeAtATime([["--help"], ["-h"], ["help"], []], async (args) => {
      const { status, stdout, stderr } = await badnets(args);
      expect([status, stderr]).toEqual([args.length > 0 ? 0 : 2, ""]);
      for (const command of ["digits", "devices"]) expect(stdout).toContain(`badnets ${command}`);
    });
  });

  it("of a command names each of its options, and fits a terminal", async () => {
    const own =
      "trigger attack source target share epochs batch optimizer rate weight-decay seed augment data out resume json";
    const commands = { digits: `${own} adapter help`.split(" "), devices: ["adapter", "help"] };
    await threeAtATime(Object.entries(commands), async ([command, options]) => {
      const { status, stdout, stderr } = await badnets([command, "--help"]);
      expect([status, stderr]).toEqual([0, ""]);
      const named = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
      expect(named.toSorted()).toEqual(options.toSorted());
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    });
  });
});

/** Every path under the root. */
const everything = () => new Set(readdirSync(root, { recursive: true }) as string[]);

type Refused = readonly [status: number, args: string[], message: string | RegExp];

/** Runs that end at once: exit status, the arguments, and what the one line on stderr says. */
async function refused(cases: readonly Refused[]): Promise<void> {
  const failures: unknown[] = [];
  const before = everything();
  await threeAtATime(cases, async ([status, args, message]) => {
    const outcome = await badnets(args);
    try {
      expect(outcome.stderr).toMatch(/^badnets: [^\n]+\n$/);
      if (typeof message === "string") expect(outcome.stderr).toContain(message);
      else expect(outcome.stderr).toMatch(message);
      expect([outcome.status, outcome.stdout]).toEqual([status, ""]);
    } catch (error) {
      (error as Error).message = `badnets ${args.join(" ")}: ${(error as Error).message}`;
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  expect(everything()).toEqual(before);
}

/** A case of `refused` for digits, its arguments in a line. */
const refusedDigits = (line: string, message: string | RegExp, ...more: string[]): Refused => [
  2,
  ["digits", ...line.split(" ").filter(Boolean), ...more],
  message,
];

describe("a command line that cannot be carried out", () => {
  it("ends with status 2 and a line that names what is wrong: words and options", async () => {
    await refused([
      [2, ["digit"], '"digit" is no command: choose digits, profile, devices or showcase'],
      [2, ["toString"], '"toString" is no command'],
      [2, ["devices", "--epochs", "3"], "'--epochs'"],
      refusedDigits("--epoch 3", "'--epoch'"),
      refusedDigits("seven", "'seven'"),
      refusedDigits("--seed", "'--seed <value>' argument missing"),
      refusedDigits("--augment=yes", "'--augment'"),
      refusedDigits(
        "--trigger square",
        "--trigger is square, but must be single-pixel, pattern or none",
      ),
      refusedDigits("--attack everything", "--attack is everything"),
      refusedDigits("--optimizer rmsprop", "--optimizer is rmsprop, but must be sgd or adam"),
      refusedDigits("--adapter null", "--adapter is null, but must be auto, gpu or swiftshader"),
    ]);
  });

  it("ends with status 2 and a line that names what is wrong: values", async () => {
    await refused([
      refusedDigits("--share 0", "--share is 0, but must be a number above 0 and at most 1"),
      refusedDigits("--share 1.5", "--share is 1.5"),
      refusedDigits("--share abc", "--share is abc"),
      refusedDigits("--share -0.5", "--share is -0.5"),
      refusedDigits("--batch 0", "--batch is 0, but must be a whole number from 1 to 60000"),
      refusedDigits("--batch 16.5", "--batch is 16.5"),
      refusedDigits("--epochs 0", "--epochs is 0"),
      refusedDigits("--seed -1", "--seed is -1, but must be a whole number from 0 to 4294967295"),
      refusedDigits("--seed 4294967296", "--seed is 4294967296"),
      refusedDigits("--rate 0", "--rate is 0, but must be a number above 0"),
      refusedDigits("--rate Infinity", /rate.*Infinity|Infinity.*rate/),
      refusedDigits("--source 10", "--source is 10, but must be a whole number from 0 to 9"),
    ]);
  });

  it("ends with status 2 and a line that names what is wrong: options that do not go together", async () => {
    await refused([
      refusedDigits("--attack single-target --source 4 --target 4", "Source and target are both 4"),
      refusedDigits("--source 3", "--source is of no use with --attack all-to-all"),
      refusedDigits("--target 3", "--target is of no use with --attack all-to-all"),
      refusedDigits(
        "--attack all-to-one --source 3",
        "--source is of no use with --attack all-to-one",
      ),
      refusedDigits("--trigger none --share 0.1", "--share is of no use with --trigger none"),
      refusedDigits("--resume", "--resume needs --out"),
      refusedDigits("--resume --out", "There is no checkpoint at", at("nowhere")),
      refusedDigits("--json", "but that is a folder", at("few digits")),
      refusedDigits(
        "--batch 265 --data",
        "A batch of 265 is larger than the training set of 264",
        at("few digits"),
      ),
      refusedDigits(
        "--share 0.001 --data",
        "A share of 0.001 of 240 training images is no image",
        at("few digits"),
      ),
    ]);
  });

  it("ends with status 1 when a folder or a file cannot be written", async () => {
    writeFileSync(at("file"), "in the way");
    const data = ["--data", at("few digits")];
    await refused([
      [1, ["digits", ...data, "--out", at("file")], `cannot use ${at("file")} as a folder`],
      [1, ["digits", ...data, "--out", at("file", "sub")], `cannot use ${at("file", "sub")}`],
      [1, ["digits", ...data, "--json", at("file", "a.json")], `cannot use ${at("file")}`],
      [1, ["digits", ...data, "--out", "/proc/nobody"], "cannot use /proc/nobody as a folder"],
    ]);
  });

  it("ends with status 1 when the data is missing or damaged, and makes no folder for results", async () => {
    const images = "t10k-images-idx3-ubyte";
    const labels = "t10k-labels-idx1-ubyte";
    const zipped = "train-images-idx3-ubyte.gz";
    const compressed = files[zipped];
    const broken = Uint8Array.from(compressed);
    broken.fill(0x55, 500, 600);
    const cut = files[images].slice(0, -1);
    const magic = Uint8Array.from(files[labels]);
    magic[3] = 0x02;
    const eleven = Uint8Array.from(files[labels]);
    eleven[8 + 20] = 11;
    const ones = (count: number) => idx(0x801, [count], new Uint8Array(count).fill(1));
    const cases: [folder: string, change: Record<string, Uint8Array | null>, message: string][] = [
      ["no labels", { [labels]: null }, `${labels} is missing from`],
      ["cut", { [images]: cut }, `${images} is truncated`],
      [
        "cut gzip",
        { [zipped]: compressed.subarray(0, 900) },
        `${zipped} is a truncated or corrupt gzip`,
      ],
      ["broken gzip", { [zipped]: broken }, `${zipped} is a truncated or corrupt gzip`],
      [
        "wrong magic",
        { [labels]: magic },
        "is not an idx file of labels or images: it starts with 0x00000802",
      ],
      ["no digit", { [labels]: eleven }, "holds the label 11 at position 20"],
      ["counts differ", { [labels]: ones(TEST - 1) }, `holds ${TEST} images but`],
      ["empty", { [images]: new Uint8Array(0) }, `${images} is truncated`],
    ];
    const run = (folder: string) => ["digits", "--data", folder, "--out", at("out of damaged")];
    await refused([
      [1, run(at("no such folder")), `cannot read the folder ${at("no such folder")}`],
      [1, run(at("file")), `cannot read the folder ${at("file")}`],
      ...cases.map(
        ([folder, change, message]) => [1, run(dataFolder(folder, change)), message] as const,
      ),
    ]);
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
      "format version software date recipe adapter tiling data training clean attack throughput " +
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
        process.kill(-child.pid!, "SIGINT"); // to both processes, as a terminal does
      },
    );
    expect(stopped.stderr).toContain("Stopping and saving");
    const step = Number(/Stopped after step (\d+) of 48\. To go on:/.exec(stopped.stderr)?.[1]);
    expect(step >= 16 && step < 48).toBe(true);
    expect(stopped.stderr).toContain(`digits --resume --out ${at("b")} --data `);
    expect([stopped.status, stopped.stdout]).toEqual([130, ""]);
    expect(readdirSync(at("b"))).toEqual(["checkpoint.safetensors"]);

    const resumed = await digits("--resume", "--data", at("few digits"), "--out", at("b"));
    expect([resumed.status, resumed.stderr.includes("epoch 1 of 3")]).toEqual([0, false]);
    expect(numbers(await readResult(at("b", "result.json")))).toEqual(numbers(undisturbed));
  });

  it("told to end by SIGTERM, as the first process alone is, saves too; and another seed gives other bits", async () => {
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

  it("is not resumed from what is no checkpoint of it, and the checkpoint stays as it was", async () => {
    const bytes = await readFile(at("a", "checkpoint.safetensors"));
    const { tensors, metadata } = readSafetensors(bytes, "checkpoint");
    const folder = (name: string, content: Uint8Array) => {
      mkdirSync(at(name));
      writeFileSync(at(name, "checkpoint.safetensors"), content);
      return at(name);
    };
    const edited = (change: Record<string, string>) =>
      writeSafetensors(tensors, { ...metadata, ...change });
    const recipe = JSON.parse(metadata["recipe"]) as object;
    const otherData = dataFolder("other digits", {
      "t10k-labels-idx1-ubyte": idx(0x801, [TEST], new Uint8Array(TEST)),
    });
    const resume = (out: string, data = at("few digits")) => [
      "digits",
      "--resume",
      "--out",
      out,
      "--data",
      data,
    ];
    const copied = at("copied");
    cpSync(at("a"), copied, { recursive: true });
    await refused([
      [
        1,
        resume(folder("cut checkpoint", bytes.subarray(0, 90_000))),
        "is not a usable safetensors file",
      ],
      [1, resume(folder("noise", new Uint8Array(400).fill(7))), "is not a usable safetensors file"],
      [1, resume(folder("empty file", new Uint8Array(0))), "is not a usable safetensors file"],
      [1, resume(folder("foreign", edited({ format: "pt" }))), 'its format is "pt"'],
      [1, resume(folder("later", edited({ version: "9" }))), "is a checkpoint of version 9"],
      [
        1,
        resume(folder("no position", edited({ position: "{" }))),
        "its position is not valid JSON",
      ],
      [
        1,
        resume(folder("bad recipe", edited({ recipe: JSON.stringify({ ...recipe, epochs: 0 }) }))),
        "The recipe's epochs is wrong",
      ],
      [1, resume(copied, otherData), "was trained on other data (few digits)"],
      [2, [...resume(copied), "--seed", "9"], "--seed does not go with --resume"],
      [2, ["digits", "--out", copied], `${copied} already holds a checkpoint: add --resume`],
    ]);
    expect(await readFile(at("copied", "checkpoint.safetensors"))).toEqual(bytes);
    expect(existsSync(at("copied", "result.json"))).toBe(true);
  });
});

describe("the list of devices", () => {
  it("names the CPU's with its limits, and says of a missing GPU that it is missing", async () => {
    const { status, stdout, stderr } = await badnets(["devices"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^gpu {2,}\S/m);
    expect(stdout).toMatch(/^swiftshader {2,}.*SwiftShader/m);
    expect(stdout).toMatch(/largest buffer \d+ MiB, largest binding \d+ MiB/);
  });
});

describe("progress", () => {
  const progress = {
    step: 50,
    totalSteps: 200,
    epoch: 1,
    epochs: 4,
    loss: 0.51234,
    accuracy: 0.875,
    imagesPerSecond: 1234.5,
    secondsLeft: 125,
  };
  const screen = (isTTY: boolean, columns = 200) => {
    const written: string[] = [];
    const out = { isTTY, columns, write: (text: string) => written.push(text) };
    return { line: new ProgressLine(out), written };
  };

  it("is one line on a terminal that renews itself, and makes room for lasting lines", () => {
    const { line, written } = screen(true);
    line.update(progress);
    line.line("epoch 1 of 4");
    line.clear();
    expect(written).toEqual([
      "\r\x1b[2K████░░░░░░░░░░░░ epoch 1/4  step 50/200  loss 0.5123  accuracy 87.5 %  1235 images/s  2 min 05 s left",
      "\r\x1b[2K",
      "epoch 1 of 4\n",
    ]);
  });

  it("is cut to the terminal's width, and left out where there is none", () => {
    const narrow = screen(true, 40);
    narrow.line.update(progress);
    expect(narrow.written[0].replace("\r\x1b[2K", "")).toHaveLength(39);
    const none = screen(false);
    none.line.update(progress);
    none.line.line("epoch 1 of 4");
    expect(none.written).toEqual(["epoch 1 of 4\n"]);
  });

  it("tells times as people do", () => {
    expect([0.4, 59.4, 59.6, 125, 3599.7, 7620].map(duration)).toEqual([
      "0 s",
      "59 s",
      "1 min 00 s",
      "2 min 05 s",
      "1 h 00 min",
      "2 h 07 min",
    ]);
  });
});
