/** `badnets reproduce digits`: what is the digit section's own. */
import type { DigitData } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { percent } from "../../format.ts";
import { baseline, paperShares } from "../../studies/digits/paper/instances.ts";
import type { InstanceFile } from "../../studies/digits/paper/instance-file.ts";
import type { DigitPaper } from "../../studies/digits/paper/items.ts";
import { digitMaker } from "../../studies/digits/paper/maker.ts";
import { digitReport } from "../../studies/digits/paper/report-files.ts";
import { digitReproduction } from "../../studies/digits/paper/reproduction.ts";
import { digitForm } from "../../studies/digits/plan.ts";
import { Trainer } from "../../training/trainer.ts";
import { digitDataOf } from "../shared/data.ts";
import { textOf, UsageError } from "../shared/options.ts";
import { assertHoldsReproduction } from "./options.ts";
import type { Reporting, Section } from "./section.ts";

export const digitSection: Section<DigitPaper> = {
  reproduction: digitReproduction,
  options: {
    shares: {
      type: "string",
      value: "LIST",
      help: `of triggered images for figure-6, in percent (default: ${percentsOf(paperShares)})`,
    },
    from: {
      type: "string",
      value: "DIR",
      help: "take finished instances and what others begin with from this folder, too, instead of training them again",
    },
    data: {
      type: "string",
      value: "DIR",
      help: "folder with four idx files, plain or gzip, instead of MNIST",
    },
  },
  trains: ["from"],
  about: [
    "badnets reproduce digits: every table and figure of the paper's digit section, by own runs",
    "",
    "Trains an honest baseline from scratch, and every BadNet by retraining: from the baseline all to all",
    "at three shares, from that all to one for each target, and from that its pairs, for both triggers;",
    "and the pairs anew, which do not begin all to one.",
  ],
  examples: [
    "badnets reproduce digits --only table-2,figure-5 --out runs/table-2",
    "badnets reproduce digits --only beginnings --out runs/begin",
    "badnets reproduce digits --shard 3/8 --from runs/begin --out runs/shard-3",
    "badnets reproduce digits --merge runs/begin runs/shard-1 runs/shard-2 --out runs/whole",
  ],
  settings: (given) => ({ shares: readShares(given["shares"]) }),
  elsewhere: (given) => {
    const from = textOf(given, "from");
    if (from !== undefined) assertHoldsReproduction("--from", from);
    return from === undefined ? [] : [from];
  },
  toReport: async (given) => reportingOn(await digitDataOf(given)),
  toTrain: async (given) => {
    const data = await digitDataOf(given);
    return {
      ...reportingOn(data),
      maker: digitMaker(data),
      warmUp: async (gpu) => await Trainer.warmUp(gpu, digitForm(baseline(1).recipe)),
    };
  },
  inWords: ({ result: { clean, attack } }) =>
    `clean error ${percent(clean.error)}` +
    (attack ? `, backdoor error ${percent(attack.error)}` : "") +
    (typeof attack?.otherClassesAccuracy === "number"
      ? `, other digits right ${percent(attack.otherClassesAccuracy)}`
      : ""),
  trainSeconds: ({ result: { timings } }) => timings.trainSeconds,
  step: ({ metrics: [loss] }) => `loss ${loss.toFixed(4)}`,
};

function reportingOn(data: DigitData): Reporting<DigitPaper> {
  return {
    report: (finished, seeds) => digitReport(finished, seeds, data),
    assertBelongs: ({ result }: InstanceFile, path) => {
      if (result.data.sha256 === data.sha256) return;
      throw new UserError(
        `${path} was trained on ${result.data.name}, not on ${data.name}: give their data with --data, or choose ` +
          "another folder.",
      );
    },
  };
}

/** In whole percent, for figure 6. */
function readShares(text: string | boolean | undefined): number[] {
  const words = text === undefined ? [percentsOf(paperShares)] : [String(text)];
  const percents = words.flatMap((word) => word.split(",")).map((word) => word.trim());
  if (percents.some((word) => !/^\d+$/.test(word) || Number(word) < 1 || Number(word) > 100)) {
    throw new UsageError(
      `--shares is ${String(text)}, but must be whole percents from 1 to 100 with commas between.`,
    );
  }
  return [...new Set(percents)].map((word) => Number(word) / 100);
}

function percentsOf(list: readonly number[]): string {
  return list.map((share) => Math.round(100 * share)).join(",");
}
