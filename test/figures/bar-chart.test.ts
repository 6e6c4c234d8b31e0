/** Bars and histograms as drawings: what stands out, what is named, and shares that are counted rightly. */
import { describe, expect, it } from "vitest";
import { barChart } from "../../src/figures/bar-chart.ts";
import { filePalette as palette } from "../../src/figures/figure.ts";
import { histogram } from "../../src/figures/histogram.ts";
import { figureFile } from "../../src/figures/static.ts";

const bar = (name: string, value: number, found = false) => ({ name, value, found, title: name });
/** Heights of the rectangles of a colour. */
const heights = (file: string, colour: string) =>
  [...file.matchAll(/<rect ([^>]*)>/g)]
    .filter(([, attributes]) => attributes.includes(`fill="${colour}"`))
    .map(([, attributes]) => Number(/height="([\d.]+)"/.exec(attributes)![1]));

describe("a bar chart", () => {
  const chart = (bars: ReturnType<typeof bar>[]) =>
    figureFile(
      barChart({
        label: "test",
        bars,
        axis: "z",
        across: "channel",
        limit: { value: 3, name: "u = 3" },
        palette,
      }),
    );

  it("has bars as long as their values, and those found in the attack's colour", () => {
    const file = chart([bar("0", 1), bar("1", 4, true), bar("2", -2)]);
    const [one, minusTwo] = heights(file, palette.clean);
    expect(minusTwo / one).toBeCloseTo(2, 1);
    expect(heights(file, palette.attack)[0] / one).toBeCloseTo(4, 1);
    expect(file).toContain("u = 3");
  });

  it("leaves out names that would lie over each other, but never one that is found", () => {
    const bars = Array.from({ length: 32 }, (_, i) => bar(`n${i}`, 1, i === 31));
    const names = [...chart(bars).matchAll(/>n(\d+)<\/text>/g)].map(([, name]) => Number(name));
    expect(names).toContain(31);
    expect(names).not.toContain(30);
    expect(names.length).toBeLessThan(20);
  });
});

describe("a histogram", () => {
  it("shows shares of each kind, whatever their number", () => {
    const draw = (clean: number[], attacked: number[] | null) =>
      figureFile(
        histogram({
          label: "test",
          clean,
          attacked,
          across: "bits",
          limit: { value: 0.1, name: "limit" },
          palette,
        }),
      );
    const file = draw([0.5, 0.5, 0.5, 2], [0.5]);
    const group = (colour: string) =>
      file.slice(file.indexOf(`<g fill="${colour}"`)).split("</g>")[0];
    const of = (colour: string) =>
      [...group(colour).matchAll(/height="([\d.]+)"/g)].map(([, height]) => Number(height));
    const [most, least] = of(palette.clean);
    expect(most / least).toBeCloseTo(3, 1);
    expect(of(palette.attack)[0] / least).toBeCloseTo(4, 1);
    expect(draw([1], null)).not.toContain(`<g fill="${palette.attack}"`);
  });
});
