/** The bar of time, alone. */
import { describe, expect, it } from "vitest";
import type { Stage } from "../mount.ts";

export function time(stage: Stage): void {
  describe("time-bar", () => {
    it("where there is no room ends what it says beside the phase in dots, within its own width", async () => {
      const words = {
        epoch: { name: "epoch", title: "One epoch further" },
        tick: "epoch",
        start: "Start trains the attack that is set up",
        waits: "Starts when MNIST is here",
        absent: "A recording",
      } as const;
      const loading = "Compiling the network";
      const bar = await stage.mount("time-bar", { words, loading }, [], [320, 200]);
      const status = await bar.locator(".status").boundingBox();
      const beside = bar.locator(".status span");
      const box = (await beside.boundingBox())!;
      expect(box.x + box.width).toBeLessThanOrEqual(status!.x + status!.width);
      const [shown, whole, overflow] = await beside.evaluate((element) => [
        element.clientWidth,
        element.scrollWidth,
        getComputedStyle(element).textOverflow,
      ]);
      expect(shown).toBeLessThan(whole);
      expect(overflow).toBe("ellipsis");
      expect(await bar.getByRole("status").innerText()).toBe(loading);
    });
  });
}
