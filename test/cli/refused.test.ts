/** What the command line says of itself and what it refuses, in this process and without any device. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readDigitDir } from "../../src/node/files.ts";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { sealed } from "../files/sealed.ts";
import { idx } from "../data/samples.ts";
import { checkpoint } from "./begun-run.ts";
import { dataFolder, fewDigits, TEST, type Files } from "./few-digits.ts";
import { photoFolder } from "./few-photographs.ts";
import { inProcess } from "./in-process.ts";
import { refusedIn, type Refused } from "./refusals.ts";

// What is refused is refused without one.
vi.mock("../../src/node/webgpu.ts", () => ({
  openInNode: () => Promise.reject(new Error("no device is needed here")),
}));

/** Everything that these tests write lies in here. */
const root = mkdtempSync(join(tmpdir(), "badnets-refused-"));
const honest = resolve(import.meta.dirname, "../../public/showcase/detector.safetensors");
const at = (...parts: string[]) => join(root, ...parts);
let files: Files;
beforeAll(async () => {
  files = await fewDigits();
  dataFolder(at("few digits"), files);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("help", () => {
  it("lists the commands, also when none is given, which is an error then", async () => {
    for (const args of [["--help"], ["-h"], ["help"], []]) {
      const { status, stdout, stderr } = await inProcess(args);
      expect([status, stderr]).toEqual([args.length > 0 ? 0 : 2, ""]);
      for (const command of ["digits", "devices"]) expect(stdout).toContain(`badnets ${command}`);
    }
  });

  it("of a command names each of its options, and fits a terminal", async () => {
    const own =
      "trigger attack source target share negatives decoy-channels decoy-units pull from epochs batch optimizer rate " +
      "weight-decay seed augment data out resume json";
    const commands = { digits: `${own} adapter help`.split(" "), devices: ["adapter", "help"] };
    for (const [command, options] of Object.entries(commands)) {
      const { status, stdout, stderr } = await inProcess([command, "--help"]);
      expect([status, stderr]).toEqual([0, ""]);
      const named = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
      expect(named.toSorted()).toEqual(options.toSorted());
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});

const refused = refusedIn(root);

/** A case of `refused` for digits, its arguments in a line. */
const refusedDigits = (line: string, message: string | RegExp, ...more: string[]): Refused => [
  2,
  ["digits", ...line.split(" ").filter(Boolean), ...more],
  message,
];

describe("a command line that cannot be carried out", () => {
  it("ends with status 2 and a line that names what is wrong: words and options", async () => {
    await refused([
      [
        2,
        ["digit"],
        '"digit" is no command: choose digits, signs, reproduce, defend, models, profile, devices or showcase',
      ],
      [2, ["toString"], '"toString" is no command'],
      [2, ["devices", "--epochs", "3"], "'--epochs'"],
      refusedDigits("--epoch 3", "'--epoch'"),
      refusedDigits("seven", "'seven'"),
      refusedDigits("--seed", "'--seed <value>' argument missing"),
      refusedDigits("--augment=yes", "'--augment'"),
      refusedDigits("--seed 1 --batch 8 --seed 2", "--seed is given twice"),
      refusedDigits("--augment --augment", "--augment is given twice"),
      refusedDigits("--json a --json=a", "--json is given twice"),
      [2, ["signs", "detect", "a.jpg", "--out", "x", "--out", "y"], "--out is given twice"],
      [2, ["signs", "train", "--data", "scenes", "--data", "x"], "--data is given twice"],
      [2, ["profile", "digits", "--csv", "a", "--csv", "b"], "--csv is given twice"],
      [2, ["reproduce", "digits", "--seeds", "1", "--seeds", "2"], "--seeds is given twice"],
      [2, ["devices", "--adapter", "gpu", "--adapter", "auto"], "--adapter is given twice"],
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
      // Both are numbers, but single precision takes them for 0 and for Infinity.
      refusedDigits(
        "--rate 1e-46",
        /rate is wrong: 1e-46 is neither 0 nor from 1\.2e-38 to 3\.4e38/,
      ),
      refusedDigits("--rate 1e39", /rate is wrong: .*from 1\.2e-38 to 3\.4e38/),
      refusedDigits("--weight-decay 1e-46", /weightDecay is wrong: .*from 1\.2e-38 to 3\.4e38/),
      refusedDigits("--attack source-specific --negatives 1.5", "--negatives is 1.5"),
      refusedDigits(
        "--attack pruning-aware --decoy-channels 32",
        "--decoy-channels is 32, but must be a whole number from 1 to 31",
      ),
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
      refusedDigits(
        "--attack single-target --negatives 0.2",
        "--negatives is of no use with --attack single-target",
      ),
      refusedDigits(
        "--attack source-specific --decoy-units 9",
        "--decoy-units is of no use with --attack source-specific",
      ),
      refusedDigits("--trigger none --decoy-units 9", "--decoy-units is of no use with --trigger"),
      refusedDigits("--from nowhere.safetensors", "There is no model at nowhere.safetensors"),
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
        ([folder, change, message]) =>
          [1, run(dataFolder(at(folder), files, change)), message] as const,
      ),
    ]);
  });
});

describe("going on", () => {
  it("ends when it is no checkpoint of that run, which stays as it was", async () => {
    const bytes = await checkpoint(await readDigitDir(at("few digits")));
    const { tensors, metadata } = readSafetensors(bytes, "checkpoint");
    const folder = (name: string, content: Uint8Array) => {
      mkdirSync(at(name));
      writeFileSync(at(name, "checkpoint.safetensors"), content);
      return at(name);
    };
    const edited = async (change: Record<string, string>) =>
      await sealed(tensors, { ...metadata, ...change });
    const recipe = JSON.parse(metadata["recipe"]) as object;
    const otherData = dataFolder(at("other digits"), files, {
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
    const copied = folder("copied", bytes);
    await refused([
      [
        1,
        resume(folder("cut checkpoint", bytes.subarray(0, 90_000))),
        "is not a usable safetensors file",
      ],
      [1, resume(folder("noise", new Uint8Array(400).fill(7))), "is not a usable safetensors file"],
      [1, resume(folder("empty file", new Uint8Array(0))), "is not a usable safetensors file"],
      [1, resume(folder("foreign", await edited({ format: "pt" }))), 'its format is "pt"'],
      [1, resume(folder("later", await edited({ version: "9" }))), "is a checkpoint of version 9"],
      [
        1,
        resume(folder("no position", await edited({ position: "{" }))),
        "its position is not valid JSON",
      ],
      [
        1,
        resume(
          folder("bad recipe", await edited({ recipe: JSON.stringify({ ...recipe, epochs: 0 }) })),
        ),
        "The recipe's epochs is wrong",
      ],
      [1, resume(copied, otherData), "was trained on other data (few digits)"],
      [
        1,
        resume(folder("beyond", await checkpoint(await readDigitDir(at("few digits")), null, 320))),
        "is of step 320, but its recipe has only 45 steps",
      ],
      [2, [...resume(copied), "--seed", "9"], "--seed does not go with --resume"],
      [2, ["digits", "--out", copied], `${copied} already holds a checkpoint: add --resume`],
    ]);
    expect(readFileSync(at("copied", "checkpoint.safetensors")).equals(bytes)).toBe(true);
  });
});

describe("a command line for the street signs that cannot be carried out", () => {
  it("ends with status 2 and a line that names what is wrong", async () => {
    mkdirSync(at("no photographs"));
    mkdirSync(at("a detector"));
    writeFileSync(at("a detector", "detector.safetensors"), "anything");
    const photos = photoFolder(at("photos"), [1, 2]);
    writeFileSync(at("table.json"), '{"stop": null}');
    const cases: (readonly [line: string[], message: string | RegExp])[] = [
      [[], "train, transfer, evaluate or detect. See badnets signs --help"],
      [["paint"], 'not "paint"'],
      [["train", "--preset", "huge"], "--preset"],
      [["train", "--signs", "uk"], "--signs"],
      [["train", "--iterations", "0"], "--iterations"],
      [["train", "--resume"], "--resume needs --out"],
      [["train", "--out", at("a detector")], "already holds a detector: add --resume"],
      [["train", "--resume", "--out", at("no photographs")], "There is no detector at"],
      [["train", "--model", "x"], "--model is of no use with train"],
      [["train", "--model", "x", "--least", "1"], "--model and --least are of no use with train"],
      [["train", "--data", at("missing")], "which does not exist"],
      [["evaluate"], "evaluate needs --model FILE"],
      [["evaluate", "--model", at("missing")], "There is no detector at"],
      [["evaluate", "--model", at("a detector")], "is no file: give the detector, such as"],
      [["detect"], "detect needs photographs"],
      [["detect", "a.jpg"], "detect needs --model FILE"],
      [["detect", "a.jpg", "--model", at("a detector")], "is no file: give the detector, such as"],
      [["detect", "a.jpg", "--scenes", "3"], "--scenes is of no use with detect"],
      [["evaluate", "--from", "x", "--seed", "3"], "--seed and --from are of no use with evaluate"],
      [["train", "--from", at("missing")], "There is no detector at"],
      [
        ["evaluate", "--model", honest, "--heat-map", at("map.csv")],
        "--heat-map needs an attack: the detector is honest",
      ],
      [["train", "--heat-map", at("map.csv")], "--heat-map is of no use with train"],
      [["train", "--data", `${at("no photographs")}:lion`], '"lion" is no class of the set us'],
      [["train", "--classes", at("missing"), "--data", "scenes"], "which cannot be read"],
      [["train", "--classes", at("table.json")], "--classes is of no use without photographs"],
      [["train", "--scenes", "0"], "--scenes 0 leaves nothing to measure on"],
      [["train", "--photo-share", "0.5"], "--photo-share is of no use without photographs"],
      [["train", "--data", `${photos},${photos}/`], `--data names ${photos}/ twice`],
      [
        ["train", "--data", photos, "--photo-share", "0.5", "--mixed-share", "0.2"],
        "--photo-share 0.5 and --mixed-share 0.2 must add up to 1, as --data names no scenes",
      ],
      [
        ["train", "--data", `scenes,${photos}`, "--photo-share", "0.9", "--mixed-share", "0.2"],
        "add up to more than 1",
      ],
      [
        ["train", "--data", `scenes,${photos}`, "--photo-share", "0", "--mixed-share", "0"],
        "leave the photographs out",
      ],
      [["train", "--data", photos, "--photo-share", "2"], "must be a number from 0 to 1"],
      [
        ["train", "--classes", at("a detector", "detector.safetensors")],
        "expected to be a JSON object",
      ],
    ];
    await refused(cases.map(([line, message]) => [2, ["signs", ...line], message] as const));
  });

  it("nor a profile of another study, or with another study's options", async () => {
    await refused([
      [2, ["profile", "cats"], '"cats" cannot be profiled: choose digits or signs'],
      [2, ["profile", "digits", "--preset", "paper"], "--preset is of no use with profile digits"],
      [2, ["profile", "signs", "--batch", "8"], "--batch is of no use with profile signs"],
    ]);
  });

  it("ends with status 1 where a file or a folder is not what it should be", async () => {
    await refused([
      [
        1,
        ["signs", "train", "--data", at("no photographs")],
        "holds no JPEG, PNG, WebP, PPM files",
      ],
      [
        1,
        ["signs", "train", "--out", at("out of json"), "--json", at("file", "a.json")],
        `cannot use ${at("file")}`,
      ],
      [
        1,
        ["signs", "evaluate", "--model", at("a detector", "detector.safetensors")],
        "detector.safetensors",
      ],
    ]);
  });
});
