/** Figures as files: whole SVG documents that need nothing else and hold nothing of the page. */
import { html, nothing, svg } from "lit";
import { describe, expect, it } from "vitest";
import { depthChart } from "../../src/figures/depth-chart.ts";
import { filePalette } from "../../src/figures/figure.ts";
import { filterSheet } from "../../src/figures/filters.ts";
import { heatMap } from "../../src/figures/heat-map.ts";
import { shareChart } from "../../src/figures/share-chart.ts";
import { figureFile } from "../../src/figures/static.ts";
import { triggeredDigits } from "../../src/figures/triggered-digits.ts";
import { baseline, singleTarget } from "../../src/studies/digits/paper/instances.ts";
import { pairTable, shareTable } from "../../src/studies/digits/paper/report.ts";
import { madeUp } from "../studies/digits/paper/instances.ts";

const whole = (content: ReturnType<typeof svg>) =>
  figureFile({ label: "test", width: 10, height: 20, content });
/** What stands between ground and end. */
const inside = (content: ReturnType<typeof svg>) =>
  whole(content).split("\n").slice(3, -2).join("\n");

describe("a template as a file", () => {
  it("has its texts and attributes escaped", () => {
    expect(inside(svg`<text x=${1} id=${'a"b'}>${"1 < 2 & 3"}</text>`)).toBe(
      '<text x="1" id="a&quot;b">1 &lt; 2 &amp; 3</text>',
    );
  });

  it("has nothing of handlers, properties, and what is nothing", () => {
    expect(
      inside(
        svg`<g a=${nothing} @click=${() => 1} .value=${2} ?open=${true} ?shut=${false}>${nothing}${null}</g>`,
      ),
    ).toBe('<g open=""></g>');
  });

  it("keeps parts of an attribute together, and the order of lists", () => {
    expect(inside(svg`<g b="x ${1} y">${[1, 2].map((n) => svg`<a n=${n}></a>`)}</g>`)).toBe(
      '<g b="x 1 y"><a n="1"></a>\n<a n="2"></a></g>',
    );
  });

  it("is an SVG with its size and its name", () => {
    const text = whole(svg`<g></g>`);
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 10 20"/);
    expect(text).toContain("<title>test</title>");
    expect(html`<p></p>`.strings).toHaveLength(1);
  });
});

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
