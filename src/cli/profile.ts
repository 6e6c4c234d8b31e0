/** `badnets profile`: times every kernel of a training step and sets it beside the adapter's ceilings. */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { version } from "../../package.json" with { type: "json" };
import { triggerPresets } from "../backdoor/trigger.ts";
import { duration, percent } from "../format.ts";
import { chromeTrace } from "../gpu/chrome-trace.ts";
import { profileCsv, profileJson } from "../gpu/profile-file.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Profile } from "../gpu/profile.ts";
import { presets } from "../models/detector-presets.ts";
import { ensureWritableDir, packagedMnist, writeFileAtomic } from "../node/files.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import { openInNode } from "../node/webgpu.ts";
import { defaultRates, parseDigitRecipe } from "../studies/digits/recipe.ts";
import { planDigits } from "../studies/digits/plan.ts";
import { parseSignRecipe } from "../studies/signs/recipe.ts";
import { planSigns } from "../studies/signs/plan.ts";
import { DetectorTrainer } from "../training/detector-trainer.ts";
import { profileStep } from "../training/profile-step.ts";
import type { StepTrainer } from "../training/step-trainer.ts";
import { Trainer } from "../training/trainer.ts";
import { bar, type Terminal } from "./progress.ts";
import {
  adapterChoices,
  describeOptions,
  oneOf,
  readOptions,
  UsageError,
  wholeNumber,
  wrap,
  type Options,
  type OptionSpec,
} from "./usage.ts";

const options: OptionSpec = {
  batch: { type: "string", value: "N", help: "digits: images a step (default: 64)" },
  optimizer: { type: "string", value: "sgd|adam", help: "digits: default sgd" },
  preset: { type: "string", value: "compact|paper", help: "signs: default compact" },
  json: {
    type: "string",
    value: "[FILE]",
    help: "write the profile as JSON; without FILE it is printed in place of the table",
  },
  trace: {
    type: "string",
    value: "FILE",
    help: "write a Chrome trace, which ui.perfetto.dev opens",
  },
  csv: { type: "string", value: "FILE", help: "write a table with a line a kernel" },
};

/** What --json stands for without a file. */
const PRINTED = "-";

export const profileHelp = [
  "badnets profile digits|signs: time every kernel of a training step",
  "",
  "Trains nothing that is kept: the step of the default digit network on MNIST, or of the street-sign",
  "detector on drawn scenes, runs again and again.",
  "",
  describeOptions(options),
  "",
  "What is shown:",
  ...[
    "Flops are those that the mathematics needs, a multiply-add being two; bytes are those of all tensors that a kernel reads or writes, each counted once.",
    "The ceilings are measured: the fastest multiply-adds and the fastest copy of a large buffer on this adapter.",
  ].flatMap((text) => wrap(text, 98).map((line) => `  ${line}`)),
  "",
  "Examples:",
  "  badnets profile digits --batch 256 --trace step.json",
  "  badnets profile digits --json before.json",
  "  badnets profile signs --preset paper",
].join("\n");

/** Runs the command. @returns the exit status */
export async function profile([study, ...rest]: string[]): Promise<number> {
  if (study === undefined || study.startsWith("-")) {
    const wantsHelp = study === "--help" || rest.includes("--help");
    if (!wantsHelp)
      throw new UsageError('Say what to profile: "badnets profile digits", or signs.');
    console.log(profileHelp);
    return 0;
  }
  if (study !== "digits" && study !== "signs") {
    throw new UsageError(`"${study}" cannot be profiled: choose digits or signs.`);
  }
  const args = rest.map((arg, i) =>
    arg === "--json" && (rest[i + 1] ?? "--").startsWith("--") ? `--json=${PRINTED}` : arg,
  );
  const given = readOptions("profile", options, args);
  if (given["help"]) {
    console.log(profileHelp);
    return 0;
  }
  const others = study === "digits" ? ["preset"] : ["batch", "optimizer"];
  const foreign = others.find((name) => given[name] !== undefined);
  if (foreign) throw new UsageError(`--${foreign} is of no use with profile ${study}.`);
  const measured = study === "digits" ? digitStep(given) : signStep(given);
  const files = (["json", "trace", "csv"] as const).flatMap((name) => {
    const path = given[name] as string | undefined;
    return path === undefined || path === PRINTED ? [] : [{ name, path }];
  });
  for (const { name, path } of files) await checkFile(name, path);

  const result = await measure(measured, oneOf(given, "adapter", adapterChoices) ?? "auto");
  const contents = { json: profileJson, trace: chromeTrace, csv: profileCsv };
  for (const { name, path } of files) await writeFileAtomic(path, contents[name](result));
  console.log(given["json"] === PRINTED ? profileJson(result).trimEnd() : report(result));
  return 0;
}

async function checkFile(option: string, path: string): Promise<void> {
  if (path === "" || (existsSync(path) && statSync(path).isDirectory())) {
    throw new UsageError(`--${option} is ${path || "empty"}, but must be a file.`);
  }
  await ensureWritableDir(dirname(path));
}

/** A training step to be profiled. */
interface Step {
  readonly title: string;
  readonly build: (gpu: Gpu) => Promise<StepTrainer>;
}

function digitStep(given: Options): Step {
  const batch = wholeNumber(given, "batch", 1, 60_000) ?? 64;
  const kind = oneOf(given, "optimizer", ["sgd", "adam"]) ?? "sgd";
  const recipe = parseDigitRecipe({
    study: "digits",
    attack: {
      trigger: { name: "pattern", pixels: triggerPresets.pattern },
      policy: { kind: "all-to-all" },
      share: 0.1,
    },
    epochs: 3,
    batch,
    optimiser: {
      kind,
      rate: defaultRates[kind],
      momentum: 0.9,
      weightDecay: 0,
      schedule: "linear",
      warmup: 100,
    },
    augment: false,
    seed: 1,
  });
  return {
    title: `digits, batch ${batch}, ${kind}`,
    build: async (gpu) => await Trainer.build(gpu, planDigits(recipe, await packagedMnist())),
  };
}

function signStep(given: Options): Step {
  const preset = oneOf(given, "preset", ["compact", "paper"]) ?? "compact";
  const recipe = parseSignRecipe({
    study: "signs",
    preset,
    set: "us",
    iterations: presets[preset].training.iterations,
    photoShare: 0,
    mixedShare: 0,
    photographs: null,
    start: null,
    seed: 1,
  });
  return {
    title: `signs, ${preset}, ${presets[preset].training.images} pictures`,
    build: async (gpu) =>
      await DetectorTrainer.build(gpu, planSigns(recipe, await signArtwork(), null, [])),
  };
}

async function measure(
  { title, build }: Step,
  adapter: (typeof adapterChoices)[number],
): Promise<Profile> {
  const gpu = await openInNode(adapter);
  const line = new TaskLine(process.stderr);
  try {
    return await profileStep(await build(gpu), {
      title,
      software: `badnets-lab ${version}`,
      onProgress: (done, secondsLeft) => line.update("Measuring", done, secondsLeft),
    });
  } finally {
    line.clear();
    gpu.destroy();
  }
}

/** A line that renews itself on a terminal; nothing elsewhere. */
class TaskLine {
  private shown = false;
  constructor(private readonly out: Terminal) {}

  update(task: string, done: number, secondsLeft: number | null): void {
    if (!this.out.isTTY) return;
    const left = secondsLeft === null ? "" : `  ${duration(secondsLeft)} left`;
    this.out.write(`\r\x1b[2K${bar(done, 16)} ${task}${left}`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.out.write("\r\x1b[2K");
    this.shown = false;
  }
}

/** Numbers of three or so significant digits, as rates and times want. */
function short(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** The table, the totals, the ceilings and the method. */
function report(profile: Profile): string {
  const { adapter, ceilings, kernels, passes, milliseconds, togetherMilliseconds } = profile;
  const name = adapter.description || adapter.device || `${adapter.vendor} ${adapter.architecture}`;
  const rate = (value: number, work: number) => (work === 0 ? "" : short(value));
  return [
    `${profile.title}, on ${name}`,
    "",
    ...table(
      ["kernel", "pass", "ms", "share", "GFLOP/s", "GB/s", "workgroups", "of"],
      kernels.map((k) => [
        k.label,
        k.pass,
        short(k.milliseconds),
        percent(k.share, 1),
        rate(k.gflops, k.flops),
        short(k.gigabytesPerSecond),
        k.workgroups.join(" x "),
        String(k.workgroupSize),
      ]),
    ),
    "",
    ...table(
      ["pass", "kernels", "ms", "share", "GFLOP/s"],
      passes.map((p) => [
        p.pass,
        String(p.kernels),
        short(p.milliseconds),
        percent(p.share, 1),
        rate(p.flops / p.milliseconds / 1e6, p.flops),
      ]),
    ),
    "",
    `all kernels ${short(milliseconds)} ms; the step as it runs in training ${short(togetherMilliseconds)} ms`,
    `ceilings measured here: ${short(ceilings.gflops)} GFLOP/s (multiply-adds of ${ceilings.form}), ` +
      `${short(ceilings.gigabytesPerSecond)} GB/s (copy)`,
    ...wrap(profile.method, 100),
  ].join("\n");
}

/** Columns as wide as they need to be; words to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const words = new Set(["kernel", "pass"]);
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i].length)));
  const lay = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (words.has(head[i]) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  return [lay(head), ...rows.map(lay)];
}
