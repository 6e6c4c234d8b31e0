/** What a detector sees and how well, as a reader of the sign study meets it. */
import { describe, expect, it } from "vitest";
import type { History, LossBins } from "../../../src/studies/port.ts";
import type { PhotoSummary, PictureView } from "../../../src/studies/signs/port.ts";
import type { SignPort } from "../../../src/studies/signs/types.ts";
import type { Stage } from "../mount.ts";

const classes = ["stop", "speed limit"];

const view: PictureView = {
  width: 100,
  height: 50,
  pixels: new Uint8ClampedArray(4 * 100 * 50).fill(120),
  truth: [
    { label: 0, box: [10, 10, 30, 30] },
    { label: 1, box: [60, 10, 80, 30] },
  ],
  found: [
    { label: 0, score: 0.95, box: [11, 10, 30, 30] },
    { label: 0, score: 0.7, box: [61, 10, 80, 30] },
    { label: 1, score: 0.6, box: [40, 35, 50, 45] },
    { label: 1, score: 0.2, box: [0, 0, 9, 9] },
  ],
  step: 100,
};

const loss: LossBins = {
  stepsPerBin: 10,
  steps: 20,
  low: Float32Array.of(0.5, 0.1),
  high: Float32Array.of(2, 1),
  smooth: Float32Array.of(1, 0.25),
};

const score = (averagePrecision: number | null) => ({
  step: 20,
  images: 50,
  classes: [
    { signs: 30, averagePrecision, recall: 0.9, accuracy: 0.8 },
    { signs: 10, averagePrecision: 0.5, recall: 0.5, accuracy: 0.4 },
  ],
  accuracy: 0.7,
  meanAveragePrecision: 0.6,
  confusion: [
    [24, 3, 3],
    [1, 4, 5],
    [2, 0, 0],
  ],
  sizes: [],
  photographs: null,
});

const history = {
  step: 20,
  totalSteps: 100,
  stepsPerEpoch: 100,
  metrics: [loss, loss, loss, loss],
  details: { points: [score(null), { ...score(0.7), step: 20 }] },
} as unknown as History<SignPort>;

export function pictures(stage: Stage): void {
  describe("sticker-photograph", () => {
    /** Says where the sticker is put, and finds a speed limit wherever that is. */
    const properties = () => ({
      view: {
        width: 100,
        height: 50,
        pixels: new Uint8ClampedArray(4 * 100 * 50).fill(120),
        truth: [],
        found: [
          { label: 0, score: 0.95, box: [10, 10, 30, 30] as const },
          { label: 0, score: 0.9, box: [60, 10, 80, 30] as const },
        ],
        step: 100,
      },
      classes: ["stop", "speed limit"],
      heading: "Street",
      dress: async (sign: { box: readonly number[] }, place: readonly number[]) => {
        document.body.dataset["put"] = [sign.box[0], ...place.map((v) => v.toFixed(2))].join(" ");
        return {
          width: 100,
          height: 50,
          pixels: new Uint8ClampedArray(4 * 100 * 50).fill(90),
          truth: [],
          found: [{ label: 1, score: 0.8, box: [10, 10, 30, 30] as const }],
          step: 100,
        };
      },
    });
    const put = async () => await stage.page.evaluate(() => document.body.dataset["put"]);

    it("puts a sticker on the surest sign, and shows what is found then, until it is taken off", async () => {
      const photograph = await stage.mount("sticker-photograph", properties);
      expect(await photograph.locator("figcaption").innerText()).toBe("Street: 2 found");
      await photograph.getByRole("button", { name: "Put a sticker on" }).click();
      await photograph.getByText("speed limit 80 %").waitFor();
      expect(await put()).toBe("10 0.57 0.82");
      await stage.isAccessible();
      await photograph.getByRole("button", { name: "Take the sticker off" }).click();
      await photograph.getByText("stop 95 %").waitFor();
    });

    it("moves it by arrow keys, and to the sign that it is dragged over", async () => {
      const photograph = await stage.mount("sticker-photograph", properties);
      await photograph.getByRole("button", { name: "Put a sticker on" }).click();
      await photograph.getByRole("application").press("ArrowRight");
      await expect.poll(put).toBe("10 0.60 0.82");
      const canvas = (await photograph.locator("canvas").boundingBox())!;
      const at = (x: number, y: number) =>
        [canvas.x + (x / 100) * canvas.width, canvas.y + (y / 50) * canvas.height] as const;
      await stage.page.mouse.move(...at(65, 20));
      await stage.page.mouse.down();
      await expect.poll(put).toBe("60 0.25 0.50");
      await stage.page.mouse.move(...at(75, 25));
      await expect.poll(put).toBe("60 0.75 0.75");
      // Where no sign is, it stays.
      await stage.page.mouse.move(...at(95, 45));
      await stage.page.mouse.up();
      expect(await put()).toBe("60 0.75 0.75");
    });

    it("has nothing to offer where no sign is found", async () => {
      const photograph = await stage.mount("sticker-photograph", () => ({
        view: {
          width: 10,
          height: 10,
          pixels: new Uint8ClampedArray(400),
          truth: [],
          found: [],
          step: 1,
        },
        dress: async () => await Promise.reject(new Error("not asked")),
      }));
      expect(await photograph.getByRole("button").isDisabled()).toBe(true);
    });
  });

  describe("sign-picture", () => {
    it("draws what is there and what was found, and says how many of it are right", async () => {
      const picture = await stage.mount("sign-picture", { view, classes, heading: "Scene" });
      expect(await picture.locator("rect.truth").count()).toBe(2);
      expect(await picture.locator("rect.found").count()).toBe(3);
      expect(await picture.locator("figcaption").innerText()).toBe(
        "Scene: 1 of 2 right, 1 false alarm",
      );
      expect(await picture.locator(".name").allInnerTexts()).toEqual([
        "stop 95 %",
        "stop 70 %",
        "speed limit 60 %",
      ]);
      const spoken = await picture.getByRole("img").getAttribute("aria-label");
      expect(spoken).toBe("Scene. Found: stop 95.00 %, stop 70.00 %, speed limit 60.00 %.");
      await stage.isAccessible();
    });

    it("draws boxes down to the score that is asked for", async () => {
      const picture = await stage.mount("sign-picture", { view, classes, least: 0.9 });
      expect(await picture.locator("rect.found").count()).toBe(1);
      await stage.change("sign-picture", { least: 0.1 });
      expect(await picture.locator("rect.found").count()).toBe(4);
    });

    it("counts what it finds where nobody knows what is there, and waits for its picture", async () => {
      const picture = await stage.mount("sign-picture", { classes, heading: "Camera" });
      const spoken = await picture.getByRole("img").getAttribute("aria-label");
      expect(spoken).toBe("Camera. On its way.");
      await stage.change("sign-picture", { view: { ...view, truth: [] } });
      expect(await picture.locator("figcaption").innerText()).toBe("Camera: 3 found");
      await stage.change("sign-picture", { view: { ...view, truth: [], found: [] } });
      expect(await picture.locator("figcaption").innerText()).toBe("Camera: no signs found");
    });
  });

  describe("sign-maps", () => {
    const layers = ["conv1", "rpn_score"].map((label) => ({
      label,
      shape: [4, 6, 8] as const,
      values: new Float32Array(4 * 6 * 8).fill(0.5),
    }));
    const mount = async () =>
      await stage.mount("sign-maps", { picture: view, layers, classes }, [], [800, 700]);

    it("shows every channel of every layer, and one of them large", async () => {
      const maps = await mount();
      expect(await maps.locator("section h2").allInnerTexts()).toEqual(["conv1", "rpn_score"]);
      await maps.getByText("rpn_score, channel 2: 0 to 0.50").waitFor();
      await stage.isAccessible();
    });

    it("shows another channel large by pointer or arrow key", async () => {
      const maps = await mount();
      const first = maps.getByRole("application", { name: /^Channels of conv1/ });
      await first.click({ position: { x: 5, y: 5 } });
      await maps.getByText("conv1, channel 0: 0 to 0.50").waitFor();
      await stage.page.keyboard.press("ArrowRight");
      await maps.getByText("conv1, channel 1: 0 to 0.50").waitFor();
    });

    it("leaves the Tab key alone", async () => {
      const maps = await mount();
      await maps.getByRole("application").first().focus();
      await stage.page.keyboard.press("Tab");
      const focused = maps.locator(".sheet:focus");
      expect(await focused.getAttribute("aria-label")).toContain("rpn_score");
      await maps.getByText("rpn_score, channel 2").waitFor();
    });

    it("waits for the feature maps", async () => {
      const maps = await stage.mount("sign-maps", {});
      await maps.getByText("The feature maps are on their way.").waitFor();
    });
  });

  describe("the detector's charts", () => {
    it("show four losses, each with its latest value", async () => {
      const chart = await stage.mount("sign-loss-chart", { history }, [], [440, 270]);
      const named = await chart.locator("li").allInnerTexts();
      expect(named).toHaveLength(4);
      expect(named[0]).toMatch(/\S+\n0\.250$/);
      expect(await chart.locator(".canvas path.band").count()).toBe(4);
      await stage.isAccessible();
    });

    it("show the average precision of each class, from when there is one", async () => {
      const properties = { history, classes };
      const chart = await stage.mount("sign-score-chart", properties, [], [440, 250]);
      expect(await chart.locator("li").allInnerTexts()).toEqual([
        "stop\n70.00 %",
        "speed limit\n50.00 %",
      ]);
      const marks = chart.locator(".canvas [data-series='stop'] .disc");
      expect(await marks.count()).toBe(1);
    });
  });

  describe("sign-score", () => {
    it("has a row for each class and their average, and what is taken for what", async () => {
      const properties = { point: score(0.7), classes } as object;
      const panel = await stage.mount("sign-score", properties);
      const rows = await panel.locator("table").first().locator("tr").allInnerTexts();
      expect(rows.slice(1).map((row) => row.split("\t"))).toEqual([
        ["stop", "30", "70.00 %", "90.00 %", "80.00 %"],
        ["speed limit", "10", "50.00 %", "50.00 %", "40.00 %"],
        ["average", "40", "60.00 %", "80.00 %", "70.00 %"],
      ]);
      const confusion = panel.getByRole("region", { name: "Confusion, drawn scenes" });
      expect(await confusion.locator("tr").last().innerText()).toBe("no sign\t2\t0\t–");
      expect(await confusion.locator(".right").allInnerTexts()).toEqual(["24", "4"]);
      await stage.isAccessible();
    });

    it("has photographs' own rows where some were measured, and none before a measurement", async () => {
      const photographs = { ...score(0.4), classes: score(0.4).classes.slice(0, 1) };
      const point = { ...score(0.7), photographs };
      const panel = await stage.mount("sign-score", { point, classes } as object);
      const heads = async () => await panel.locator("table").first().locator("th").allInnerTexts();
      expect((await heads()).slice(-2)).toEqual(["stop, photographs", "average, photographs"]);
      // Beside them, the others say what they are of.
      expect(await heads()).toContain("average, drawn scenes");
      expect(await panel.locator(".confusion").count()).toBe(2);
      await stage.change("sign-score", { point: null });
      await stage.drawn();
      expect((await heads()).slice(-2)).toEqual(classes);
      await panel.getByText("Measured up to twenty times in a run.").waitFor();
    });
  });

  describe("sign-collection", () => {
    const summary: PhotoSummary = {
      name: "street.zip",
      count: 1200,
      train: 600,
      test: 600,
      names: [{ name: "STOP_A", boxes: 7, label: null }],
      report: ["a.jpg has no label file"],
    };

    it("says what was read, lets a class be chosen for a name, and gives the whole report", async () => {
      const panel = await stage.mount("sign-collection", { summary, classes }, [
        "class-change",
        "save-report",
        "forget",
      ]);
      await panel.getByText("1,200 photographs, 600 to train on, 600 to measure on.").waitFor();
      await panel.getByLabel("Class of STOP_A").selectOption("stop");
      await panel.getByText("1 things were left out").click();
      await stage.isAccessible();
      await panel.getByRole("button", { name: "Save the whole list" }).click();
      await panel.getByRole("button", { name: "Remove them" }).click();
      const heard = await stage.heard();
      expect(heard.map(({ type }) => type)).toEqual(["class-change", "save-report", "forget"]);
      expect(heard[0].detail).toEqual({ name: "STOP_A", label: 0 });
    });

    it("waits while photographs are read, and can be told to stop", async () => {
      const progress = { done: 0.5, secondsLeft: null };
      const panel = await stage.mount("sign-collection", { progress }, ["cancel"]);
      expect(await panel.getByRole("button", { name: "Open a folder…" }).isEnabled()).toBe(false);
      await panel.getByRole("button", { name: "Cancel" }).click();
      expect(await stage.heard()).toHaveLength(1);
    });
  });

  describe("sign-camera", () => {
    it("says in words why there is no camera", async () => {
      const camera = await stage.mount("sign-camera", { classes });
      await stage.page.evaluate(() => {
        Object.defineProperty(navigator, "mediaDevices", {
          configurable: true,
          value: {
            getUserMedia: async () =>
              await Promise.reject(new DOMException("no", "NotAllowedError")),
          },
        });
      });
      await camera.getByRole("button", { name: "Use the camera" }).click();
      await camera.getByText("The browser did not allow the camera").waitFor();
      await stage.isAccessible();
    });
  });
}
