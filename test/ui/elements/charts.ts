/** Charts as a reader uses them: what they draw and say, what they tell under the pointer, and their files. */
import { readFile } from "node:fs/promises";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Profile } from "../../../src/gpu/profile.ts";
import type { Stage } from "../mount.ts";

const size = [480, 300] as const;

/** Two series that share their places, the second from the second place on. */
const lines = {
  heading: "Growth",
  label: "Chart of growth",
  x: { label: "epoch", end: 4 },
  series: [
    {
      name: "first",
      colour: "var(--clean)",
      value: "40 %",
      help: "Which is the first.",
      points: [0, 1, 2, 3].map((x) => ({ x, y: x / 10, mark: "disc" }) as const),
    },
    {
      name: "second",
      colour: "var(--attack)",
      points: [1, 2, 3].map((x) => ({ x, y: 1 - x / 4, low: 0.1, high: 0.9 })),
    },
  ],
  stem: "badnets-digits-growth",
} as const;

/** The axes of the page's charts, which hold functions. */
const withShares = () => ({
  y: {
    label: "share",
    scale: "linear" as const,
    domain: [0, 1] as const,
    ticks: [0, 0.5, 1],
    format: (value: number) => `${100 * value} %`,
    read: (value: number) => `${(100 * value).toFixed(1)} %`,
  },
});

export function charts(stage: Stage): void {
  async function mountLines(more: object = {}): Promise<Locator> {
    const chart = await stage.mount("line-chart", { ...lines, ...more }, [], size);
    await stage.change("line-chart", withShares);
    return chart;
  }

  /** Takes a file out of the export menu. */
  async function exported(chart: Locator, entry: string): Promise<{ name: string; text: string }> {
    await chart.getByRole("button", { name: /^Export/ }).click();
    const download = stage.page.waitForEvent("download");
    await chart.getByRole("button", { name: entry }).click();
    const file = await download;
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "latin1") };
  }

  describe("line-chart", () => {
    it("draws a line, a band and marks for each series, and both axes", async () => {
      const chart = await mountLines();
      const [first, second] = [0, 1].map((i) => chart.locator(".canvas [data-series]").nth(i));
      expect(await first.locator("path.line").getAttribute("d")).toMatch(/^M52,.*(L.*){3}$/);
      expect(await first.locator("circle.disc").count()).toBe(4);
      expect(await first.locator("path.band").count()).toBe(0);
      expect(await second.locator("circle").count()).toBe(0);
      expect(await second.locator("path.band").count()).toBe(1);
      const texts = await chart.locator(".canvas svg text").allTextContents();
      expect(texts.slice(0, 10)).toEqual([
        "0 %",
        "50 %",
        "100 %",
        "0",
        "1",
        "2",
        "3",
        "4",
        "epoch",
        "share",
      ]);
      expect(await chart.getByRole("img", { name: "Chart of growth" }).count()).toBe(1);
    });

    it("names several series above the drawing, with their values and what they are", async () => {
      const chart = await mountLines();
      expect(await chart.locator("h2").innerText()).toBe("Growth");
      expect(await chart.locator("li").allInnerTexts()).toEqual(["first\n40 %", "second"]);
      await chart.getByRole("button", { name: "What is first?" }).click();
      expect(await chart.locator("help-tip .bubble").innerText()).toBe("Which is the first.");
      await stage.page.keyboard.press("Escape");
    });

    it("needs no key to a single series, and then says what else there is to know", async () => {
      const chart = await mountLines({ series: [lines.series[0]], note: "measured twice" });
      expect(await chart.locator("li").allInnerTexts()).toEqual(["measured twice"]);
    });

    it("shows values large in place of its heading where it is told to", async () => {
      const chart = await mountLines({ large: true, note: "below" });
      expect(await chart.locator("h2").count()).toBe(0);
      expect(await chart.locator("li .value").allInnerTexts()).toEqual(["40 %", "–"]);
      expect(await chart.locator("footer").innerText()).toBe("below");
    });

    it("reads the values off under the pointer, of the series that have one there", async () => {
      const chart = await mountLines();
      const { x, y } = (await chart.locator(".canvas").boundingBox())!;
      const at = async (epoch: number) =>
        await stage.page.mouse.move(x + 52 + (epoch * (480 - 66)) / 4, y + 60);
      await at(2.1);
      expect(await chart.locator(".read").innerText()).toBe("epoch 2\nfirst 20.0 %\nsecond 50.0 %");
      expect(await chart.locator(".rule").count()).toBe(1);
      await at(0.2);
      expect(await chart.locator(".read").innerText()).toBe("epoch 0\nfirst 0.0 %");
      await stage.page.mouse.move(0, 0);
      expect(await chart.locator(".read").count()).toBe(0);
    });

    it("forgets the place under the pointer when another run has no point there", async () => {
      const chart = await mountLines();
      await chart.locator(".canvas").hover();
      expect(await chart.locator(".read").count()).toBe(1);
      await stage.change("line-chart", { series: [] });
      expect(await chart.locator(".read").count()).toBe(0);
      await stage.page.mouse.move(0, 0);
    });

    it("has whole decades on a logarithmic axis, and keeps what lies outside at the edge", async () => {
      const chart = await stage.mount("line-chart", lines, [], size);
      await stage.change("line-chart", () => ({
        y: {
          label: "loss",
          scale: "log" as const,
          domain: [0.01, 1] as const,
          format: String,
          read: String,
        },
        series: [
          {
            name: "loss",
            colour: "var(--ink)",
            points: [
              { x: 0, y: 1e-9 },
              { x: 4, y: 50 },
            ],
          },
        ],
      }));
      const texts = await chart.locator(".canvas svg text").allTextContents();
      expect(texts.slice(0, 3)).toEqual(["0.01", "0.1", "1"]);
      const d = await chart.locator(".canvas path.line").getAttribute("d");
      const { height } = (await chart.locator(".canvas").boundingBox())!;
      expect(d).toBe(`M52,${height - 34}L466,8`);
    });

    it("holds its lines against a reference", async () => {
      const chart = await mountLines({ references: [{ name: "by chance", y: 0.5 }] });
      const line = chart.locator(".reference");
      const half = chart.locator(".grid").nth(1);
      expect(await line.getAttribute("y1")).toBe(await half.getAttribute("y1"));
      expect(await chart.locator(".canvas").textContent()).toContain("by chance");
    });

    it("is empty but whole before there are figures", async () => {
      const chart = await mountLines({ series: [] });
      await chart.locator(".canvas").hover();
      expect(await chart.locator(".read").count()).toBe(0);
      expect(await chart.locator(".axis").count()).toBeGreaterThan(1);
      await stage.page.mouse.move(0, 0);
    });

    it("gives a drawing with its title, its key and plain colours, and a picture", async () => {
      const chart = await mountLines();
      const { name, text } = await exported(chart, "Drawing (SVG)");
      expect(name).toBe("badnets-digits-growth.svg");
      expect(text).toContain("<title>Growth</title>");
      expect(text).toContain("<desc>Chart of growth</desc>");
      expect(text.match(/>second</g)).toHaveLength(1);
      expect(text).toContain("stroke:rgb(10, 108, 140)");
      expect(text).not.toMatch(/class=|var\(|help-tip/);
      const picture = await exported(chart, "Picture (PNG)");
      expect(picture.text.slice(1, 4)).toBe("PNG");
    });

    it("gives its figures where it has them as a file, and nothing without a name for files", async () => {
      const chart = await mountLines();
      await stage.change("line-chart", () => ({ csv: () => "epoch,first\n0,0\n" }));
      expect((await exported(chart, "Figures (CSV)")).text).toBe("epoch,first\n0,0\n");
      await stage.change("line-chart", { stem: "" });
      expect(await chart.locator("export-menu").count()).toBe(0);
    });

    it("is accessible", async () => {
      await mountLines({ note: "a note", references: [{ name: "chance", y: 0.1 }] });
      await stage.isAccessible();
    });
  });

  describe("export-menu", () => {
    it("says so where there is nothing to export yet", async () => {
      const menu = await stage.mount("export-menu", { heading: "Nothing", stem: "nothing" });
      await menu.getByRole("button", { name: "Export Nothing" }).click();
      await menu.getByRole("button", { name: "Picture (PNG)" }).click();
      expect(await menu.getByRole("alert").innerText()).toBe("There is nothing to export yet.");
      await stage.page.keyboard.press("Escape");
    });

    it("has no drawing of a canvas, and says how a file failed", async () => {
      const menu = await stage.mount("export-menu", () => ({
        heading: "Heat map",
        canvas: true,
        csv: async () => await Promise.reject(new Error("The figures are gone.")),
      }));
      await menu.getByRole("button", { name: "Export Heat map" }).click();
      expect(await menu.locator("[popover]").getByRole("button").allInnerTexts()).toEqual([
        "Picture (PNG)",
        "Figures (CSV)",
      ]);
      await menu.getByRole("button", { name: "Figures (CSV)" }).click();
      expect(await menu.getByRole("alert").innerText()).toBe("The figures are gone.");
      await stage.isAccessible();
      await stage.page.keyboard.press("Escape");
    });
  });

  describe("roofline-chart", () => {
    const kernel = { pass: "forward", flops: 100, intensity: 10, gflops: 5 };
    const profile = {
      ceilings: { gflops: 10, gigabytesPerSecond: 2 },
      kernels: [
        { ...kernel, label: "conv1.forward" },
        { ...kernel, label: "fc1.forward", intensity: 1, gflops: 1 },
        { ...kernel, label: "batch", flops: 0 },
      ],
    } as unknown as Profile;

    it("has a point for each kernel that computes, under a roof", async () => {
      const chart = await stage.mount("roofline-chart", { profile }, [], size);
      expect(await chart.locator("circle").count()).toBe(2);
      expect(await chart.locator("svg").innerHTML()).toContain("10.0 GFLOP/s");
      expect((await chart.locator(".roof").getAttribute("points"))!.split(" ")).toHaveLength(3);
      await stage.isAccessible();
    });

    it("tells which kernel is pointed at, and names it", async () => {
      const chart = await stage.mount("roofline-chart", { profile }, ["point"], size);
      await chart.locator("circle").first().hover();
      expect(await stage.heard()).toEqual([{ type: "point", detail: "conv1.forward" }]);
      await stage.change("roofline-chart", { pointed: "conv1.forward" });
      expect(await chart.locator(".name").textContent()).toBe("conv1.forward");
      await stage.page.mouse.move(0, 0);
      expect(await stage.heard()).toEqual([{ type: "point", detail: null }]);
    });
  });
}
