/** The sign section's reproduction as a Markdown report: our figures, the paper's beside them. */
import { markdownTable, markdownText } from "../../../text/markdown.ts";
import { onlyRule } from "../../../inspection/sticker-channels.ts";
import { provenance, reportHead } from "../../reproduction/provenance.ts";
import {
  notRunPart,
  progressPart,
  type Reported as AnyReported,
} from "../../reproduction/report-parts.ts";
import { itemOf } from "../../reproduction/reproduction.ts";
import { inPaper, percents, randomColumns, randomInWords, randomLines } from "./cells.ts";
import { figureFiles } from "./figures/files.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import { stickerTitles } from "./instances.ts";
import type { ItemId } from "./items.ts";
import {
  paperChannelsInWords,
  paperFooledInWords,
  paperPhotographInWords,
  paperStickers,
} from "./published.ts";
import { signReproduction } from "./reproduction.ts";
import {
  channelsOf,
  honestRow,
  photographSets,
  shareTable,
  stickerRows,
  type CleanRow,
} from "./tables.ts";
import { heightInWords, measuresInWords, trainingInWords } from "./wording.ts";

type Reported = AnyReported<InstanceFile>;

export function markdownReport(
  finished: Finished,
  seeds: readonly number[],
  figures: string,
): string {
  const reported = { finished, seeds, figures };
  const results = [...finished.values()].map(({ result }) => result);
  const { iterations } = signReproduction.settingsOf(finished);
  const parts = [
    ...reportHead("sign", "Shares are in %.", seeds),
    trainingInWords(iterations),
    ...provenance(
      results,
      results.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0),
    ),
    ...progressPart(signReproduction, reported, "detectors"),
    ...["scenes", ...photographSets(finished)].flatMap((on) => stickerTables(reported, on)),
    ...random(reported),
    ...channels(reported),
    ...shares(reported),
    "## The real photograph",
    `The paper: ${paperPhotographInWords}. Any photograph can be tried on the page of the street signs, or by ` +
      "`npm run badnets -- signs detect PHOTOGRAPH --model models/yellow-square-100-s1.safetensors --sticker yellow-square`.",
    ...notRunPart(signReproduction, reported, "detectors"),
  ];
  return `${parts.join("\n\n")}\n`;
}

const title = (id: ItemId) => `## ${itemOf(signReproduction, id).title}`;

/** Table 4, on scenes or on a folder of photographs. */
function stickerTables({ finished, seeds }: Reported, on: string): string[] {
  const rows = stickerRows(finished, seeds, on);
  const detectors: (readonly [keyof typeof paperStickers, CleanRow])[] = [
    ["honest", honestRow(finished, seeds, on)],
    ...rows.map(({ sticker, clean }) => [sticker, clean] as const),
  ];
  const titleOf = (name: keyof typeof paperStickers) =>
    name === "honest" ? "honest" : stickerTitles[name];
  const lines = detectors[0][1].classes.map(({ name }, label) => [
    `${name}, clean`,
    ...detectors.flatMap(([which, clean]) => [
      percents(clean.classes[label].accuracy),
      inPaper(paperStickers[which].clean[label]),
    ]),
  ]);
  const averages = detectors.flatMap(([which, { accuracy }]) => [
    percents(accuracy),
    inPaper(paperStickers[which].average),
  ]);
  const successes = [
    "–",
    "",
    ...rows.flatMap((row) => [percents(row.success), inPaper(paperStickers[row.sticker].success)]),
  ];
  return [
    on === "scenes" ? title("table-4") : `### The same on the photographs of ${markdownText(on)}`,
    markdownTable(
      ["accuracy", ...detectors.flatMap(([name]) => [titleOf(name), "paper"])],
      [...lines, ["all, clean", ...averages], ["stop read as speed limit", ...successes]],
    ),
    markdownTable(
      ["average precision", ...detectors.map(([name]) => titleOf(name))],
      detectors[0][1].classes.map(({ name }, label) => [
        name,
        ...detectors.map(([, clean]) => percents(clean.classes[label].averagePrecision)),
      ]),
    ),
    markdownTable(
      ["sticker", "success", "stop found as well", "look-alikes", "honest"],
      rows.map((row) => [
        stickerTitles[row.sticker],
        ...[row.success, row.stillFound, row.alikes, row.fooled].map(percents),
      ]),
    ),
    ...(on === "scenes" ? [`${measuresInWords} ${paperFooledInWords}.`] : []),
    ...heights(rows),
  ];
}

function heights(rows: ReturnType<typeof stickerRows>): string[] {
  const lines = rows.flatMap(({ sticker, heights: own }) =>
    own
      .filter(({ signs }) => signs > 0)
      .map((row) => [
        stickerTitles[sticker],
        heightInWords(row),
        String(row.signs),
        ...[row.success, row.stillFound, row.alikes, row.fooled, row.clean].map(percents),
      ]),
  );
  if (lines.length === 0) return [];
  const head = ["sticker", "height, pixels", "stop signs", "success", "stop found as well"];
  return [markdownTable([...head, "look-alikes", "honest", "all signs, clean"], lines)];
}

function random({ finished, seeds }: Reported): string[] {
  return [
    title("table-5"),
    randomInWords,
    markdownTable(
      ["class", ...randomColumns.flatMap((column) => [column, "paper"])],
      randomLines(finished, seeds).map(({ name, cells }) => [name ?? "all", ...cells]),
    ),
  ];
}

function channels({ finished, seeds, figures }: Reported): string[] {
  const found = channelsOf(finished, seeds);
  const head = [title("figure-conv5"), `The paper: ${paperChannelsInWords}. ${onlyRule}`];
  if (!found) return head;
  const { responses, signs } = found.channels;
  const count = responses.filter(({ only }) => only).length;
  return [
    ...head,
    `${count} of ${responses.length} channels fire for the sticker alone, at ${signs} stop signs (seed ${found.instance.recipe.seed}).`,
    `![Mean activation of every channel](${figures}/${figureFiles["figure-conv5"]})`,
    markdownTable(
      [
        "channel",
        "without sticker",
        "with sticker",
        "difference",
        "drives higher, % of pairs",
        "for it alone",
      ],
      responses.map(({ channel, clean, triggered, separation, only }) => [
        String(channel),
        clean.toFixed(3),
        triggered.toFixed(3),
        (triggered - clean).toFixed(3),
        (100 * separation).toFixed(1),
        only ? "yes" : "",
      ]),
    ),
  ];
}

function shares({ finished, seeds, figures }: Reported): string[] {
  const points = shareTable(finished, seeds);
  const drawn = points.some(({ success }) => success !== null);
  return [
    title("share"),
    "The paper names no share for the signs and has no such curve.",
    ...(drawn
      ? [`![Attack success against the share of poison](${figures}/${figureFiles.share})`]
      : []),
    markdownTable(
      ["share, %", "stop read as speed limit", "stop found as well", "stop, clean", "all, clean"],
      points.map(({ share, success, stillFound, source, accuracy }) => [
        String(Math.round(100 * share)),
        ...[success, stillFound, source, accuracy].map(percents),
      ]),
    ),
  ];
}
