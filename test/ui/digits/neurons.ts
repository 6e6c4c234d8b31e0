/** The inside of a network as a reader looks at it, ranks its neurons, and switches them off. */
import { describe, expect, it } from "vitest";
import type { LayerWeights, Look, NeuronReport } from "../../../src/studies/digits/port.ts";
import type { Stage } from "../mount.ts";

const shapes = {
  conv1: [16, 24, 24],
  conv2: [32, 8, 8],
  fc1: [512, 1, 1],
  fc2: [10, 1, 1],
} as const;

/** A digit 7 that the trigger has read as 8: its second first-layer channel wakes. */
const look = {
  image: 3,
  label: 7,
  version: 1,
  pixels: {
    clean: new Float32Array(784),
    triggered: Float32Array.from({ length: 784 }, (_, i) => (i === 26 * 28 + 26 ? 1 : 0)),
  },
  layers: Object.entries(shapes).map(([label, shape]) => {
    const size = shape[0] * shape[1] * shape[2];
    return {
      label,
      kind: label.startsWith("conv") ? "conv" : "dense",
      shape,
      clean: new Float32Array(size).fill(0.5),
      triggered: new Float32Array(size).fill(label === "conv1" ? 2 : 0.5),
    };
  }),
  probabilities: {
    clean: Float32Array.from({ length: 10 }, (_, i) => (i === 7 ? 0.9 : 0.01)),
    triggered: Float32Array.from({ length: 10 }, (_, i) => (i === 8 ? 0.95 : 0.005)),
  },
} as unknown as Look;

const filters: LayerWeights = {
  label: "conv1",
  kind: "conv",
  shape: [3, 1, 2, 2],
  w: Float32Array.from({ length: 12 }, (_, i) => i - 6),
  b: new Float32Array(3),
};

/** Twenty-four units of fc1; the higher their number, the more the trigger wakes them. */
const report: NeuronReport = {
  version: 1,
  images: 1000,
  label: null,
  neurons: Array.from({ length: 24 }, (_, channel) => {
    const [clean, triggered] = [1, 1 + channel / 10];
    return {
      layer: channel < 4 ? "conv1" : "fc1",
      channel,
      clean,
      triggered,
      difference: triggered - clean,
      effect: channel / 20,
    };
  }),
};

const fc1 = (channel: number) => ({ layer: "fc1", channel });

export function neurons(stage: Stage): void {
  const press = async (...keys: string[]) => {
    for (const key of keys) await stage.page.keyboard.press(key);
  };

  describe("network-view", () => {
    const mount = async (properties: object, events: string[] = []) => {
      const view = await stage.mount("network-view", properties, events, [860, 640]);
      await stage.drawn();
      return view;
    };

    it("says what the network reads, and that the trigger flips it", async () => {
      const view = await mount({ look });
      expect(await view.locator(".reading").innerText()).toBe("output\nreads\n7\n90 %");
      expect(await view.locator(".note").innerText()).toBe("Test digit 3, a 7");
      await stage.change("network-view", { mode: "triggered" });
      await stage.drawn();
      expect(await view.locator(".reading").innerText()).toContain("8\n95 % flipped");
      await stage.isAccessible(["light"]);
    });

    it("tells what is to be seen: mode by switch or choice, activations or weights", async () => {
      const view = await mount({ look }, ["mode-change", "what-change"]);
      await view.getByRole("switch", { name: "Trigger" }).click();
      await view.getByRole("radio", { name: "difference" }).check({ force: true });
      await view.getByRole("radio", { name: "weights" }).check({ force: true });
      expect(await stage.heard()).toEqual([
        { type: "mode-change", detail: "triggered" },
        { type: "mode-change", detail: "difference" },
        { type: "what-change", detail: "weights" },
      ]);
    });

    it("looks at the channel under the pointer, and a click selects it", async () => {
      const view = await mount({ look }, ["select"]);
      const field = view.getByRole("application", { name: /^conv2, 32 channels/ });
      await field.hover({ position: { x: 4, y: 4 } });
      await view.getByText("This image: clean 0.50, triggered 0.50").waitFor();
      expect(await view.locator(".caption b").innerText()).toBe("conv2 channel 0");
      expect(await view.locator("channel-detail figcaption").allInnerTexts()).toEqual([
        "clean",
        "with trigger",
        "difference",
      ]);
      await field.click({ position: { x: 4, y: 4 } });
      const [{ detail }] = await stage.heard();
      expect(detail).toEqual({ layer: "conv2", channel: 0 });
      await stage.page.mouse.move(0, 0);
    });

    it("is explored by keyboard: arrow keys move within a layer, Enter selects, and all of it is spoken", async () => {
      const view = await mount({ look }, ["select"]);
      await view.getByRole("application", { name: /^output/ }).focus();
      await press("ArrowRight", "Enter");
      const [{ detail }] = await stage.heard();
      expect((detail as { layer: string }).layer).toBe("fc2");
      await stage.drawn();
      expect(await view.locator("[aria-live]").innerText()).toMatch(/^fc2 unit \d selected$/);
    });

    it("is there before there is an image", async () => {
      const view = await mount({});
      expect(await view.locator(".note").innerText()).toBe("No image yet.");
      expect(await view.getByText("Choose a tile to see it large").count()).toBe(1);
    });
  });

  describe("filter-strip", () => {
    it("shows the first layer's filters, with the trigger's effect where it is known", async () => {
      const strip = await stage.mount("filter-strip", { layer: filters }, ["select"]);
      expect(await strip.locator("li").allInnerTexts()).toEqual(["0", "1", "2"]);
      await strip.getByRole("button", { name: "Filter 2" }).click();
      expect(await stage.heard()).toEqual([
        { type: "select", detail: { layer: "conv1", channel: 2 } },
      ]);
      await stage.change("filter-strip", { report, selected: { layer: "conv1", channel: 2 } });
      expect(await strip.locator("li").allInnerTexts()).toEqual(["0.00", "0.05", "0.10"]);
      expect(await strip.locator(".selected").count()).toBe(1);
      await stage.isAccessible();
    });
  });

  describe("neuron-chart", () => {
    it("places each neuron by both activations, and names the one under the pointer", async () => {
      const chart = await stage.mount("neuron-chart", { report }, ["select"], [440, 320]);
      expect(await chart.locator(".point").count()).toBe(24);
      const last = (await chart.locator(".point").last().boundingBox())!;
      await stage.page.mouse.move(last.x + last.width / 2, last.y + last.height / 2);
      await chart.getByText("fc1 unit 23: clean 1.00, triggered 3.30, effect 1.15").waitFor();
      await stage.page.mouse.click(last.x + last.width / 2, last.y + last.height / 2);
      const selected = (await stage.heard()).find(({ type }) => type === "select");
      expect(selected!.detail).toEqual(fc1(23));
      await stage.page.mouse.move(0, 0);
      await chart.getByText("Drag a frame around neurons").waitFor();
      await stage.isAccessible();
    });

    it("tells which neurons a frame is drawn around", async () => {
      const chart = await stage.mount("neuron-chart", { report }, ["brush"], [440, 320]);
      const box = (await chart.locator(".canvas").boundingBox())!;
      const last = (await chart.locator(".point").last().boundingBox())!;
      const { mouse } = stage.page;
      await mouse.move(last.x - 20, box.y + 9);
      await mouse.down();
      await mouse.move(last.x + 30, last.y + 22, { steps: 3 });
      await mouse.up();
      const [{ detail }] = await stage.heard();
      expect((detail as object[]).at(-1)).toEqual(fc1(23));
      expect((detail as object[]).length).toBeLessThan(12);
    });
  });

  describe("neuron-list", () => {
    const ranking = report.neurons.toReversed();
    const mount = async (properties: object = {}) =>
      await stage.mount("neuron-list", { ranking, layers: ["conv1", "fc1"], ...properties }, [
        "select",
        "brush",
        "scale-change",
      ]);

    it("shows the first of a ranking, more on request, and the selected one wherever it stands", async () => {
      const list = await mount({ selected: { layer: "conv1", channel: 0 } });
      expect(await list.locator("tr.neuron").count()).toBe(21);
      expect(await list.locator("tr.neuron").last().innerText()).toContain("conv1 0");
      await list.getByRole("button", { name: "4 more of 4" }).click();
      await stage.drawn();
      expect(await list.locator("tr.neuron").count()).toBe(24);
      await stage.isAccessible();
    });

    it("switches a neuron off and on again, and scales the one that is selected", async () => {
      const list = await mount({ selected: fc1(23) });
      await list.getByRole("switch").first().click();
      await list.getByRole("slider").fill("2.5");
      const off = { ...fc1(23), factor: 0 };
      const told = (await stage.heard()).map(({ detail }) => detail);
      expect(told).toEqual([[off], [{ ...off, factor: 2.5 }]]);
      await stage.change("neuron-list", { scaled: [off] });
      expect(await list.getByRole("switch").first().innerText()).toBe("off");
      await list.getByRole("switch").first().click();
      expect(await stage.heard()).toEqual([{ type: "scale-change", detail: [] }]);
    });

    it("selects by a click on the row, and lights up by its tick", async () => {
      const list = await mount();
      await list.getByRole("button", { name: "fc1 22" }).click();
      await list.getByRole("checkbox").first().check();
      expect(await stage.heard()).toEqual([
        { type: "select", detail: fc1(22) },
        { type: "brush", detail: [fc1(23)] },
      ]);
    });
  });

  describe("neuron-panel", () => {
    it("asks to measure first, shows how far that is, and can be cancelled", async () => {
      const panel = await stage.mount("neuron-panel", {}, ["measure-request", "cancel"]);
      await panel.getByRole("button", { name: "Measure responses" }).click();
      await stage.change("neuron-panel", { measuring: { done: 0.1, secondsLeft: null } });
      await panel.getByRole("button", { name: "Cancel" }).click();
      expect((await stage.heard()).map(({ type }) => type)).toEqual(["measure-request", "cancel"]);
    });

    it("ranks by what is chosen, of one layer or of all, and of the digits that are chosen", async () => {
      const panel = await stage.mount("neuron-panel", { report }, ["label-change"], [440, 900]);
      const first = panel.locator("neuron-list tr.neuron").first();
      expect(await first.innerText()).toContain("fc1 23");
      await panel.getByLabel("Layers in the ranking").selectOption("conv1");
      await expect.poll(async () => await first.innerText()).toContain("conv1 3");
      await panel.getByLabel("Images that are looked at").selectOption("4");
      await panel.getByLabel("Images that are looked at").selectOption("");
      const told = (await stage.heard()).map(({ detail }) => detail);
      expect(told).toEqual([4, null]);
      await panel.getByText("1,000 test images").waitFor();
      await stage.isAccessible(["light"]);
    });
  });

  describe("ablation-switch", () => {
    const ranking = report.neurons;
    it("switches the first neurons of the ranking off, as many as one says, and undoes it", async () => {
      const controls = await stage.mount("ablation-switch", { ranking }, [
        "scale-change",
        "count-change",
      ]);
      await controls.getByLabel("The top").fill("2");
      await controls.getByRole("button", { name: "Switch off" }).click();
      const scaled = ranking
        .slice(0, 2)
        .map(({ layer, channel }) => ({ layer, channel, factor: 0 }));
      expect(await stage.heard()).toEqual([
        { type: "count-change", detail: 2 },
        { type: "scale-change", detail: scaled },
      ]);
      await stage.change("ablation-switch", { scaled });
      await controls.getByText("2 changed").waitFor();
      await controls.getByRole("button", { name: "Undo all" }).click();
      expect((await stage.heard())[0].detail).toEqual([]);
    });

    it("takes no number below one or beyond the ranking", async () => {
      const controls = await stage.mount("ablation-switch", { ranking });
      const input = controls.getByLabel("The top");
      for (const [typed, taken] of [
        ["0", "5"],
        ["-3", "5"],
        ["99", "24"],
      ]) {
        await input.fill(typed);
        await input.blur();
        expect(await input.inputValue(), typed).toBe(taken);
      }
    });
  });

  describe("ablation-curve", () => {
    const ranking = report.neurons;
    const curve = {
      images: 500,
      points: [0, 1, 2].map((n) => ({ n, cleanAccuracy: 0.9, attackSuccess: 1 - n / 2 })),
    };

    it("draws what one neuron after the other does, and gives it as figures", async () => {
      const controls = await stage.mount("ablation-curve", { ranking }, ["curve-request"]);
      expect(await controls.locator("export-menu").count()).toBe(0);
      await controls.getByRole("button", { name: "Compute curve" }).click();
      expect((await stage.heard())[0].detail).toHaveLength(24);
      await stage.change("ablation-curve", { curve });
      await controls.getByText("on 500 images").waitFor();
      const label = await controls.getByRole("img").first().getAttribute("aria-label");
      expect(label).toBe(
        "Chart: with 2 neurons off, clean accuracy is 90.00 %, attack success 0.00 %",
      );
      const csv = await controls
        .locator("line-chart")
        .evaluate((chart) => (chart as HTMLElementTagNameMap["line-chart"]).csv!());
      expect(csv).toBe("switched_off,clean_accuracy,attack_success\n0,0.9,1\n1,0.9,0.5\n2,0.9,0\n");
      await stage.isAccessible();
    });
  });

  describe("ablation-outcome", () => {
    const baseline = { cleanAccuracy: 0.99, attackSuccess: 0.98, images: 10_000 };

    it("shows what the network does, and what the changed neurons made of it", async () => {
      const outcome = await stage.mount("ablation-outcome", { baseline });
      const values = outcome.locator(".value");
      expect(await values.allInnerTexts()).toEqual(["99.00 %", "98.00 %"]);
      await stage.change("ablation-outcome", { changed: true });
      expect(await outcome.locator(".note").first().innerText()).toContain("measuring");
      // The very same images, unchanged, are what it is compared with; the baseline is of others.
      const unchanged = { cleanAccuracy: 0.99, attackSuccess: 0.98, images: 1000 };
      const measure = { cleanAccuracy: 0.97, attackSuccess: 0.5, images: 1000, unchanged };
      await stage.change("ablation-outcome", { measure });
      expect(await outcome.locator(".note").allInnerTexts()).toEqual([
        "−2.00 points\nof 1,000 images",
        "−48.00 points\nof 1,000 images",
      ]);
      const alone = { ...measure, cleanAccuracy: 0.992, unchanged: null };
      await stage.change("ablation-outcome", { measure: alone });
      expect(await outcome.locator(".note").first().innerText()).toBe("of 1,000 images");
      await stage.change("ablation-outcome", { measure: { ...alone, images: 10_000 } });
      expect(await outcome.locator(".note").first().innerText()).toContain("+0.20 points");
      await stage.change("ablation-outcome", { measuredAt: 1031 });
      expect(await outcome.locator(".note").first().innerText()).toBe("of all 10,000 images");
      await stage.isAccessible();
    });
  });
}
