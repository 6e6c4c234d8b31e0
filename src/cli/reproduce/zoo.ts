/** `badnets reproduce zoo`: what is the population's own. */
import type { DigitData } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { percent } from "../../format.ts";
import { digitForm } from "../../studies/digits/plan.ts";
import { askings, type Asking } from "../../studies/digits/zoo/asking.ts";
import type { InstanceFile } from "../../studies/digits/zoo/instance-file.ts";
import { honest } from "../../studies/digits/zoo/instances.ts";
import { usualSettings, type ZooStudy } from "../../studies/digits/zoo/items.ts";
import { zooMaker } from "../../studies/digits/zoo/maker.ts";
import { zooReport } from "../../studies/digits/zoo/report-files.ts";
import { sweepSeedOf, zooReproduction } from "../../studies/digits/zoo/reproduction.ts";
import { Trainer } from "../../training/trainer.ts";
import { digitDataOf } from "../shared/data.ts";
import { choices, textOf, UsageError, wholeNumber, type Options } from "../shared/options.ts";
import type { Reporting, Section } from "./section.ts";

const usual = askings.filter((one) => one.usual);

const idsOf = (list: readonly Asking[]): string => list.map(({ id }) => id).join(",");

/** Networks of a sort at most. */
const MOST = 10_000;

export const zooSection: Section<ZooStudy> = {
  reproduction: zooReproduction,
  options: {
    honest: {
      type: "string",
      value: "N",
      help: `honest networks (default: ${usualSettings.honest})`,
    },
    poisoned: {
      type: "string",
      value: "N",
      help: `poisoned networks (default: ${usualSettings.poisoned})`,
    },
    with: {
      type: "string",
      value: "LIST",
      help: `defences that each network is shown to, of ${idsOf(askings)} (default: ${idsOf(usual)})`,
    },
    data: {
      type: "string",
      value: "DIR",
      help: "folder with four idx files, plain or gzip, instead of MNIST",
    },
  },
  trains: ["with"],
  about: [
    "badnets reproduce zoo: a population of honest and poisoned digit networks, shown to the defences",
    "",
    "What each network is follows from its number and the seed: trigger, policy, share, and how its",
    "attacker answers. The report has each defence's ROC, and a combination, chosen on one half of the",
    "networks and measured on the other.",
  ],
  examples: [
    "badnets reproduce zoo --out runs/zoo",
    "badnets reproduce zoo --honest 50 --poisoned 50 --shard 3/8 --out runs/zoo-3",
    "badnets reproduce zoo --only population --with clp,nc,pairs --out runs/searched",
    "badnets reproduce zoo --merge runs/zoo-1 runs/zoo-2 --out runs/zoo",
  ],
  settings: (given) => ({
    honest: wholeNumber(given, "honest", 0, MOST) ?? usualSettings.honest,
    poisoned: wholeNumber(given, "poisoned", 0, MOST) ?? usualSettings.poisoned,
  }),
  elsewhere: () => [],
  toReport: async (given) => reportingOn(await digitDataOf(given), []),
  toTrain: async (given) => {
    const asked = readWith(given);
    const data = await digitDataOf(given);
    return {
      ...reportingOn(data, asked),
      maker: zooMaker(data, asked),
      warmUp: async (gpu) => await Trainer.warmUp(gpu, digitForm(honest(1, 0).recipe)),
    };
  },
  inWords: ({ result: { clean, attack }, evidence }) =>
    `clean accuracy ${percent(clean.accuracy, 1)}` +
    (attack ? `, attack success ${percent(attack.success, 1)}` : "") +
    (evidence?.answers ?? [])
      .map(({ id, statistic }) => `, ${id} ${Number(statistic.toPrecision(3))}`)
      .join(""),
  trainSeconds: ({ result: { timings } }) => timings.trainSeconds,
  step: ({ metrics: [loss] }) => `loss ${loss.toFixed(4)}`,
};

/** @param asked defences that must have been asked of each network; none where nothing is trained */
function reportingOn(data: DigitData, asked: readonly Asking[]): Reporting<ZooStudy> {
  return {
    report: zooReport,
    seedOf: sweepSeedOf,
    assertBelongs: ({ result, evidence }: InstanceFile, path) => {
      if (result.data.sha256 !== data.sha256) {
        throw new UserError(
          `${path} was trained on ${result.data.name}, not on ${data.name}: give their data with --data, or choose ` +
            "another folder.",
        );
      }
      const lacks = asked.find(({ id }) => evidence?.answers.every((one) => one.id !== id));
      if (!lacks) return;
      throw new UserError(
        `${path} was not shown to ${lacks.id}, and its network is not kept: leave ${lacks.id} out of --with, or choose ` +
          "another folder.",
      );
    },
  };
}

/** The defences that --with names, in order of cost. */
function readWith(given: Options): readonly Asking[] {
  const list = textOf(given, "with");
  if (list === undefined) return usual;
  const named = list.split(",").map((word) => word.trim());
  const unknown = named.find((word) => askings.every(({ id }) => id !== word));
  if (unknown !== undefined) {
    throw new UsageError(
      `--with names "${unknown}", which does not look for backdoors: choose from ${choices(askings.map(({ id }) => id))}.`,
    );
  }
  return askings.filter(({ id }) => named.includes(id));
}
