/** A European detector beside others: its layers, what it finds, and a channel's map. */
import { describe, expect, it } from "vitest";
import type { Stage } from "../mount.ts";

export function transferred(stage: Stage): void {
  describe("transferred-detector", () => {
    const seen = () => {
      const values = new Float32Array(2 * 28 * 28);
      values[28 * 28 + 5] = 2;
      return {
        heading: "From the BadNet, strengthened",
        origin: "a U.S. BadNet's",
        changed: "channel 1 of the last one × 20",
        attacked: true,
        channel: 1,
        view: {
          picture: {
            width: 56,
            height: 56,
            pixels: new Uint8ClampedArray(4 * 56 * 56).fill(120),
            truth: [{ label: 2, box: [10, 10, 30, 30] as const }],
            found: [{ label: 3, score: 0.9, box: [10, 10, 30, 30] as const }],
            step: 3000,
          },
          map: { label: "conv5", shape: [2, 28, 28] as const, values },
        },
      };
    };

    it("says which layers it took over and which it learned, what it finds, and what the map goes up to", async () => {
      const element = await stage.mount("transferred-detector", seen);
      const layers = element.getByRole("list").getByRole("listitem");
      expect((await layers.allInnerTexts()).join(" ")).toBe(
        "conv1 conv2 conv3 conv4 conv5 proposals fc6 fc7 classes boxes",
      );
      expect(await element.locator(".changed").innerText()).toBe("conv5");
      await element
        .getByText("a U.S. BadNet's, as they are; channel 1 of the last one × 20")
        .waitFor();
      await element.getByText("From the BadNet, strengthened: 0 of 1 right").waitFor();
      await element.getByText(/^conv5, channel 1: .*2/).waitFor();
      await stage.isAccessible();
    });

    it("keeps its place while what it sees is on its way", async () => {
      const element = await stage.mount("transferred-detector", { heading: "From the honest one" });
      expect(await element.getByRole("listitem").count()).toBe(10);
      expect(await element.locator("tile-sheet").count()).toBe(0);
      await stage.isAccessible(["light"]);
    });
  });
}
