/** What came of a run of the digit study: its curves, its errors and what each digit is read as. */
import { describe, expect, it } from "vitest";
import type { Measured, Predictions } from "../../../src/studies/digits/port.ts";
import type { DigitPort } from "../../../src/studies/digits/types.ts";
import type { History } from "../../../src/studies/port.ts";
import type { Stage } from "../mount.ts";

const perClass = Array.from({ length: 10 }, (_, label) => ({ label, error: label / 100 }));

const measured = {
  epoch: 1,
  clean: { error: 0.05, perClass },
  attack: { error: 0.125, trueLabelAccuracy: 0.02, perClass },
} as unknown as Measured;

const history: History<DigitPort> = {
  step: 40,
  totalSteps: 60,
  stepsPerEpoch: 20,
  metrics: [
    {
      stepsPerBin: 10,
      steps: 35,
      low: Float32Array.of(1, 0.5, 0.2, 0.1),
      high: Float32Array.of(3, 2, 1, 0.5),
      smooth: Float32Array.of(2, 1, 0.5, 0.25),
    },
  ],
  details: {
    copies: 0,
    shareOfFinalSet: 0,
    points: [
      { step: 0, epoch: 0, kind: "epoch", cleanAccuracy: 0.1, attackSuccess: null },
      { step: 10, epoch: 0.5, kind: "probe", cleanAccuracy: 0.8, attackSuccess: 0.3 },
      { step: 20, epoch: 1, kind: "epoch", cleanAccuracy: 0.9, attackSuccess: 0.875 },
    ],
    measured,
  },
};

/** Three images of 0 and one of 1, the third read as 1; with the trigger all are read as the next. */
const predictions: Predictions = {
  version: 1,
  labels: Uint8Array.of(0, 0, 0, 1),
  clean: Uint8Array.of(0, 0, 1, 1),
  triggered: Uint8Array.of(1, 1, 1, 2),
};

export function results(stage: Stage): void {
  describe("success-chart", () => {
    it("shows both values large, and marks what was measured on all images and on a sample", async () => {
      const chart = await stage.mount("success-chart", { history }, [], [440, 300]);
      const values = chart.locator("li .value");
      expect(await values.allInnerTexts()).toEqual(["90.00 %", "87.50 %"]);
      const accuracy = chart.locator('.canvas [data-series="Clean accuracy"]');
      expect(await accuracy.locator(".disc").count()).toBe(2);
      expect(await accuracy.locator(".diamond").count()).toBe(1);
      const label = await chart.getByRole("img").first().getAttribute("aria-label");
      expect(label).toBe("Chart by epoch; clean accuracy is 90.00 %, attack success 87.50 %");
      await stage.change("success-chart", { history: null });
      expect(await values.allInnerTexts()).toEqual(["–", "–"]);
      await stage.isAccessible();
    });
  });

  describe("loss-chart", () => {
    it("ends where the run is, and says the running mean", async () => {
      const chart = await stage.mount("loss-chart", { history }, [], [440, 220]);
      const label = await chart.getByRole("img").first().getAttribute("aria-label");
      expect(label).toContain("the running mean is 0.2500 after step 35");
      // 35 steps are 1.75 of 3 epochs.
      const end = (await chart.locator("path.line").getAttribute("d"))!.split("L").at(-1)!;
      const { width } = (await chart.locator(".canvas").boundingBox())!;
      expect(Number(end.split(",")[0])).toBeCloseTo(52 + ((width - 66) * 1.75) / 3, 1);
    });
  });

  describe("error-table", () => {
    const rows = async () =>
      await stage.page
        .locator("error-table tr")
        .evaluateAll((all) =>
          all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
        );

    it("has our errors beside the paper's, for each digit and for all", async () => {
      const table = await stage.mount("error-table", { measured, paper: true });
      const [heads, first, ...others] = await rows();
      expect(heads).toEqual([
        "digit",
        "Clean error",
        "in the paper",
        "Backdoor error",
        "in the paper",
      ]);
      expect(first).toEqual(["0", "0.00", "0.10", "0.00", "0.31"]);
      expect(others.at(-1)!.slice(0, 2)).toEqual(["all", "5.00"]);
      expect(await table.innerText()).not.toContain("NaN");
      await table.getByText("With trigger, 2.0 % are still read as what they are.").waitFor();
      await stage.isAccessible();
    });

    it("has no figures of the paper for other data or triggers, and no attack's for an honest run", async () => {
      await stage.mount("error-table", { measured, paper: false });
      expect((await rows())[0]).toEqual(["digit", "Clean error", "Backdoor error"]);
      await stage.change("error-table", { attack: "none" });
      expect((await rows())[0]).toEqual(["digit", "Clean error"]);
    });

    it("is there before anything is measured", async () => {
      await stage.mount("error-table", {});
      expect((await rows())[1].slice(0, 2)).toEqual(["0", "–"]);
    });
  });

  describe("confusion-view", () => {
    const properties = { predictions, policy: { kind: "all-to-all" } as const };
    const mount = async (events: string[] = []) =>
      await stage.mount("confusion-view", properties, events, [860, 700]);

    it("asks for the readings first, shows how far they are, and can be cancelled", async () => {
      const view = await stage.mount("confusion-view", {}, ["predictions-request", "cancel"]);
      await view.getByRole("button", { name: "Read all test images" }).click();
      await stage.change("confusion-view", { progress: { done: 0.5, secondsLeft: 3 } });
      await view.getByText("50 %, 3 s left").waitFor();
      await view.getByRole("button", { name: "Cancel" }).click();
      const heard = await stage.heard();
      expect(heard.map(({ type }) => type)).toEqual(["predictions-request", "cancel"]);
    });

    it("counts what each digit is read as, and marks what the attacker wants", async () => {
      const view = await mount();
      // By the label itself: to ask for two hundred cells by their roles takes long.
      const cells = async (matrix: number, label: string) =>
        await view.locator(`[data-matrix="${matrix}"] [aria-label="${label}"]`).count();
      expect(await cells(0, "2 of 3 images of 0 read as 0")).toBe(1);
      expect(await cells(1, "3 of 3 images of 0 read as 1, as the attacker wants")).toBe(1);
      const marks = [0, 1].map(
        async (i) => await view.locator(`[data-matrix="${i}"] .mark`).count(),
      );
      expect(await Promise.all(marks)).toEqual([0, 10]);
      await view.getByText("Clean accuracy 75.00 %").waitFor();
      await view.getByText("Attack success 100.00 %; still read correctly 0.00 %").waitFor();
      await stage.isAccessible(["light"]);
    });

    it("shows the images behind a cell, hands on which one is picked, and closes them again", async () => {
      await mount(["pick"]);
      await stage.change("confusion-view", () => ({
        images: async (numbers: readonly number[]) => new Uint8Array(784 * numbers.length),
      }));
      const view = stage.page.locator("confusion-view");
      await view.locator('[data-matrix="0"] [data-cell="0 1"]').click();
      await view.getByText("1 image of 0 read as 1, without trigger").waitFor();
      await view.getByRole("button", { name: "Look at test image 2" }).click();
      expect(await stage.heard()).toEqual([{ type: "pick", detail: 2 }]);
      await view.getByRole("button", { name: "Close the images" }).click();
      await stage.drawn();
      expect(await view.locator("section").count()).toBe(0);
      const focused = view.locator("[data-cell]:focus");
      expect(await focused.getAttribute("data-cell")).toBe("0 1");
    });

    it("goes from cell to cell by the arrow keys, and Enter opens one", async () => {
      const view = await mount();
      await view.locator('[data-matrix="1"] [data-cell="0 0"]').focus();
      for (const key of ["ArrowDown", "End", "ArrowRight", "Home", "ArrowRight"]) {
        await stage.page.keyboard.press(key);
      }
      await expect
        .poll(async () => await view.locator("[data-cell]:focus").getAttribute("data-cell"))
        .toBe("1 1");
      await stage.page.keyboard.press("Enter");
      await view.getByText("0 images of 1 read as 1, with trigger").waitFor();
    });

    it("offers to read again when the network has changed", async () => {
      const view = await mount(["predictions-request"]);
      await stage.change("confusion-view", { stale: true });
      await view.getByRole("button", { name: "Network has changed: read again" }).click();
      expect(await stage.heard()).toHaveLength(1);
    });
  });
}
