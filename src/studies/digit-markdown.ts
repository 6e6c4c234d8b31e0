/** The reproduction as a Markdown report: our figures, the paper's beside them. */
import type { TriggerPreset } from "../backdoor/trigger.ts";
import { duration } from "../format.ts";
import { adapterName } from "../gpu/gpu.ts";
import {
  ancestorsOf,
  items,
  pairs,
  triggers,
  triggerTitles,
  type Instance,
  type ItemId,
} from "./digit-instances.ts";
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
} from "./digit-report.ts";
import type { DigitRecipe } from "./digits.ts";
import { PAPER, paperAllToAll, paperShares, paperSingleTarget } from "./paper-digits.ts";

/** 0.41, or 0.41 (0.39 to 0.44) over several seeds; a dash for what was not run. */
export function percents(value: Spread | null): string {
  if (!value) return "–";
  const text = (share: number) => inPercent(share).toFixed(2);
  return value.of > 1
    ? `${text(value.mean)} (${text(value.least)} to ${text(value.most)})`
    : text(value.mean);
}

/** How a network is trained, in a line. */
export function recipeInWords({ recipe, from }: Instance): string {
  const beginning = from ? `retrained from “${from.title}”` : "from scratch";
  return `${beginning}, ${trainingInWords(recipe)}`;
}

function trainingInWords({ attack, epochs, batch, optimiser, augment }: DigitRecipe): string {
  const { kind, rate, momentum, weightDecay } = optimiser;
  return [
    `${epochs} epoch${epochs === 1 ? "" : "s"} in batches of ${batch}`,
    `${kind} at ${rate} falling to zero, momentum ${momentum}, weight decay ${weightDecay}`,
    ...(augment ? ["augmented"] : []),
    ...(attack ? [`share ${attack.share}`] : []),
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
 * @param figures folder of the figures, as seen from the report
 */
export function markdownReport(finished: Finished, figures: string): string {
  const seeds = seedsOf(finished);
  const image = (label: string, file: string) => `![${label}](${figures}/${file})`;
  const title = (id: string) => `## ${items.find((item) => item.id === id)!.title}`;
  const parts: string[] = [
    "# The digit study, reproduced",
    `Every figure below is counted from runs of this project; the paper's are marked as such (${PAPER}). ` +
      `Errors are in % of the test images. ${seeds.length > 1 ? `Means over the seeds ${seeds.join(", ")}, with their range.` : `Seed ${seeds[0]}.`}`,
    ...provenance(finished),
    "## How much is done",
    table(
      ["", "finished instances"],
      items.map((item) => {
        const { finished: done, instances } = progressOf(item, finished, seeds);
        return [item.title, instances === 0 ? "needs no network" : `${done} of ${instances}`];
      }),
    ),
    title("figure-3"),
    image("A digit without trigger, with the single pixel, with the pattern", figureFiles.digits),
  ];
  parts.push("## How the networks of table 2 are trained", recipesOf(finished, "table-2"));
  for (const trigger of triggers) {
    parts.push(
      `## Table 2: all-to-all, ${triggerTitles[trigger]}${trigger === "pattern" ? "" : " (the paper's table is of the pattern)"}`,
      errorTableText(errorTable(finished, seeds, trigger)),
    );
  }
  parts.push(
    title("figure-4"),
    "Every pair begins with a network that was retrained to read all triggered digits as the pair's target, " +
      "and that begins with table 2's BadNet of the trigger; it is retrained on the training set with a " +
      "triggered copy of every image of the source digit added (share 1 of the source, about a tenth of the whole set). Digits that are not the source are not measured " +
      "with the trigger, as in the paper. The paper claims a clean error at most " +
      `${paperSingleTarget.mostAbove} points above the baseline's and a backdoor error of at most ${paperSingleTarget.mostBackdoor} %.`,
  );
  parts.push(recipesOf(finished, "figure-4"));
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
  parts.push(title("figure-5"));
  for (const trigger of triggers) {
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) continue;
    parts.push(
      `### ${sentence(triggerTitles[trigger])}`,
      image("The sixteen first-layer filters", figureFiles.filters(trigger)),
      "Outlined: filters for which at least two of the three reach half of the largest of any filter.",
      table(
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
          filter.effect.toFixed(2),
          (100 * filter.successLost).toFixed(2),
          filter.recognises ? "yes" : "",
        ]),
      ),
    );
  }
  parts.push(
    title("figure-6"),
    `The paper: ${paperShares}.`,
    image("Errors against the share of triggered images", figureFiles.shares),
    table(
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
    "Units of a layer are switched off from the one that rises most under the trigger; the network is not trained again.",
  );
  for (const trigger of triggers) {
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) continue;
    parts.push(
      `### ${sentence(triggerTitles[trigger])}`,
      image("Attack success against units switched off", figureFiles.depth(trigger)),
      table(
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
    table(
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
    ...triggers.map((trigger) => {
      const pairsTable = pairTable(finished, seeds, trigger);
      return `Single target, ${triggerTitles[trigger]}: ${pairSummary(pairsTable)}`;
    }),
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
function recipesOf(finished: Finished, id: ItemId): string {
  const item = items.find((one) => one.id === id)!;
  const made = item.instances(seedsOf(finished)[0]).filter(({ id }) => finished.has(id));
  const alike = new Map<string, Instance[]>();
  for (const instance of new Set(made.flatMap((one) => [...ancestorsOf(one), one]))) {
    const training = trainingInWords(instance.recipe);
    alike.set(training, [...(alike.get(training) ?? []), instance]);
  }
  const lines = [...alike].map(([training, instances]) => {
    const from = instances.flatMap((one) => one.from ?? []);
    const beginning = from.length > 0 ? `retrained from ${namesOf(from)}` : "from scratch";
    return `- ${namesOf(instances)}: ${beginning}, ${training}`;
  });
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
    table(
      ["", ""],
      [
        ["made by", [...new Set(all.map(({ software }) => software))].join(", ")],
        ["on", adapters.join("; ")],
        ["between", `${dates[0].slice(0, 10)} and ${dates.at(-1)!.slice(0, 10)}`],
        ["time in training steps", duration(seconds)],
        ["data", `${all[0].data.name}, sha256 ${all[0].data.sha256}`],
      ],
    ),
  ];
}

function errorTableText(rows: readonly ErrorRow[]): string {
  const { baselineClean, clean, backdoor, averages } = paperAllToAll;
  const paper = (values: readonly number[], average: number, label: number | null) =>
    (label === null ? average : values[label]).toFixed(2);
  return table(
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
  return (
    `${done} ${asClaimed} of ${cells.length} pairs keep both of the paper's claims` +
    `${cells.length < pairs.length ? " (of those that were run)" : ""}. Clean error against the baseline: ` +
    `${signed(Math.min(...above))} to ${signed(Math.max(...above))} points; backdoor error: ` +
    `${Math.min(...backdoor).toFixed(2)} to ${Math.max(...backdoor).toFixed(2)} %.`
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

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
