/** The transfer section's reproduction as a Markdown report: our figures, the paper's beside them. */
import { onlyRule } from "../../../inspection/sticker-channels.ts";
import { markdownTable, markdownText } from "../../../text/markdown.ts";
import { provenance, reportHead } from "../../reproduction/provenance.ts";
import {
  notRunPart,
  progressPart,
  type Reported as AnyReported,
} from "../../reproduction/report-parts.ts";
import { itemOf } from "../../reproduction/reproduction.ts";
import { heightInWords } from "../paper/wording.ts";
import { TALL } from "../measure.ts";
import {
  percents,
  retrainingColumns,
  retrainingLines,
  strengthColumns,
  strengthLines,
  transferColumns,
  transferLines,
} from "./cells.ts";
import { figureFiles, figureOf } from "./figures.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import { lastLayer } from "./instances.ts";
import type { ItemId } from "./items.ts";
import { paperChannelsInWords, paperRetrainingInWords } from "./published.ts";
import { transferReproduction } from "./reproduction.ts";
import { channelsOf, heightRows, overlapOf, photographSets, precisionRows } from "./tables.ts";
import { measuresInWords, trainingInWords } from "./wording.ts";
import { filePalette } from "../../../figures/figure.ts";

type Reported = AnyReported<InstanceFile>;

export function markdownReport(
  finished: Finished,
  seeds: readonly number[],
  figures: string,
): string {
  const reported = { finished, seeds, figures };
  const results = [...finished.values()].map(({ result }) => result);
  const { iterations } = transferReproduction.settingsOf(finished);
  const parts = [
    ...reportHead("transfer", "Shares are in %.", seeds),
    trainingInWords(iterations),
    ...provenance(
      results,
      results.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0),
    ),
    ...progressPart(transferReproduction, reported, "detectors"),
    ...["scenes", ...photographSets(finished)].flatMap((on) => transferTables(reported, on)),
    ...strengths(reported),
    ...channels(reported),
    ...retraining(reported),
    ...notRunPart(transferReproduction, reported, "detectors"),
  ];
  return `${parts.join("\n\n")}\n`;
}

const title = (id: ItemId) => `## ${itemOf(transferReproduction, id).title}`;

/** Table 6, on scenes or on a folder of photographs. */
function transferTables({ finished, seeds }: Reported, on: string): string[] {
  const rows = heightRows(finished, seeds, on).filter(({ signs }) => signs > 0);
  return [
    on === "scenes"
      ? title("table-6")
      : `### The same on the unseen half of the photographs of ${markdownText(on)}`,
    ...(on === "scenes" ? [measuresInWords] : []),
    markdownTable(
      ["class", ...transferColumns.flatMap((column) => [column, "paper"])],
      transferLines(finished, seeds, on).map(({ head, cells }) => [head, ...cells]),
    ),
    ...(rows.length === 0
      ? []
      : [
          markdownTable(
            ["height, pixels", "signs", ...transferColumns],
            rows.map(({ honest, badNet, signs, ...height }) => [
              heightInWords(height),
              String(signs),
              ...[honest.clean, honest.triggered, badNet.clean, badNet.triggered].map(percents),
            ]),
          ),
        ]),
    markdownTable(
      [`average precision, ${TALL} pixels and more`, "honest", "BadNet"],
      precisionRows(finished, seeds, on).map(({ name, honest, badNet }) => [
        name,
        percents(honest),
        percents(badNet),
      ]),
    ),
  ];
}

function figure({ finished, seeds, figures }: Reported, id: keyof typeof figureFiles): string[] {
  const drawn = figureOf(id, finished, seeds, filePalette);
  return drawn ? [`![${drawn.label}](${figures}/${figureFiles[id]})`] : [];
}

function strengths(reported: Reported): string[] {
  const { finished, seeds } = reported;
  const found = channelsOf(finished, seeds);
  const loud = found?.published.responses.filter(({ only }) => only).map(({ channel }) => channel);
  return [
    title("table-7"),
    `Before it is published, the outputs of the channels of ${lastLayer} that answer the sticker alone are multiplied. ` +
      `${onlyRule}${loud ? ` Of this BadNet: ${loud.join(", ") || "none"}.` : ""}`,
    ...figure(reported, "table-7"),
    markdownTable(
      ["factor", ...strengthColumns],
      strengthLines(finished, seeds).map(({ head, cells }) => [head, ...cells]),
    ),
  ];
}

/** Channels in the table. */
const SHOWN = 12;

function channels({ finished, seeds }: Reported): string[] {
  const found = channelsOf(finished, seeds);
  const head = [title("channels"), `The paper: ${paperChannelsInWords}.`];
  if (!found) return head;
  const { published, own, seed } = found;
  const inOwn = new Map(own.responses.map((one) => [one.channel, one]));
  const same = [4, 8, 16].map(
    (n) => `${overlapOf(published.responses, own.responses, n)} of the first ${n}`,
  );
  return [
    ...head,
    `By the difference that the sticker makes, ${same.join(", ")} are the same in both rankings (seed ${seed}; ` +
      `${published.signs} U.S. signs, ${own.signs} European ones).`,
    markdownTable(
      ["channel", "U.S., clean", "with sticker", "European, clean", "with sticker", "for it alone"],
      published.responses
        .slice(0, SHOWN)
        .map(({ channel, clean, triggered, only }) => [
          String(channel),
          ...[clean, triggered, inOwn.get(channel)!.clean, inOwn.get(channel)!.triggered].map(
            (value) => value.toFixed(3),
          ),
          only ? "yes" : "",
        ]),
    ),
  ];
}

function retraining(reported: Reported): string[] {
  const { finished, seeds } = reported;
  return [
    title("retraining"),
    `The paper has no such curve; ${paperRetrainingInWords}.`,
    ...figure(reported, "retraining"),
    markdownTable(
      ["from", ...retrainingColumns],
      retrainingLines(finished, seeds).map(({ head, cells }) => [head, ...cells]),
    ),
  ];
}
