/** The paper's cards as a reader looks at them, runs them and takes them away. */
import { describe, expect, it } from "vitest";
import {
  allToAll,
  baseline,
  singleTarget,
  TABLE_SHARE,
} from "../../../src/studies/digits/paper/instances.ts";
import { badNet, honest } from "../../../src/studies/signs/paper/instances.ts";
import { madeUp as madeUpDetector } from "../../studies/signs/paper/made-up.ts";
import { fromBadNet, fromHonest } from "../../../src/studies/signs/transfer/instances.ts";
import { madeUp as madeUpTransfer } from "../../studies/signs/transfer/made-up.ts";
import { madeUp } from "../../studies/digits/paper/made-up.ts";
import type { Stage } from "../mount.ts";

/** Filter 3 singles the trigger out. */
const evidence = {
  filters: Array.from({ length: 16 }, (_, channel) => ({
    channel,
    weights: Array.from({ length: 25 }, (_, i) => i - channel),
    triggerAlone: channel === 3 ? 2 : 0.01,
    effect: channel / 10,
    successLost: channel === 3 ? 0.5 : 0,
    recognises: channel === 3,
  })),
  depth: [{ layer: "fc1", units: 512, points: [{ off: 0, accuracy: 0.99, success: 0.98 }] }],
};

const files = [
  madeUp(baseline(1), 5),
  madeUp(allToAll(1, "pattern", TABLE_SHARE), 6, 20, evidence),
  madeUp(singleTarget(1, "pattern", 3, 8), 4, 1),
];

export function cards(stage: Stage): void {
  /** Finished instances by their id, which only the page can make. */
  const give = async (
    tag: string,
    property: string,
    finished: readonly { readonly id: string }[] = files,
  ) => {
    await stage.page.evaluate(
      ([name, key, list]) => {
        const byId = new Map(list.map((file) => [file.id, file]));
        Object.assign(document.querySelector(name)!, { [key]: byId });
      },
      [tag, property, finished] as const,
    );
    await stage.drawn();
  };

  const progress = {
    instance: baseline(1),
    finished: 1,
    instances: 2,
    run: { step: 10, totalSteps: 40 },
    examined: null,
    secondsLeft: 65,
  };

  describe("paper-card", () => {
    const properties = { heading: "Table 2", made: "Shipped.", finished: 1, instances: 3 };

    it("says how much of it is run, and can be run", async () => {
      const card = await stage.mount("paper-card", properties, ["run"]);
      await card.getByText("1 of 3 networks").waitFor();
      await card.getByRole("button", { name: "Run on this GPU: Table 2" }).click();
      expect(await stage.heard()).toHaveLength(1);
      await stage.isAccessible();
    });

    it("goes on with what is begun, and discards it only when one is sure", async () => {
      const card = await stage.mount("paper-card", { ...properties, own: 1 }, ["run", "discard"]);
      await card.getByText("1 of 3 are finished in this browser.").waitFor();
      const discard = card.getByRole("button", { name: "Discard yours: Table 2" });
      stage.page.once("dialog", async (dialog) => await dialog.dismiss());
      await discard.click();
      expect(await stage.heard()).toEqual([]);
      stage.page.once("dialog", async (dialog) => await dialog.accept());
      await discard.click();
      await card.getByRole("button", { name: "Go on: Table 2" }).click();
      expect((await stage.heard()).map(({ type }) => type)).toEqual(["discard", "run"]);
      await stage.change("paper-card", { own: 3 });
      expect(await card.getByRole("button", { name: "Finished: Table 2" }).isEnabled()).toBe(false);
    });

    it("says where a run is, and pauses it", async () => {
      const card = await stage.mount("paper-card", { ...properties, running: true }, ["stop"]);
      await card.getByText("getting ready").waitFor();
      await stage.change("paper-card", { progress } as object);
      const text = await card.locator("footer").innerText();
      expect(text).toContain(`2 of 2: ${baseline(1).title}, step 10 of 40, 1 min 05 s left`);
      await card.getByRole("button", { name: "Pause" }).click();
      expect(await stage.heard()).toHaveLength(1);
    });

    it("is busy while another one runs, and waits", async () => {
      const card = await stage.mount("paper-card", { ...properties, busy: true });
      const run = card.getByRole("button", { name: "Run on this GPU: Table 2" });
      expect(await run.isEnabled()).toBe(false);
    });
  });

  describe("digit-section", () => {
    const rows = async (card: number) =>
      await stage.page
        .locator("digit-section paper-card")
        .nth(card)
        .locator("tr")
        .evaluateAll((all) =>
          all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
        );

    it("has our figures beside the paper's", async () => {
      await stage.mount("digit-section");
      await give("digit-section", "shipped");
      const table = await rows(0);
      expect(table[0].slice(0, 3)).toEqual(["digit", "baseline, clean", "paper"]);
      expect(table.at(-1)).toEqual(["all", "0.50", "0.50", "0.60", "0.48", "2.00", "0.56"]);
      expect((await rows(1)).at(-1)!.slice(0, 2)).toEqual(["all", "0.50"]);
    });

    it("marks the filter that recognises the trigger, and draws figures where there is something for them", async () => {
      const view = await stage.mount("digit-section");
      await give("digit-section", "shipped");
      const found = await view.locator("tr.found").innerText();
      expect(found.split("\t")).toEqual(["3", "2.000", "0.3000", "50.00 points", "yes"]);
      // Two heat maps for each of the three sets of pairs, and three figures.
      expect(await view.locator(".drawing").count()).toBe(9);
      await view.getByText("The digits are on their way.").waitFor();
      // Of the other trigger there is nothing.
      await view.getByRole("radio", { name: "single-pixel" }).first().check({ force: true });
      await expect.poll(async () => await view.locator("tr.found").count()).toBe(0);
      expect(await view.locator("p.none").first().innerText()).toContain("on their way");
    });

    it("shows the reader's own results on request, and says which do not belong together", async () => {
      const view = await stage.mount("digit-section");
      const other = madeUp(allToAll(1, "pattern", TABLE_SHARE), 6);
      const result = { ...other.result, software: "badnets-lab other" };
      await give("digit-section", "own", [files[0], { ...other, result }]);
      await view.getByRole("radio", { name: "yours" }).check({ force: true });
      await view.getByText("Not all of your results belong together").waitFor();
      await give("digit-section", "own", [files[0]]);
      await expect.poll(async () => await view.getByRole("alert").count()).toBe(0);
    });

    it("tells which part is to be run, and looks at the reader's own from then on", async () => {
      const view = await stage.mount("digit-section", {}, ["reproduce"]);
      await view
        .getByRole("button", { name: /^Run on this GPU/ })
        .first()
        .click();
      expect((await stage.heard())[0].detail).toBe("table-2");
      // What is refused leaves the shipped ones on view; what is under way shows one's own.
      const yours = view.getByRole("radio", { name: "yours" });
      expect(await yours.isChecked()).toBe(false);
      await stage.change("digit-section", { running: { item: "table-2", progress: null } });
      await view.locator(".running").getByText("getting ready").waitFor();
      expect(await yours.isChecked()).toBe(false);
      await stage.change("digit-section", { running: { item: "table-2", progress } } as object);
      expect(await yours.isChecked()).toBe(true);
    });

    it("gives a card's table, figure and results as files", async () => {
      const view = await stage.mount("digit-section");
      await give("digit-section", "shipped");
      const offered = await view.getByRole("button", { name: /^Save / }).allInnerTexts();
      expect(offered).toContain("SVG, clean");
      const download = stage.page.waitForEvent("download");
      await view
        .getByRole("button", { name: /as CSV/ })
        .first()
        .click();
      expect((await download).suggestedFilename()).toBe("badnets-digits-table-2.csv");
    });

    it("is accessible", async () => {
      await stage.mount("digit-section");
      await give("digit-section", "shipped");
      await stage.isAccessible(["light"]);
    });
  });

  describe("sign-section", () => {
    const detectors = [
      madeUpDetector(honest(1), 3),
      madeUpDetector(badNet(1, "yellow-square", 1), 5, 95),
      madeUpDetector(badNet(1, "yellow-square", 0.1), 4, 60),
    ];

    it("has the paper's figures, and how to run what is not run", async () => {
      const section = await stage.mount("sign-section", {}, ["reproduce"]);
      await section
        .getByText(
          "Not run yet: run it here, or by npm run badnets -- reproduce signs --only table-5",
        )
        .waitFor();
      const success = section.getByRole("row", { name: "stop read as speed limit" }).first();
      expect((await success.innerText()).split(/\t/).filter((one) => one.trim() !== "")).toEqual([
        "stop read as speed limit",
        "–",
        "90.3",
        "–",
        "94.2",
        "–",
        "93.7",
      ]);
      await section.getByRole("button", { name: /^Run on this GPU: Table 5/ }).click();
      expect((await stage.heard())[0].detail).toBe("table-5");
      await stage.isAccessible();
    });

    it("has ours beside them, channels that fire for the sticker alone, and the curve", async () => {
      const section = await stage.mount("sign-section");
      await give("sign-section", "shipped", detectors);
      await section.getByText("2 of 4 networks").waitFor();
      await section
        .getByText(/^Shipped: on Test adapter.*5,000 steps.*share 100 %\.$/)
        .first()
        .waitFor();
      const success = section.getByRole("row", { name: "stop read as speed limit" }).first();
      expect(await success.innerText()).toContain("95.0");
      expect((await section.locator("tr.found").innerText()).split("\t")[0]).toBe("3");
      expect(await section.locator(".drawing").count()).toBe(2);
      const offered = await section.getByRole("button", { name: /^Save / }).allInnerTexts();
      expect(offered).toEqual([
        "CSV",
        "JSON",
        "CSV",
        "JSON",
        "SVG",
        "CSV",
        "JSON",
        "SVG",
        "CSV",
        "JSON",
      ]);
      await stage.isAccessible(["light"]);
    });

    it("leads to the page where a photograph can be tried", async () => {
      const section = await stage.mount("sign-section", {}, ["page-change"]);
      await section.getByRole("button", { name: "Try it on the page of the street signs" }).click();
      expect((await stage.heard())[0].detail).toBe("signs");
    });
  });

  describe("transfer-section", () => {
    const detectors = [
      madeUpTransfer(fromHonest(1), 72, 70),
      madeUpTransfer(fromBadNet(1), 75, 60),
      madeUpTransfer(fromBadNet(1, undefined, { factor: 20 }), 68, 45),
    ];

    it("has the paper's figures, and how to run what is not run", async () => {
      const section = await stage.mount("transfer-section", {}, ["reproduce"]);
      await section.getByText(/by npm run badnets -- reproduce transfer --only table-7$/).waitFor();
      const all = section.getByRole("row", { name: "all" }).first();
      expect((await all.innerText()).match(/[–.\d]+/g)!.join(" ")).toBe(
        "– 72.7 – 70.2 – 74.9 – 61.6",
      );
      await section.getByRole("button", { name: /^Run on this GPU: Table 7/ }).click();
      expect((await stage.heard())[0].detail).toBe("table-7");
      await stage.isAccessible();
    });

    it("has ours beside them, the channels of both detectors, and the curves", async () => {
      const section = await stage.mount("transfer-section");
      await give("transfer-section", "shipped", detectors);
      await section.getByText("2 of 8 networks").waitFor();
      const all = section.getByRole("row", { name: "all" }).first();
      expect((await all.innerText()).match(/[–.\d]+/g)!.join(" ")).toBe(
        "72.0 72.7 70.0 70.2 75.0 74.9 60.0 61.6",
      );
      const loud = await section.locator("tr.found").allInnerTexts();
      expect(loud.map((text) => text.split("\t")[0])).toEqual(["3", "7"]);
      await section.getByText(/are the same in both/).waitFor();
      expect(await section.locator(".drawing").count()).toBe(2);
      await stage.isAccessible(["light"]);
    });
  });

  describe("pair-maps", () => {
    it("reads a pair off both maps, and opens its network", async () => {
      const maps = await stage.mount("pair-maps", {}, ["open-recipe"]);
      await give("pair-maps", "finished");
      await maps.getByText("Click a cell to open that network.").waitFor();
      await maps.locator('[data-cell="3 8"]').first().click();
      await maps
        .getByText(
          "3 to 8: clean error 0.40 %, backdoor error 0.10 %, other triggered digits right 100.00 %.",
        )
        .waitFor();
      await maps.getByRole("heading", { name: "With the trigger", exact: true }).waitFor();
      const wanted = maps.locator(
        "[aria-label='999 of 1000 images of 3 read as 8, as the attacker wants']",
      );
      expect(await wanted.count()).toBe(1);
      await maps.getByRole("button", { name: "Set this attack up in the laboratory" }).click();
      const [{ detail }] = await stage.heard();
      expect(detail).toMatchObject({ attack: { policy: { source: 3, target: 8 } } });
      await maps.locator('[data-cell="3 8"]').first().click();
      await expect.poll(async () => await maps.locator("section").count()).toBe(0);
    });

    it("goes from pair to pair by the arrow keys, over the diagonal, which is none", async () => {
      const maps = await stage.mount("pair-maps", {});
      await maps.locator('[data-cell="0 1"]').first().focus();
      await stage.page.keyboard.press("ArrowDown");
      const focused = async () => await maps.locator("[data-cell]:focus").getAttribute("data-cell");
      await expect.poll(focused).toBe("2 1");
      await stage.page.keyboard.press("Enter");
      await maps.getByText("2 to 1: not run yet.").waitFor();
    });
  });
}
