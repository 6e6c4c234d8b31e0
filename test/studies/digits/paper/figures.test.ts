/** The paper's figures as drawings. */
import { describe, expect, it } from "vitest";
import { depthChart } from "../../../../src/studies/digits/paper/figures/depth-chart.ts";
import { filePalette } from "../../../../src/figures/figure.ts";
import { filterSheet } from "../../../../src/studies/digits/paper/figures/filter-sheet.ts";
import { heatMap } from "../../../../src/studies/digits/paper/figures/heat-map.ts";
import { shareChart } from "../../../../src/studies/digits/paper/figures/share-chart.ts";
import { figureFile } from "../../../../src/figures/static.ts";
import { triggeredDigits } from "../../../../src/studies/digits/paper/figures/triggered-digits.ts";
import { baseline, singleTarget } from "../../../../src/studies/digits/paper/instances.ts";
import { pairTable, shareTable } from "../../../../src/studies/digits/paper/tables.ts";
import { madeUp } from "./made-up.ts";

describe("the figures", () => {
  const finished = new Map(
    [madeUp(baseline(1), 5), madeUp(singleTarget(1, "pattern", 3, 7), 9, 20)].map((file) => [
      file.id,
      file,
    ]),
  );
  const table = pairTable(finished, [1], "pattern");
  const filters = Array.from({ length: 16 }, (_, channel) => ({
    channel,
    weights: Array.from({ length: 25 }, (_, i) => Math.sin(i + channel)),
    triggerAlone: channel / 16,
    effect: channel,
    successLost: channel / 100,
    recognises: channel > 12,
  }));
  const points = [0, 1, 16].map((off) => ({ off, success: 1 - off / 16, accuracy: 1 }));

  it.each([
    ["heat maps", heatMap({ table, which: "backdoor", palette: filePalette })],
    [
      "shares",
      shareChart({
        curves: [{ trigger: "pattern", points: shareTable(finished, [1], "pattern") }],
        baseline: null,
        palette: filePalette,
      }),
    ],
    ["filters", filterSheet(filters, filePalette, "pattern")],
    ["depth", depthChart([{ layer: "conv1", units: 16, points }], filePalette, "pattern")],
    ["digits", triggeredDigits(new Uint8Array(784).fill(9), 4, filePalette)],
  ])("are whole without the page: %s", (_, figure) => {
    const text = figureFile(figure);
    expect(text).not.toMatch(/undefined|NaN|null|function|var\(|\[object|<!--/);
    // Every element that is opened is closed.
    const opened = text.match(/<[a-z]+(?:\s[^>]*)?(?<!\/)>/g) ?? [];
    const closed = text.match(/<\/[a-z]+>/g) ?? [];
    expect(opened).toHaveLength(closed.length);
  });

  it("mark what exceeds the paper's claims, and tell it in words", () => {
    const text = figureFile(heatMap({ table, which: "backdoor", palette: filePalette }));
    expect(text).toContain("3 to 7: backdoor error 2.00 %, more than the paper claims");
    expect(text).toContain("7 to 3: not run yet");
    expect(text.match(/<path/g)).toHaveLength(1);
  });

  it("outline the filters that recognise the trigger", () => {
    const text = figureFile(filterSheet(filters, filePalette, "pattern"));
    expect(text.match(/stroke-width="3"/g)).toHaveLength(3);
    expect(text).toContain("outlined: 13, 14, 15");
  });
});
