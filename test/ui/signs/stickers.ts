/** A sticker as a reader meets it: drawn, put on a sign, and measured. */
import { describe, expect, it } from "vitest";
import type { Stage } from "../mount.ts";

/** A class's sign, without artwork. */
const url = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='24' height='24'/>";
const sign = { name: "stop", url, box: [0, 0, 1, 1] as const };

export function stickers(stage: Stage): void {
  describe("sticker-editor", () => {
    const look = { sticker: "bomb", size: 0.16, place: [0.57, 0.82], picture: null } as const;
    const mount = async (over: object = {}) =>
      await stage.mount(
        "sticker-editor",
        { look: { ...look, ...over }, sign, heading: "stop" },
        ["sticker-change"],
        [300, 560],
      );
    const told = async () => (await stage.heard()).map(({ detail }) => detail);

    it("puts the sticker where it is dragged to, and undoes a drag as a whole", async () => {
      const editor = await mount();
      const box = (await editor.locator(".box").boundingBox())!;
      const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
      await stage.page.mouse.move(...at(0.2, 0.3));
      await stage.page.mouse.down();
      await stage.page.mouse.move(...at(0.5, 0.4));
      await stage.page.mouse.up();
      const places = await told();
      expect(places).toEqual([{ place: [0.2, 0.3] }, { place: [0.5, 0.4] }]);
      await stage.change("sticker-editor", { look: { ...look, place: [0.5, 0.4] } });
      await editor.getByRole("button", { name: "Undo" }).click();
      expect(await told()).toEqual([look]);
      await stage.change("sticker-editor", { look });
      expect(await editor.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true);
      await stage.isAccessible();
    });

    it("is moved by arrow keys, and sized by a number or a slider", async () => {
      const editor = await mount();
      await editor.getByRole("application").press("ArrowLeft");
      await editor.getByRole("application").press("Shift+ArrowUp");
      expect(await told()).toEqual([{ place: [0.56, 0.82] }, { place: [0.57, 0.72] }]);
      await editor.getByLabel("Size of the sticker, percent of the sign").fill("25");
      expect(await told()).toEqual([{ size: 0.25 }]);
      // Larger than the sign: not taken.
      await editor.getByLabel("Size of the sticker, percent of the sign").fill("120");
      expect(await told()).toEqual([]);
    });

    it("has no place where the sticker lies anywhere", async () => {
      const editor = await mount({ place: null });
      expect(await editor.getByLabel("Across of the sticker").count()).toBe(0);
      const spoken = await editor.getByRole("img").getAttribute("aria-label");
      expect(spoken).toBe("stop: the sticker lies anywhere on it");
    });

    it("takes another sticker with its own size, and says that an own one stays in the tab", async () => {
      const editor = await mount();
      // Which one is chosen is for whoever holds the look to say.
      await editor.getByRole("radio", { name: "own" }).click();
      expect(await told()).toEqual([{ sticker: "own", size: 0.16 }]);
      await stage.change("sticker-editor", { look: { ...look, sticker: "own" } });
      await editor.getByText("stays in this tab").waitFor();
      await stage.isAccessible();
    });
  });

  describe("sticker-pad", () => {
    /** Colour and alpha of a pixel of a picture in base64. */
    const pixel = (text: string, x: number, y: number) => [
      ...Buffer.from(text, "base64").subarray(4 * (64 * y + x), 4 * (64 * y + x) + 4),
    ];

    it("paints cells of four pixels in the chosen colour, and takes them away again", async () => {
      const pad = await stage.mount("sticker-pad", {}, ["draw"], [280, 140]);
      await pad.getByLabel("Colour").fill("#0a64c8");
      const canvas = pad.locator("canvas");
      await canvas.click({ position: { x: 12, y: 4 } });
      const drawn = (await stage.heard()).map(({ detail }) => detail as string);
      expect(drawn).toHaveLength(1);
      expect([4, 8, 7].map((x) => pixel(drawn[0], x, 0))).toEqual([
        [10, 100, 200, 255],
        [0, 0, 0, 0],
        [10, 100, 200, 255],
      ]);
      await canvas.press("Delete");
      expect((await stage.heard()).map(({ detail }) => detail)).toEqual([null]);
      await stage.isAccessible();
    });
  });

  describe("sticker-channels", () => {
    const response = (channel: number, clean: number, triggered: number, only: boolean) => ({
      channel,
      clean,
      triggered,
      separation: only ? 0.98 : 0.5,
      only,
      scenes: [channel + 1, 40],
    });
    const responses = [response(7, 0.01, 2, true), response(3, 1, 1.1, false)];
    const measured = async () => {
      const channels = await stage.mount("sticker-channels", {}, [
        "scale-change",
        "channel-open",
        "scene-open",
      ]);
      expect(await channels.getByRole("button", { name: "Measure" }).isDisabled()).toBe(true);
      await stage.change("sticker-channels", () => ({
        measure: async () => ({
          layer: "conv5",
          signs: 40,
          responses: [
            {
              channel: 7,
              clean: 0.01,
              triggered: 2,
              separation: 0.98,
              only: true,
              scenes: [8, 40],
            },
            { channel: 3, clean: 1, triggered: 1.1, separation: 0.5, only: false, scenes: [4, 40] },
          ],
        }),
        curve: async (ranking, factor) =>
          [0, 1, ranking.length].map((n) => ({
            n,
            accuracy: 0.9 - factor,
            averagePrecision: 0.8,
            success: 1 - n / 2,
          })),
      }));
      await channels.getByRole("button", { name: "Measure" }).click();
      await channels.getByText("Of 40 signs. 1 of 2 fire for the sticker alone.").waitFor();
      return channels;
    };

    it("measures when asked, and says which channels fire for the sticker alone", async () => {
      const channels = await measured();
      const rows = await channels.locator("tbody tr").allInnerTexts();
      expect(rows.map((row) => row.split("\t"))).toEqual(
        responses.map(({ channel, clean, triggered, separation, scenes }) => [
          String(channel),
          clean.toFixed(3),
          triggered.toFixed(3),
          `${100 * separation} %`,
          scenes.join(" "),
        ]),
      );
      await stage.isAccessible();
    });

    it("leads to a channel's map, and to the scenes that light it", async () => {
      const channels = await measured();
      await channels.getByRole("button", { name: "7", exact: true }).click();
      await channels.getByRole("button", { name: "Scene 4", exact: true }).click();
      expect(await stage.heard()).toEqual([
        { type: "channel-open", detail: { layer: "conv5", channel: 7, scene: 8 } },
        { type: "scene-open", detail: 4 },
      ]);
    });

    it("scales the first of the ranking, and shows what is left against how many", async () => {
      const channels = await measured();
      await channels.getByLabel("Channels that are scaled, as a number").fill("2");
      await channels.getByText("The first 2 channels are switched off: boxes follow.").waitFor();
      await channels.getByLabel("Factor on them, as a number").fill("2.5");
      const scaled = (await stage.heard()).map(({ detail }) => detail);
      expect(scaled).toEqual(
        [0, 2.5].map((factor) => [7, 3].map((channel) => ({ layer: "conv5", channel, factor }))),
      );
      await channels.getByLabel("Factor on them, as a number").fill("0");
      await channels.getByRole("button", { name: "Measure what is left" }).click();
      const chart = channels.locator("line-chart");
      await chart.getByText("channels switched off").waitFor();
      expect(await chart.locator("li[data-series]").allInnerTexts()).toEqual([
        "accuracy",
        "average precision",
        "attack success",
      ]);
      await stage.isAccessible();
    });

    it("forgets what is of another detector or sticker, and scales nothing then", async () => {
      const channels = await measured();
      await channels.getByLabel("Channels that are scaled, as a number").fill("2");
      await stage.change("sticker-channels", { about: "bomb" });
      await channels.getByText("Of 40 signs.").waitFor({ state: "detached" });
      expect((await stage.heard()).at(-1)).toEqual({ type: "scale-change", detail: [] });
    });

    it("shows how far it is, and ends when told to", async () => {
      const channels = await stage.mount("sticker-channels", () => ({
        measure: async ({ onProgress, signal }) =>
          await new Promise((_, reject) => {
            onProgress({ done: 0.25, secondsLeft: 12 });
            signal.addEventListener("abort", () => {
              const ended = new Error("cancelled");
              ended.name = "Cancelled";
              reject(ended);
            });
          }),
      }));
      await channels.getByRole("button", { name: "Measure" }).click();
      await channels.getByText("25 %, 12 s left").waitFor();
      await channels.getByRole("button", { name: "Cancel" }).click();
      await channels.getByRole("button", { name: "Measure" }).waitFor();
    });
  });

  describe("sticker-heat-map", () => {
    /** The further right, the surer; it succeeds in the left half. */
    const mount = async () =>
      await stage.mount(
        "sticker-heat-map",
        () => ({
          measure: async (variants, scenes) => ({
            signs: scenes,
            cells: variants({ size: 0.1, place: [0.5, 0.5] }).map((one) => ({
              ...one,
              confidence: one.place![0],
              success: one.place![0] < 0.5 ? 1 : 0,
            })),
          }),
        }),
        ["place-choose"],
      );

    it("has a cell for each place, read off by pointer and chosen by key", async () => {
      const map = await mount();
      await map.getByLabel("Grid").selectOption("5");
      await map.getByRole("button", { name: "Measure" }).click();
      const cells = map.getByRole("gridcell");
      await cells.nth(24).waitFor();
      expect(await cells.count()).toBe(25);
      await map.getByText("Of 10 signs in each cell.").waitFor();
      await cells.nth(3).hover();
      await map.getByText("70 % across, 10 % down: confidence 70 %, success 0 %.").waitFor();
      await cells.nth(0).focus();
      await stage.page.keyboard.press("ArrowRight");
      await stage.page.keyboard.press("ArrowDown");
      await map.getByText("30 % across, 30 % down: confidence 30 %, success 100 %.").waitFor();
      await stage.page.keyboard.press("Enter");
      expect((await stage.heard()).map(({ detail }) => detail)).toEqual([[0.3, 0.3]]);
      await map.getByRole("radio", { name: "success" }).check();
      expect(await cells.nth(0).locator("text").innerHTML()).toContain("100");
      await stage.isAccessible();
    });

    it("is a curve over the sticker's size", async () => {
      const map = await mount();
      await map.getByRole("radio", { name: "its size" }).check();
      await map.getByRole("button", { name: "Measure" }).click();
      const chart = map.locator("line-chart");
      await chart.getByText("width and height, % of the sign").waitFor();
      await chart.getByText("of 10 signs").waitFor();
      await stage.isAccessible();
    });
  });
}
