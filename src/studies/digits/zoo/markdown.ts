/** The population's report as Markdown: how many networks, what each defence says of them, and the number of poison. */
import { duration, percent } from "../../../format.ts";
import { markdownTable, markdownText } from "../../../text/markdown.ts";
import { provenance } from "../../reproduction/provenance.ts";
import {
  notRunPart,
  progressPart,
  type Reported as AnyReported,
} from "../../reproduction/report-parts.ts";
import { itemOf } from "../../reproduction/reproduction.ts";
import { inPercent, percents } from "../../reproduction/spread.ts";
import { figureFiles } from "./figures.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import { IMAGES, kinds } from "./instances.ts";
import { MEASURED } from "./maker.ts";
import { zooReproduction } from "./reproduction.ts";
import {
  combinationOf,
  countRows,
  defenceRows,
  populationOf,
  TAKEN,
  type Combination,
  type Counted,
  type Judged,
  type Population,
} from "./tables.ts";

type Reported = AnyReported<InstanceFile>;

/** @param figures folder of the figures, as seen from the report */
export function markdownReport(
  finished: Finished,
  seeds: readonly number[],
  figures: string,
): string {
  const reported = { finished, seeds, figures };
  const results = [...finished.values()].map(({ result }) => result);
  const population = populationOf(finished);
  const parts = [
    "# A population of honest and poisoned digit networks",
    `Seed ${seeds.join(", ")}. Every figure is of the networks that are finished, and says of how many.`,
    ...provenance(
      results,
      results.reduce((sum, { timings }) => sum + timings.trainSeconds, 0),
    ),
    ...progressPart(zooReproduction, reported, "networks"),
    ...populationPart(population),
    ...defencesPart(population, reported),
    ...countPart(reported),
    ...notRunPart(zooReproduction, reported, "networks"),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The networks, sort by sort. */
function populationPart({ members, failed }: Population): string[] {
  const range = (values: readonly number[]) =>
    values.length === 0
      ? "–"
      : `${inPercent(Math.min(...values)).toFixed(1)} to ${inPercent(Math.max(...values)).toFixed(1)}`;
  const line = (sort: string, files: readonly InstanceFile[]) => [
    sort,
    String(files.length),
    range(files.map(({ result }) => result.clean.accuracy)),
    range(files.flatMap(({ result }) => result.attack?.success ?? [])),
  ];
  const of = (kind: string | null) =>
    members.filter((one) => one.kind === kind).map(({ file }) => file);
  return [
    `## ${itemOf(zooReproduction, "population").title}`,
    `Each is trained from random parameters of its own on the first ${IMAGES} training images for 2 epochs, which is short: ` +
      "a stronger network takes minutes. A poisoned one has a trigger of 1 to 9 pixels at random places, of random values from 64 " +
      "to 255, and a share of 1 to 33 % of the images (of a single digit at most all of it). Networks trained on poison whose " +
      `attack succeeds in less than ${percent(TAKEN, 0)} are neither honest nor poisoned, and stand in no figure. Measured on ` +
      `the first ${MEASURED} test images.`,
    markdownTable(
      ["sort", "networks", "clean accuracy, %", "attack success, %"],
      [
        line("honest", of(null)),
        ...kinds.map((kind) => line(kind, of(kind))),
        line("did not take", failed),
      ],
    ),
  ];
}

function defencesPart(population: Population, { figures }: Reported): string[] {
  const rows = defenceRows(population);
  if (rows.length === 0) return [];
  const combination = combinationOf(population);
  const names: [string, Judged][] = [
    ...rows.map((row): [string, Judged] => [markdownText(row.name), row]),
    ...(combination ? [["**together**", combination] as [string, Judged]] : []),
  ];
  const drawn = names.some(([, { curve }]) => curve);
  return [
    "## What defences say of them",
    "Each gives one number that grows with suspicion. The area under its ROC is how likely a poisoned network has a greater one " +
      "than an honest one; 0.5 is a coin. Threshold and cross-entropy: chosen on one half of the networks, by the greatest " +
      "difference of found and false alarms and by a logistic fit, and reported on the other, each half by the other. In nats; " +
      "a coin has 0.693.",
    ...(drawn ? [`![ROC of each defence](${figures}/${figureFiles.together})`] : []),
    markdownTable(
      ["defence", "honest", "poisoned", "area", "cross-entropy", "false alarms", "found"],
      names.map(([name, judged]) => [
        name,
        String(judged.honest),
        String(judged.poisoned),
        figure(judged.area),
        figure(judged.crossEntropy, 3),
        countText(judged.falseAlarms),
        countText(judged.found),
      ]),
    ),
    ...(combination ? [togetherInWords(combination)] : []),
    "### By kind of attack",
    "Area of the kind's networks against all honest ones, and how many they are.",
    markdownTable(
      ["defence", ...kinds],
      names.map(([name, { byKind }]) => [
        name,
        ...byKind.map(({ area, networks }) => `${figure(area)} (${networks})`),
      ]),
    ),
    "### What the number is, and what it takes",
    "Means for one network. Activations of the training set are computed once, in the time of the first that looks at them. Passes " +
      "are images that go through the network, in searches forward and back.",
    markdownTable(
      ["defence", "its number", "time", "passes"],
      rows.map(({ name, statistic, seconds, passes, shown }) => [
        markdownText(name),
        `${statistic}${shown ? " (shown the trigger of each network, of an honest one a drawn one)" : ""}`,
        seconds < 10 ? `${seconds.toFixed(2)} s` : duration(seconds),
        String(Math.round(passes)),
      ]),
    ),
  ];
}

const togetherInWords = ({ ids }: Combination) =>
  `Together: a logistic regression on ${ids.join(", ")}, standardised, with a squared penalty of weight 1; its area is the mean ` +
  "of both halves', each by the fit to the other. Defences that are shown a trigger are left out of it.";

const figure = (value: number | null, digits = 2) => value?.toFixed(digits) ?? "–";
const countText = (value: Counted | null) => (value ? `${value.networks} of ${value.of}` : "–");

function countPart({ finished, seeds, figures }: Reported): string[] {
  const rows = countRows(finished, seeds);
  return [
    `## ${itemOf(zooReproduction, "count").title}`,
    "All to one with the paper's pattern, 2 epochs, on the first 6000, 20000 and 60000 training images: were it the share that " +
      "decides, columns of equal share would agree, were it the number, those of equal number. A larger set also makes more " +
      "steps, and shows each poisoned image as often.",
    ...(rows.length === 0
      ? ["None is trained yet."]
      : [
          `![Attack success against the number of poisoned images](${figures}/${figureFiles.counts})`,
          markdownTable(
            [
              "training images",
              "poisoned",
              "share, %",
              "attack success, %",
              "clean accuracy, %",
              "networks",
            ],
            rows.map(({ size, copies, success, clean }) => [
              String(size),
              String(copies),
              inPercent(copies / size).toFixed(2),
              percents(success, 1),
              percents(clean, 1),
              String(success.of),
            ]),
          ),
        ]),
  ];
}
