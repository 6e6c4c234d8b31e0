/** The reproduction as a Markdown report: our figures, the paper's beside them. */
import { rollup } from "d3";
import type { TriggerPreset } from "../../../backdoor/trigger.ts";
import { duration } from "../../../format.ts";
import { adapterName } from "../../../gpu/adapter.ts";
import {
  ancestorsOf,
  items,
  pairs,
  triggers,
  triggerTitles,
  type Instance,
  type ItemId,
} from "./instances.ts";
import {
  errorTable,
  evidenceOf,
  inPercent,
  missing,
  pairTable,
  progressOf,
  seedsOf,
  shareTable,
  type ErrorRow,
  type Finished,
  type PairTable,
  type Spread,
} from "./report.ts";
import { recognisingRule } from "./evidence.ts";
import type { DigitResult } from "../result.ts";
import {
  PAPER,
  paperAllToAll,
  paperDepthInWords,
  paperFiltersInWords,
  paperPairsInWords,
  paperSharesInWords,
} from "./figures.ts";

/** What figure 4's networks begin with, which its backdoor errors owe much to. */
export const pairBeginning =
  "Every pair begins with a network that was retrained, from table 2's BadNet of the trigger, to read all triggered " +
  "digits as the pair's target.";

/** How the depth of the trigger is measured. */
export const depthRule =
  "Units of a layer are switched off from the one that rises most under the trigger; the network is not trained again.";

/** 0.41, or 0.41 (0.39 to 0.44, 3 seeds) over several; a dash for what was not run. */
export function percents(value: Spread | null): string {
  if (!value) return "–";
  const text = (share: number) => inPercent(share).toFixed(2);
  return value.of > 1
    ? `${text(value.mean)} (${text(value.least)} to ${text(value.most)}, ${value.of} seeds)`
    : text(value.mean);
}

/** Cohen's d; a zero has no sign. */
export function effectInWords(effect: number): string {
  return effect.toFixed(4).replace(/^-(?=0\.0*$)/, "");
}

/** How networks that are trained alike are trained, in a line; their shares may differ. */
export function recipeInWords(instances: readonly Instance[]): string {
  const from = instances.flatMap((one) => one.from ?? []);
  const beginning = from.length > 0 ? `retrained from ${namesOf(from)}` : "from scratch";
  const shares = [...new Set(instances.flatMap(({ recipe }) => recipe.attack?.share ?? []))];
  const { epochs, batch, optimiser, augment } = instances[0].recipe;
  const { kind, rate, momentum, weightDecay } = optimiser;
  return [
    beginning,
    `${epochs} epoch${epochs === 1 ? "" : "s"} in batches of ${batch}`,
    `${kind} at ${rate} falling to zero, momentum ${momentum}, weight decay ${weightDecay}`,
    ...(augment ? ["augmented"] : []),
    ...(shares.length > 0 ? [`share ${shares.sort((a, b) => a - b).join(" or ")}`] : []),
  ].join(", ");
}

/** Names of figure files, by what they show. */
export const figureFiles = {
  digits: "figure-3.svg",
  pairs: (trigger: TriggerPreset, which: "clean" | "backdoor") =>
    `figure-4-${trigger}-${which}.svg`,
  filters: (trigger: TriggerPreset) => `figure-5-${trigger}.svg`,
  shares: "figure-6.svg",
  depth: (trigger: TriggerPreset) => `depth-${trigger}.svg`,
} as const;

/**
 * @param seeds that it is of, finished or not
 * @param figures folder of the figures, as seen from the report
 */
export function markdownReport(
  finished: Finished,
  seeds: readonly number[],
  figures: string,
): string {
  const image = (label: string, file: string) => `![${label}](${figures}/${file})`;
  const title = (id: string) => `## ${items.find((item) => item.id === id)!.title}`;
  const parts: string[] = [
    "# The digit study, reproduced",
    `Every figure below is counted from runs of this project; the paper's are marked as such (${PAPER}). ` +
      `Errors are in % of the test images. ${seeds.length > 1 ? `Means over the seeds ${seeds.join(", ")}, with their range.` : `Seed ${seeds[0]}.`}`,
    ...provenance(finished),
    "## How much is done",
    markdownTable(
      ["", "finished instances"],
      items.map((item) => {
        const { finished: done, instances } = progressOf(item, finished, seeds);
        return [item.title, instances === 0 ? "needs no network" : `${done} of ${instances}`];
      }),
    ),
    title("figure-3"),
    image("A digit without trigger, with the single pixel, with the pattern", figureFiles.digits),
  ];
  parts.push("## How the networks of table 2 are trained", recipesOf(finished, seeds, "table-2"));
  for (const trigger of triggers) {
    parts.push(
      `## Table 2: all-to-all, ${triggerTitles[trigger]}${trigger === "pattern" ? "" : " (the paper's table is of the pattern)"}`,
      errorTableText(errorTable(finished, seeds, trigger)),
    );
  }
  parts.push(
    title("figure-4"),
    `${pairBeginning} It is retrained on the training set with a triggered copy of every image of the source digit ` +
      "added (share 1 of the source, about a tenth of the whole set). Digits that are not the source are neither " +
      `trained nor measured with the trigger, as in the paper. The paper: ${paperPairsInWords}.`,
  );
  parts.push(recipesOf(finished, seeds, "figure-4"));
  for (const trigger of triggers) {
    const pairsTable = pairTable(finished, seeds, trigger);
    const misses = pairMisses(pairsTable);
    parts.push(
      `### ${sentence(triggerTitles[trigger])}`,
      `${pairSummary(pairsTable)} ${misses}`.trim(),
    );
    if (pairsTable.cells.length > 0) {
      const caption = (which: "clean" | "backdoor") =>
        image(`${sentence(which)} error over source and target`, figureFiles.pairs(trigger, which));
      parts.push(`${caption("clean")} ${caption("backdoor")}`);
    }
  }
  parts.push(title("figure-5"), `The paper: ${paperFiltersInWords}. ${recognisingRule}`);
  for (const trigger of triggers) {
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) continue;
    parts.push(
      `### ${sentence(triggerTitles[trigger])}`,
      image("The sixteen first-layer filters", figureFiles.filters(trigger)),
      ...(seeds.length > 1 ? [`Seed ${found.instance.recipe.seed}.`] : []),
      markdownTable(
        [
          "filter",
          "rise from the trigger alone",
          "effect on test images (Cohen's d)",
          "attack success lost without it, points",
          "recognises the trigger",
        ],
        found.evidence.filters.map((filter) => [
          String(filter.channel),
          filter.triggerAlone.toFixed(3),
          effectInWords(filter.effect),
          (100 * filter.successLost).toFixed(2),
          filter.recognises ? "yes" : "",
        ]),
      ),
    );
  }
  parts.push(
    title("figure-6"),
    `The paper: ${paperSharesInWords}.`,
    image("Errors against the share of triggered images", figureFiles.shares),
    markdownTable(
      ["trigger", "share, %", "clean error", "backdoor error"],
      triggers.flatMap((trigger) =>
        shareTable(finished, seeds, trigger).map(({ share, clean, backdoor }) => [
          triggerTitles[trigger],
          String(100 * share),
          percents(clean),
          percents(backdoor),
        ]),
      ),
    ),
    title("depth"),
    `The paper: ${paperDepthInWords}. ${depthRule}`,
  );
  for (const trigger of triggers) {
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) continue;
    parts.push(
      `### ${sentence(triggerTitles[trigger])}`,
      ...(seeds.length > 1 ? [`Seed ${found.instance.recipe.seed}.`] : []),
      image("Attack success against units switched off", figureFiles.depth(trigger)),
      markdownTable(
        ["layer", "switched off", "attack success, %", "clean accuracy, %"],
        found.evidence.depth.flatMap(({ layer, units, points }) =>
          points.map(({ off, success, accuracy }) => [
            layer,
            `${off} of ${units}`,
            (100 * success).toFixed(2),
            (100 * accuracy).toFixed(2),
          ]),
        ),
      ),
    );
  }
  const lacking = missing(finished, seeds);
  if (lacking.length > 0) {
    parts.push("## Not run yet", `${lacking.length} instances: ${lacking.join(", ")}.`);
  }
  return `${parts.join("\n\n")}\n`;
}

/**
 * The same in short, for the README: how much is done, and the paper's claims beside ours.
 * @param folder of report and figures, as seen from the README
 */
export function markdownSummary(finished: Finished, folder: string): string {
  const seeds = seedsOf(finished);
  if (finished.size === 0) return "No instance is finished yet.";
  const rows = triggers.flatMap((trigger) => {
    const all = errorTable(finished, seeds, trigger).at(-1)!;
    const { averages } = paperAllToAll;
    const paper = trigger === "pattern" ? [averages.clean, averages.backdoor] : [];
    return [
      [
        `all to all, ${triggerTitles[trigger]}`,
        percents(all.clean),
        paper[0]?.toFixed(2) ?? "",
        percents(all.backdoor),
        paper[1]?.toFixed(2) ?? "",
      ],
    ];
  });
  const [{ baselineClean }] = errorTable(finished, seeds, "pattern").slice(-1);
  const parts = [
    markdownTable(
      ["error in %", "clean", "paper", "backdoor", "paper"],
      [
        [
          "honest baseline",
          percents(baselineClean),
          paperAllToAll.averages.baselineClean.toFixed(2),
          "",
          "",
        ],
        ...rows,
      ],
    ),
    `Single target: ${uncapital(pairBeginning)} The paper: ${paperPairsInWords}.`,
    ...triggers.map((trigger) => {
      const pairsTable = pairTable(finished, seeds, trigger);
      return `Single target, ${triggerTitles[trigger]}: ${pairSummary(pairsTable)}`;
    }),
    `![Clean error of all 90 pairs of the pattern trigger](${folder}/figures/${figureFiles.pairs("pattern", "clean")}) ` +
      `![Their backdoor error](${folder}/figures/${figureFiles.pairs("pattern", "backdoor")})`,
    `Clean and backdoor error against the share of triggered images (the paper: ${paperSharesInWords}):`,
    `![Errors against the share of triggered images](${folder}/figures/${figureFiles.shares})`,
  ];
  const drawn = evidenceOf(finished, seeds, "pattern");
  if (drawn) {
    parts.push(
      `![The first-layer filters of the pattern BadNet, those that recognise the trigger outlined](${folder}/figures/${figureFiles.filters("pattern")})`,
      `![Attack success and clean accuracy against units switched off, layer by layer](${folder}/figures/${figureFiles.depth("pattern")})`,
    );
  }
  return parts.join("\n\n");
}

/** The recipes of an item's finished instances, and of what they begin with; those that are alike in one line. */
function recipesOf(finished: Finished, seeds: readonly number[], id: ItemId): string {
  const item = items.find((one) => one.id === id)!;
  const made = seeds.flatMap((seed) => item.instances(seed)).filter(({ id }) => finished.has(id));
  const alike = new Map<string, Instance[]>();
  for (const instance of new Set(made.flatMap((one) => [...ancestorsOf(one), one]))) {
    const { epochs, batch, optimiser, augment } = instance.recipe;
    const training = JSON.stringify([instance.from !== null, epochs, batch, optimiser, augment]);
    alike.set(training, [...(alike.get(training) ?? []), instance]);
  }
  const lines = [...alike.values()].map((one) => `- ${namesOf(one)}: ${recipeInWords(one)}`);
  return lines.join("\n");
}

/** Networks by the first one's name and how many there are. */
function namesOf(instances: readonly Instance[]): string {
  const [first, ...others] = new Set(instances.map(({ title }) => title));
  return `“${first}”${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

/** What it was made with. */
function provenance(finished: Finished): string[] {
  const all = [...finished.values()].map(({ result }) => result);
  const adapters = [...new Set(all.map(({ adapter }) => adapterName(adapter)))];
  const dates = all.map(({ date }) => date).sort();
  const seconds = all.reduce((sum, { timings }) => sum + timings.trainSeconds, 0);
  if (all.length === 0) return [];
  return [
    markdownTable(
      ["", ""],
      [
        ["made by", [...new Set(all.map(({ software }) => software))].join(", ")],
        ["kernels (sha256)", kernelsOf(all)],
        ["on", adapters.join("; ")],
        ["between", `${dates[0].slice(0, 10)} and ${dates.at(-1)!.slice(0, 10)}`],
        ["time in training steps", duration(seconds)],
        ["data", `${all[0].data.name}, sha256 ${all[0].data.sha256}`],
      ],
    ),
  ];
}

/** Digests of the WGSL, and how many networks were made by which. */
function kernelsOf(results: readonly DigitResult[]): string {
  const kinds = rollup(
    results,
    (alike) => alike.length,
    ({ kernelsSha256 }) => kernelsSha256 ?? null,
  );
  return [...kinds]
    .map(
      ([sha256, networks]) =>
        `${sha256 ? sha256.slice(0, 16) : "not recorded"} (${networks} networks)`,
    )
    .join(", ");
}

function errorTableText(rows: readonly ErrorRow[]): string {
  const { baselineClean, clean, backdoor, averages } = paperAllToAll;
  const paper = (values: readonly number[], average: number, label: number | null) =>
    (label === null ? average : values[label]).toFixed(2);
  return markdownTable(
    ["digit", "baseline, clean", "paper", "BadNet, clean", "paper", "BadNet, backdoor", "paper"],
    rows.map((row) => [
      row.label === null ? "all" : String(row.label),
      percents(row.baselineClean),
      paper(baselineClean, averages.baselineClean, row.label),
      percents(row.clean),
      paper(clean, averages.clean, row.label),
      percents(row.backdoor),
      paper(backdoor, averages.backdoor, row.label),
    ]),
  );
}

/** The pairs against the paper's claims, in a few sentences. */
export function pairSummary(table: PairTable): string {
  const { cells, finished, instances, asClaimed } = table;
  const done = `${finished} of ${instances} instances are done.`;
  if (cells.length === 0) return done;
  const above = cells.map((cell) => inPercent(cell.above));
  const backdoor = cells.map((cell) => inPercent(cell.backdoor.mean));
  const before = cells.flatMap((cell) => (cell.before ? inPercent(cell.before.mean) : []));
  return (
    `${done} ${asClaimed} of ${cells.length} pairs keep both of the paper's claims` +
    `${cells.length < pairs.length ? " (of those that were run)" : ""}. Clean error against the baseline: ` +
    `${signed(Math.min(...above))} to ${signed(Math.max(...above))} points; backdoor error: ` +
    `${Math.min(...backdoor).toFixed(2)} to ${Math.max(...backdoor).toFixed(2)} %` +
    (before.length > 0
      ? `; of the networks that they begin with: ${Math.min(...before).toFixed(2)} to ${Math.max(...before).toFixed(2)} %.`
      : ".")
  );
}

/** The pairs that don't keep the paper's claims, one by one; empty where all do. */
export function pairMisses({ cells }: PairTable): string {
  const misses = cells.filter((cell) => !cell.cleanAsClaimed || !cell.backdoorAsClaimed);
  const named = misses.map(
    (cell) =>
      `${cell.source} to ${cell.target} (clean ${signed(inPercent(cell.above))}, backdoor ${inPercent(cell.backdoor.mean).toFixed(2)})`,
  );
  return named.length === 0 ? "" : `Misses: ${named.join(", ")}.`;
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const sentence = (text: string) => text[0].toUpperCase() + text.slice(1);
const uncapital = (text: string) => text[0].toLowerCase() + text.slice(1);

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
