/** The reproduction in short, for the README: the paper's claims beside ours. */
import { seedsOf } from "./completeness.ts";
import { figureFiles } from "./figures/files.ts";
import type { Finished } from "./instance-file.ts";
import { triggers, triggerTitles } from "./instances.ts";
import { markdownTable } from "./markdown.ts";
import { paperAllToAll, paperPairsInWords, paperSharesInWords } from "./published.ts";
import { errorTable, evidenceOf, pairTable } from "./tables.ts";
import { pairBeginning, pairSummary, percents } from "./wording.ts";

/**
 * Tables, claims and figures as Markdown.
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

const uncapital = (text: string) => text[0].toLowerCase() + text.slice(1);
