/** `badnets profile`: times every kernel of a training step and sets it beside the adapter's ceilings. */
import { version } from "../../../package.json" with { type: "json" };
import { chromeTrace } from "../../gpu/chrome-trace.ts";
import { profileCsv, profileJson } from "../../gpu/profile-file.ts";
import type { Profile } from "../../gpu/profile.ts";
import { openInNode, type AdapterChoice } from "../../node/webgpu.ts";
import { writeOutput } from "../../node/write-output.ts";
import { profileStep } from "../../training/profile-step.ts";
import {
  adapterOf,
  argumentsUnlessHelp,
  describeOptions,
  UsageError,
  wrap,
  type OptionSpec,
} from "../shared/options.ts";
import { allOf, ensureOutputs, filesOf } from "../shared/output.ts";
import { bar, left, LivingLine } from "../shared/progress.ts";
import { profileReport } from "./report.ts";
import { digitStep, signStep, type Step } from "./steps.ts";
import { print, say } from "../shared/say.ts";

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

const help = [
  "badnets profile digits|signs: time every kernel of a training step",
  "",
  "Trains nothing that is kept: the step of the default digit network on MNIST, or of the street-sign",
  "detector on drawn scenes, runs again and again.",
  "",
  ...describeOptions(options),
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
];

/** Runs the command. @returns the exit status */
export async function profile([study, ...rest]: string[]): Promise<number> {
  if (study === undefined || study.startsWith("-")) {
    const wantsHelp = study === "--help" || rest.includes("--help");
    if (!wantsHelp)
      throw new UsageError('Say what to profile: "badnets profile digits", or signs.');
    await say(help);
    return 0;
  }
  if (study !== "digits" && study !== "signs") {
    throw new UsageError(`"${study}" cannot be profiled: choose digits or signs.`);
  }
  const args = rest.map((arg, i) =>
    arg === "--json" && (rest[i + 1] ?? "--").startsWith("--") ? `--json=${PRINTED}` : arg,
  );
  const read = await argumentsUnlessHelp("profile", options, args, help);
  if (!read) return 0;
  const { given } = read;
  const others = study === "digits" ? ["preset"] : ["batch", "optimizer"];
  const foreign = others.find((name) => given[name] !== undefined);
  if (foreign) throw new UsageError(`--${foreign} is of no use with profile ${study}.`);
  const step = study === "digits" ? digitStep(given) : signStep(given);
  const printed = given["json"] === PRINTED;
  const files = filesOf(given, "json", "trace", "csv").filter(({ path }) => path !== PRINTED);
  await ensureOutputs(undefined, files, []);

  const result = await measure(step, adapterOf(given));
  const contents: Record<string, (profile: Profile) => string> = {
    "--json": profileJson,
    "--trace": chromeTrace,
    "--csv": profileCsv,
  };
  await allOf(
    ...files.map(
      ({ name, path }) =>
        async () =>
          await writeOutput(path, contents[name](result)),
    ),
    async () => {
      if (printed) await print(profileJson(result));
      else await say(profileReport(result), files.length > 0);
    },
  );
  return 0;
}

async function measure({ title, build }: Step, adapter: AdapterChoice): Promise<Profile> {
  const gpu = await openInNode(adapter);
  const line = new MeasuringLine(process.stderr);
  try {
    return await profileStep(await build(gpu), {
      title,
      software: `badnets-lab ${version}`,
      onProgress: (done, secondsLeft) => line.update(done, secondsLeft),
    });
  } finally {
    line.clear();
    gpu.destroy();
  }
}

/** Shown on a terminal only. */
class MeasuringLine extends LivingLine {
  update(done: number, secondsLeft: number | null): void {
    this.show(() => `${bar(done, 16)} Measuring${left(secondsLeft)}`);
  }
}
