/** Small elements that a reader presses and chooses with. */
import { describe, expect, it } from "vitest";
import type { Stage } from "../mount.ts";

export function controls(stage: Stage): void {
  describe("help-tip", () => {
    it("opens its explanation by pointer or keyboard, within the window, and Escape closes it", async () => {
      const tip = await stage.mount("help-tip", { topic: "clean accuracy", text: "A share." });
      const bubble = tip.locator(".bubble");
      await tip.getByRole("button", { name: "What is clean accuracy?" }).click();
      expect(await bubble.innerText()).toBe("A share.");
      // It is put in its place a turn behind its opening.
      await expect
        .poll(async () => {
          const { x, y } = (await bubble.boundingBox())!;
          return Math.min(x, y);
        })
        .toBeGreaterThan(0);
      await stage.isAccessible();
      await stage.page.keyboard.press("Escape");
      await bubble.waitFor({ state: "hidden" });
      await stage.page.keyboard.press("Enter");
      await bubble.waitFor({ state: "visible" });
    });
  });

  describe("tab-bar", () => {
    const tabs = ["digits", "curves", "neurons"].map((id) => ({ id, name: id.toUpperCase() }));
    const mount = async () =>
      await stage.mount("tab-bar", { tabs, chosen: "curves", name: "Panels" }, ["choose"]);

    it("tells which tab is pressed, and shows as chosen what it is told", async () => {
      const bar = await mount();
      await bar.getByRole("tab", { name: "NEURONS" }).click();
      expect(await stage.heard()).toEqual([{ type: "choose", detail: "neurons" }]);
      expect(await bar.getByRole("tab", { selected: true }).innerText()).toBe("CURVES");
      await stage.change("tab-bar", { chosen: "neurons" });
      expect(await bar.getByRole("tab", { selected: true }).innerText()).toBe("NEURONS");
    });

    it("goes from tab to tab by the arrow keys, and round the ends", async () => {
      const bar = await mount();
      await bar.getByRole("tab", { name: "CURVES" }).focus();
      await stage.page.keyboard.press("ArrowLeft");
      await stage.change("tab-bar", { chosen: "digits" });
      await stage.page.keyboard.press("ArrowLeft");
      const heard = await stage.heard();
      expect(heard.map(({ detail }) => detail)).toEqual(["digits", "neurons"]);
    });

    it("is one stop of the Tab key", async () => {
      const bar = await mount();
      expect(await bar.locator("[tabindex='0']").allInnerTexts()).toEqual(["CURVES"]);
      await stage.isAccessible();
    });
  });

  describe("task-progress", () => {
    it("says how far the work is and how long it takes, and can be cancelled", async () => {
      const progress = { done: 0.25, secondsLeft: 75 };
      const task = await stage.mount("task-progress", { heading: "Reading", progress }, ["cancel"]);
      expect(await task.locator(".number").innerText()).toContain("25 %, 1 min 15 s left");
      expect(await task.getByRole("progressbar", { name: "Reading" }).getAttribute("max")).toBe(
        "1",
      );
      await task.getByRole("button", { name: "Cancel" }).click();
      expect(await stage.heard()).toHaveLength(1);
      await stage.change("task-progress", { progress: { done: 0.3, secondsLeft: null } });
      expect(await task.locator(".number").innerText()).not.toContain("left");
      await stage.isAccessible();
    });
  });

  describe("tile-sheet", () => {
    it("paints each map in its tile, and dark tiles where there are none", async () => {
      const grid = { columns: 2, count: 2, tileWidth: 3, tileHeight: 3, gap: 1 };
      const range = { ramp: "sequential", max: 1 } as const;
      const sheet = await stage.mount("tile-sheet", { grid, range, maps: null });
      expect(await sheet.locator("canvas").getAttribute("width")).toBe("7");
      const corners = async () => {
        const greys = await stage.greys();
        return [greys[0], greys[4]];
      };
      const [dark, alike] = await corners();
      expect(alike).toBe(dark);
      const maps = { values: Float32Array.of(0, 1), count: 2, height: 1, width: 1 };
      await stage.change("tile-sheet", { maps });
      const [first, second] = await corners();
      expect(first).toBe(dark);
      expect(second).toBeGreaterThan(3 * dark);
    });
  });
}
