/** What the page says above the laboratory and over it, and what can be done about it. */
import { describe, expect, it } from "vitest";
import type { Stage } from "../mount.ts";

export function banners(stage: Stage): void {
  describe("notice-list", () => {
    const messages = [
      { key: "a", kind: "notice", text: "It goes on." },
      { key: "b", kind: "error", text: "It failed." },
    ] as const;

    it("interrupts with errors only, and each message can be dismissed", async () => {
      const list = await stage.mount("notice-list", { messages }, ["dismiss"]);
      expect(await list.getByRole("status").innerText()).toContain("It goes on.");
      expect(await list.getByRole("alert").innerText()).toContain("It failed.");
      await list.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
      expect(await stage.heard()).toEqual([{ type: "dismiss", detail: "b" }]);
      await stage.change("notice-list", { messages: messages.slice(0, 1) });
      expect(await list.locator(".banner").count()).toBe(1);
      await stage.isAccessible();
    });
  });

  describe("resume-offer", () => {
    it("says which run is kept since when, and can go on with it or forget it", async () => {
      const offer = await stage.mount("resume-offer", {}, ["resume", "discard"]);
      expect(await offer.locator("section").count()).toBe(0);
      const savedAt = Date.now() - 5 * 60_000;
      const run = { step: 1200, totalSteps: 2814, title: "pattern BadNet", savedAt };
      const checkpoint = { ...run, recipe: {}, dataName: "MNIST", dataSha256: "0" };
      await stage.change("resume-offer", { checkpoint });
      const text = await offer.locator("section").innerText();
      expect(text).toContain("pattern BadNet, step 1,200 of 2,814, 5 minutes ago.");
      await stage.isAccessible();
      await offer.getByRole("button", { name: "Resume" }).click();
      await offer.getByRole("button", { name: "Discard" }).click();
      expect((await stage.heard()).map(({ type }) => type)).toEqual(["resume", "discard"]);
      await stage.change("resume-offer", { busy: true });
      expect(await offer.getByRole("button", { name: "Discard" }).isEnabled()).toBe(false);
    });
  });

  describe("no-gpu-banner", () => {
    it("says what is wrong, and on request what to do about it", async () => {
      const banner = await stage.mount("no-gpu-banner", { message: "Its own words." });
      expect(await banner.getByRole("alert").innerText()).toContain("Its own words.");
      const advice = banner.locator("details ul").first();
      expect(await advice.isVisible()).toBe(false);
      await banner.getByText("What to do").click();
      expect(await advice.isVisible()).toBe(true);
      await stage.isAccessible();
    });
  });

  describe("reload-offer", () => {
    it("offers to reload, and Escape leaves the page as it is", async () => {
      const offer = await stage.mount("reload-offer", { step: 1200, message: "Gone." });
      const dialog = offer.getByRole("dialog", { name: "The graphics card has gone" });
      expect(await dialog.innerText()).toContain("kept at step 1,200");
      await stage.isAccessible();
      await stage.page.keyboard.press("Escape");
      expect(await dialog.isVisible()).toBe(false);
    });
  });
}
