/** Digits as a reader draws, picks and reads them, and triggers as they are drawn. */
import { describe, expect, it } from "vitest";
import type { Look, Readings, Sample } from "../../../src/studies/digits/port.ts";
import type { Stage } from "../mount.ts";

const policy = { kind: "all-to-all" } as const;

/** [10], sure of one digit */
const sure = (digit: number) => Float32Array.from({ length: 10 }, (_, i) => (i === digit ? 1 : 0));

const samples: Sample[] = [7, 2].map((label, image) => ({
  image,
  label,
  pixels: new Uint8Array(784).fill(100),
}));

export function images(stage: Stage): void {
  const press = async (...keys: string[]) => {
    for (const key of keys) await stage.page.keyboard.press(key);
  };

  describe("digit-pad", () => {
    const light = async () => (await stage.greys()).filter((grey) => grey > 0).length;

    it("is drawn on by pointer, and tells of the digit while the stroke goes on", async () => {
      const pad = await stage.mount("digit-pad", {}, ["draw"]);
      const { x, y } = (await pad.locator("canvas").boundingBox())!;
      const { mouse } = stage.page;
      await mouse.move(x + 60, y + 40);
      await mouse.down();
      await mouse.move(x + 60, y + 150, { steps: 4 });
      await expect.poll(async () => (await stage.heard()).length).toBeGreaterThan(0);
      await mouse.up();
      await expect.poll(light).toBeGreaterThan(2000);
    });

    it("is drawn on by keyboard, undone stroke by stroke, and cleared", async () => {
      const pad = await stage.mount("digit-pad", {}, ["draw"]);
      await pad.getByRole("application").focus();
      // A line with its bend is one stroke; the dot beside it another.
      await press(" ", "Shift+ArrowDown", "Shift+ArrowDown", "ArrowRight", "ArrowRight", " ");
      const spoken = pad.locator("[aria-live]");
      await expect.poll(async () => await spoken.innerText()).toBe("row 16, column 16 painted");
      const both = await light();
      await press("Control+z");
      await expect.poll(async () => await spoken.innerText()).toBe("Undone");
      const line = await light();
      expect(line).toBeLessThan(both);
      await press("Control+z");
      expect(await light()).toBeLessThan(line);
      expect(await pad.getByRole("button", { name: "Undo" }).isEnabled()).toBe(false);
      await press(" ");
      await pad.getByRole("button", { name: "Clear" }).click();
      await expect.poll(async () => await spoken.innerText()).toBe("Pad cleared");
      // The cursor is gone with the focus.
      await expect.poll(light).toBe(0);
      await expect.poll(async () => (await stage.heard()).length).toBeGreaterThan(0);
    });

    it("takes a picture to go on with, and scales it only where that is wanted", async () => {
      const pad = await stage.mount("digit-pad", {}, ["draw"]);
      await stage.change("digit-pad", () => ({
        digit: Uint8Array.from({ length: 784 }, (_, i) => (i === 0 ? 255 : 0)),
      }));
      await pad.getByRole("checkbox").uncheck();
      const corner = async () => {
        const [last] = (await stage.heard()).map(({ detail }) => detail as Uint8Array);
        return last?.[0];
      };
      await expect.poll(corner).toBe(255);
    });

    it("says what the network reads in it, without and with the trigger", async () => {
      const pad = await stage.mount("digit-pad", { policy });
      await pad.getByText("Draw a digit, and see how it is read.").waitFor();
      const pixels = new Float32Array(784);
      const look = {
        image: null,
        label: null,
        pixels: { clean: pixels, triggered: pixels },
        probabilities: { clean: sure(3), triggered: sure(4) },
      } as unknown as Look;
      await stage.change("digit-pad", { look });
      expect(await pad.locator("digit-reading .read").allInnerTexts()).toEqual(["3", "4\nflipped"]);
      await stage.isAccessible();
    });
  });

  describe("trigger-pad", () => {
    const mount = async (pixels: { row: number; column: number; value: number }[] = []) =>
      await stage.mount("trigger-pad", { pixels }, ["trigger-change"]);
    const told = async () => (await stage.heard()).map(({ detail }) => detail);

    it("sets a pixel by key, takes it away by the same key, and undoes both", async () => {
      const pad = await mount();
      await pad.getByRole("application").focus();
      await press(" ", " ", "Control+z");
      const pixel = { row: 26, column: 26, value: 255 };
      expect(await told()).toEqual([[pixel], [], [pixel]]);
      expect(await pad.locator("canvas").getAttribute("aria-label")).toContain("1 set");
    });

    it("draws what the stroke begins with: it sets pixels, or takes them away", async () => {
      const pad = await mount([{ row: 0, column: 0, value: 255 }]);
      const { mouse } = stage.page;
      const { x, y, width } = (await pad.locator("canvas").boundingBox())!;
      const to = async (row: number, column: number) =>
        await mouse.move(x + ((column + 0.5) * width) / 28, y + ((row + 0.5) * width) / 28);
      await to(0, 0);
      await mouse.down();
      await to(0, 1);
      await mouse.up();
      expect((await told()).at(-1)).toEqual([]);
      await to(5, 5);
      await mouse.down();
      await to(5, 6);
      await mouse.up();
      const set = [5, 6].map((column) => ({ row: 5, column, value: 255 }));
      expect((await told()).at(-1)).toEqual(set);
      // A stroke is undone as a whole.
      await pad.getByRole("button", { name: "Undo" }).click();
      expect((await told()).at(-1)).toEqual([]);
    });

    it("draws in the grey that is chosen, and Delete takes any grey away", async () => {
      const pad = await mount();
      await pad.getByLabel("Pixel value").fill("90");
      await pad.getByRole("application").focus();
      await press("ArrowLeft", "Enter", "Delete");
      expect(await told()).toEqual([[{ row: 26, column: 25, value: 90 }], []]);
    });

    it("forgets its history when another trigger is chosen", async () => {
      const pad = await mount();
      await pad.getByRole("application").focus();
      await press(" ");
      const undo = pad.getByRole("button", { name: "Undo" });
      await expect.poll(async () => await undo.isEnabled()).toBe(true);
      await stage.change("trigger-pad", { pixels: [{ row: 1, column: 1, value: 255 }] });
      expect(await undo.isEnabled()).toBe(false);
    });
  });

  describe("digit-gallery", () => {
    const readings: Readings = {
      images: [0, 1],
      step: 100,
      clean: Float32Array.of(...sure(7), ...sure(2)),
      triggered: Float32Array.of(...sure(8), ...sure(2)),
    };

    it("shows what each digit is read as, and marks those that the trigger flips", async () => {
      const gallery = await stage.mount("digit-gallery", { samples, policy, readings });
      expect(await gallery.locator("header").innerText()).toContain("after step 100");
      expect(await gallery.locator(".side.flipped").count()).toBe(1);
      const read = await gallery.locator("digit-reading .read").allInnerTexts();
      expect(read).toEqual(["7\nright", "8\nflipped", "2\nright", "2\nright"]);
      await stage.isAccessible();
    });

    it("shows an honest network the mark, which flips nothing, and is patient before there is data", async () => {
      const gallery = await stage.mount("digit-gallery", { samples });
      await gallery.getByText("With the mark").waitFor();
      expect(await gallery.locator("digit-reading").count()).toBe(4);
      expect(await gallery.locator("header").innerText()).toContain("not read yet");
      await stage.change("digit-gallery", { samples: [] });
      await gallery.getByText("The digits appear when the data is here.").waitFor();
    });

    it("tells which digit is picked, and marks the one on view", async () => {
      const gallery = await stage.mount("digit-gallery", { samples, chosen: 1 }, ["pick"]);
      await gallery.locator(".pick").first().click();
      expect(await stage.heard()).toEqual([{ type: "pick", detail: 0 }]);
      expect(await gallery.locator("[aria-pressed='true']").count()).toBe(1);
    });
  });

  describe("image-grid", () => {
    const numbers = Array.from({ length: 60 }, (_, i) => 10 * i);
    const withImages = () => ({
      images: async (wanted: readonly number[]) => new Uint8Array(784 * wanted.length),
    });

    it("shows as many images as one looks at, and more of them on request", async () => {
      const grid = await stage.mount("image-grid", withImages, ["pick"]);
      await stage.change("image-grid", { numbers });
      expect(await grid.locator("li").count()).toBe(48);
      await grid.getByRole("button", { name: "12 more of 12" }).click();
      await expect.poll(async () => await grid.locator("li").count()).toBe(60);
      await grid.getByRole("button", { name: "Look at test image 590" }).click();
      expect(await stage.heard()).toEqual([{ type: "pick", detail: 590 }]);
    });

    it("is one stop of the Tab key, and the arrow keys go from row to row", async () => {
      const grid = await stage.mount("image-grid", withImages, [], [330, 400]);
      await stage.change("image-grid", { numbers });
      await grid.locator("li button").first().focus();
      await press("ArrowDown", "ArrowRight");
      const focused = grid.locator("button:focus");
      expect(await focused.getAttribute("aria-label")).toBe("Look at test image 60");
      expect(await grid.locator("li [tabindex='0']").count()).toBe(1);
      await press("End");
      expect(await focused.getAttribute("aria-label")).toBe("Look at test image 470");
      await stage.isAccessible();
    });

    it("says why images could not be fetched", async () => {
      const grid = await stage.mount("image-grid", () => ({
        numbers: [1],
        images: async () => await Promise.reject(new Error("The data set is gone.")),
      }));
      expect(await grid.getByRole("alert").innerText()).toBe("The data set is gone.");
    });
  });
}
