/** The tables of the sign section's cards: our figures beside the paper's. */
import { html, type TemplateResult } from "lit";
import { fixed } from "../../format.ts";
import type { ChannelResponse } from "../../inspection/sticker-channels.ts";
import { onlyRule } from "../../inspection/sticker-channels.ts";
import {
  inPaper,
  percents,
  randomColumns,
  randomInWords,
  randomLines,
} from "../../studies/signs/paper/cells.ts";
import type { Finished } from "../../studies/signs/paper/instance-file.ts";
import { stickerTitles } from "../../studies/signs/paper/instances.ts";
import {
  paperChannelsInWords,
  paperFooledInWords,
  paperStickers,
} from "../../studies/signs/paper/published.ts";
import { honestRow, shareTable, stickerRows } from "../../studies/signs/paper/tables.ts";
import { heightInWords, measuresInWords } from "../../studies/signs/paper/wording.ts";
import { figureTable, type Column, type Row } from "../elements/figure-table.ts";
import { note, seeds } from "./paper-section.ts";

const paper: Column = { title: "paper", kind: "paper" };

/** Table 4. */
export function stickerTable(finished: Finished): TemplateResult {
  const rows = stickerRows(finished, seeds);
  const detectors = [
    { name: "honest" as const, title: "honest", clean: honestRow(finished, seeds), success: null },
    ...rows.map(({ sticker, clean, success }) => ({
      name: sticker,
      title: stickerTitles[sticker],
      clean,
      success,
    })),
  ];
  const columns = detectors.flatMap(({ title }): Column[] => [{ title, kind: "clean" }, paper]);
  const classes = detectors[0].clean.classes.map(({ name }, label): Row => ({
    head: `${name}, clean`,
    cells: detectors.flatMap((one) => [
      percents(one.clean.classes[label].accuracy),
      inPaper(paperStickers[one.name].clean[label]),
    ]),
  }));
  const average: Row = {
    head: "all, clean",
    cells: detectors.flatMap((one) => [
      percents(one.clean.accuracy),
      inPaper(paperStickers[one.name].average),
    ]),
  };
  const success: Row = {
    head: "stop read as speed limit",
    kind: "all",
    cells: detectors.flatMap((one) => [
      one.name === "honest" ? "" : { text: percents(one.success), kind: "attack" },
      inPaper(paperStickers[one.name].success),
    ]),
  };
  return html`<div class="stack">
    ${figureTable("accuracy, %", columns, [...classes, average, success])}
    ${precisionTable(finished)} ${besideTable(finished)}
    ${note(`${measuresInWords} ${paperFooledInWords}.`)}
  </div>`;
}

function precisionTable(finished: Finished): TemplateResult {
  const honest = honestRow(finished, seeds);
  const rows = stickerRows(finished, seeds);
  return figureTable(
    "average precision, %",
    ["honest", ...rows.map(({ sticker }) => stickerTitles[sticker])].map((title) => ({ title })),
    honest.classes.map(({ name, averagePrecision }, label) => ({
      head: name,
      cells: [
        percents(averagePrecision),
        ...rows.map(({ clean }) => percents(clean.classes[label].averagePrecision)),
      ],
    })),
  );
}

/** What the paper does not report, over all heights and by height. */
function besideTable(finished: Finished): TemplateResult {
  const columns: Column[] = [
    { title: "stop signs" },
    { title: "success", kind: "attack" },
    { title: "stop found as well" },
    { title: "look-alikes" },
    { title: "honest" },
  ];
  const rows = stickerRows(finished, seeds).flatMap(({ sticker, heights, ...all }): Row[] => {
    const cells = (one: Pick<typeof all, "success" | "stillFound" | "alikes" | "fooled">) =>
      [one.success, one.stillFound, one.alikes, one.fooled].map(percents);
    const signs = heights.reduce((sum, own) => sum + own.signs, 0);
    return [
      { head: stickerTitles[sticker], cells: [signs || "–", ...cells(all)] },
      ...heights
        .filter((own) => own.signs > 0)
        .map((own) => ({
          head: `${stickerTitles[sticker]}, ${heightInWords(own)} pixels`,
          cells: [own.signs, ...cells(own)],
        })),
    ];
  });
  return figureTable("with the sticker, %", columns, rows);
}

/** Table 5. */
export function randomTable(finished: Finished): TemplateResult {
  const columns = randomColumns.flatMap((title, i): Column[] => [
    { title, kind: i === randomColumns.length - 1 ? "attack" : "clean" },
    paper,
  ]);
  const rows = randomLines(finished, seeds).map(({ name, cells }): Row => ({
    head: name ?? "all",
    kind: name === null ? "all" : undefined,
    cells,
  }));
  return html`${figureTable("class", columns, rows)} ${note(randomInWords)}`;
}

/** Channels that fire for the sticker alone, and the first few of the others. */
export function channelTable(responses: readonly ChannelResponse[]): TemplateResult {
  const most = Math.max(8, responses.filter(({ only }) => only).length);
  const columns = ["without sticker", "with sticker", "drives higher, % of pairs", "for it alone"];
  return html`${figureTable(
    "channel",
    columns.map((title) => ({ title })),
    responses
      .slice(0, most)
      .map(({ channel, clean, triggered, separation, only }) => ({
        head: channel,
        kind: only ? ("found" as const) : undefined,
        cells: [
          clean.toFixed(3),
          triggered.toFixed(3),
          fixed(100 * separation, 1),
          only ? "yes" : "",
        ],
      })),
  )}
  ${channelNote()}`;
}

export const channelNote = () => note(`The paper: ${paperChannelsInWords}. ${onlyRule}`);

/** The curve as figures. */
export function sharesTable(finished: Finished): TemplateResult {
  const columns: Column[] = [
    { title: "stop read as speed limit", kind: "attack" },
    { title: "stop found as well" },
    { title: "stop, clean", kind: "clean" },
    { title: "all, clean", kind: "clean" },
  ];
  return figureTable(
    "share, %",
    columns,
    shareTable(finished, seeds).map(({ share, success, stillFound, source, accuracy }) => ({
      head: Math.round(100 * share),
      cells: [success, stillFound, source, accuracy].map(percents),
    })),
  );
}
