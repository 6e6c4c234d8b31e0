/** The page of street signs in a real browser: scenes, feature maps, photographs, the camera. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import jpeg from "jpeg-js";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PictureView } from "../../src/studies/signs/port.ts";
import { unfedPixels } from "../../src/layers/scene.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { presets } from "../../src/models/detector-presets.ts";
import { signArtwork } from "../../src/node/sign-artwork.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { classNames, parseSignRecipe } from "../../src/studies/signs/recipe.ts";
import { planSigns, unseenScenes } from "../../src/studies/signs/plan.ts";
import { SHIPPED_DETECTORS } from "../../src/studies/signs/shipped.ts";
import { decodeDetector } from "../../src/files/detector-file.ts";
import { DetectorTrainer } from "../../src/training/detector-trainer.ts";
import { axeFindings, choose, drop, openPage, overhang, useLab } from "./lab.ts";

const lab = useLab({
  arguments: [
    // A camera that shows a moving pattern, and is allowed.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ],
});
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab, { hash: "#1&study=signs&iterations=3" }));
});

afterAll(async () => await page?.close());

const tab = async (name: string) => await page.getByRole("tab", { name, exact: true }).click();
const captions = async () => await page.locator("sign-picture figcaption").allInnerTexts();
const notices = () => page.locator("notice-list");

/** A picture of a stop sign's colours, as a file, before a sky that is plain or not. */
function photo(width = 320, height = 240, slope = 0): Buffer {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < data.length; i += 4) {
    const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
    const sign = Math.abs(x - 160) + Math.abs(y - 120) < 80;
    const sky = 190 - slope * Math.floor((9 * x) / width);
    data.set(sign ? [200, 20, 30, 255] : [120, 150, sky, 255], i);
  }
  return Buffer.from(jpeg.encode({ width, height, data }, 90).data);
}

describe("the street-sign study", () => {
  it("shows scenes with what the shipped detector finds, most of it right", async () => {
    await expect
      .poll(
        async () =>
          (await captions()).filter((text) => /^Scene \d: \d+ of \d+ right/.test(text)).length,
        { timeout: 120_000 },
      )
      .toBe(6);
    const found = (await captions()).map((text) => /(\d) of (\d) right/.exec(text)!);
    const sum = (group: number) => found.reduce((all, match) => all + Number(match[group]), 0);
    expect(sum(1) / sum(2)).toBeGreaterThan(0.6);
    await page.locator("sign-score").getByText("After step").waitFor();
    expect(await overhang(page)).toBe(0);
    const rowsOf = async (table: number) =>
      await page
        .locator("sign-score table")
        .nth(table)
        .locator("tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => [...row.children].map(({ textContent }) => textContent.trim())),
        );
    // What the attack does stands between them.
    const [scores, confusion] = [await rowsOf(0), await rowsOf(-1)];
    expect(scores.map(([name]) => name)).toEqual(["stop", "speed limit", "warning", "average"]);
    expect(confusion.map(([name]) => name)).toEqual(["stop", "speed limit", "warning", "no sign"]);
    const signs = scores.map(([, count]) => Number(count));
    expect(signs[3]).toBe(signs[0] + signs[1] + signs[2]);
    const right = [0, 1, 2].map((label) => {
      const row = confusion[label].slice(1).map(Number);
      expect(row).toHaveLength(4);
      expect(row.reduce((all, count) => all + count)).toBe(signs[label]);
      return row[label];
    });
    expect(scores[3][4]).toBe(
      `${((100 * (right[0] + right[1] + right[2])) / signs[3]).toFixed(2)} %`,
    );
  });

  it("draws the scenes that Node draws, pixel by pixel, and finds in them what is found there, to the bit", async () => {
    const shown = await page
      .locator("sign-picture")
      .evaluateAll((pictures) =>
        pictures.map((picture) => (picture as HTMLElement & { view: PictureView }).view),
      );
    const own = await scenesInNode(shown.length);
    expect(shown).toHaveLength(6);
    for (const [scene, { truth, found, pixels, width, height }] of shown.entries()) {
      expect(truth.length, `signs of scene ${scene}`).toBeGreaterThan(0);
      expect({ truth, found, width, height }, `scene ${scene}`).toEqual(own[scene].seen);
      // A typed array comes out of the browser as an object with a key for each place.
      expect(Uint8ClampedArray.from(Object.values(pixels)), `pixels of scene ${scene}`).toEqual(
        own[scene].pixels,
      );
    }
  });

  it("puts a sticker on the stop signs on view, and takes it off again, by a choice or a key", async () => {
    const bar = page.locator(".bar");
    const pixels = async () =>
      await page.locator("sign-picture").evaluateAll((pictures) =>
        pictures.map((picture) => {
          const { view } = picture as HTMLElement & { view: PictureView };
          let sum = 0;
          for (const [i, value] of view.pixels.entries()) sum = (sum * 31 + value + i) % 1000003;
          return { sum, stops: view.truth.filter(({ label }) => label === 0).length };
        }),
      );
    const before = await pixels();
    expect(before.some(({ stops }) => stops > 0)).toBe(true);
    await bar.getByRole("radio", { name: "sticker", exact: true }).check();
    const changed = async () => (await pixels()).map(({ sum }, i) => sum !== before[i].sum);
    await expect.poll(changed, { timeout: 60_000 }).toEqual(before.map(({ stops }) => stops > 0));
    expect(page.url()).toContain("wear=sticker");
    await page.keyboard.press("t");
    await expect.poll(changed, { timeout: 60_000 }).toEqual(before.map(() => false));
  });

  it("writes the names within their pictures, none over another", async () => {
    const seen = await page.locator("sign-picture").evaluateAll((pictures) =>
      pictures.map((picture) => {
        const outer = picture.shadowRoot!.querySelector("canvas")!.getBoundingClientRect();
        const names = [...picture.shadowRoot!.querySelectorAll(".name")].map((name) =>
          name.getBoundingClientRect(),
        );
        const meet = (a: DOMRect, b: DOMRect) =>
          a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        return {
          names: names.length,
          outside: names.filter(
            ({ left, top, right, bottom }) =>
              left < outer.left - 1 ||
              top < outer.top - 1 ||
              right > outer.right + 1 ||
              bottom > outer.bottom + 1,
          ).length,
          over: names.filter((a, i) => names.slice(0, i).some((b) => meet(a, b))).length,
        };
      }),
    );
    expect(seen).toHaveLength(6);
    for (const { names, outside, over } of seen) {
      expect(names).toBeGreaterThan(0);
      expect({ outside, over }).toEqual({ outside: 0, over: 0 });
    }
  });

  it("shows other scenes, and the address follows", async () => {
    await page.getByRole("button", { name: "Other scenes" }).click();
    await expect
      .poll(captions, { timeout: 60_000 })
      .toContainEqual(expect.stringMatching(/^Scene 6: \d of \d right/));
    await expect.poll(async () => await page.evaluate(() => location.hash)).toContain("scene=6");
  });

  it("offers the paper's network, with its own number of steps", async () => {
    const choose = async (name: string) =>
      await page.locator("sign-form").getByText(name, { exact: true }).click();
    const steps = page.getByLabel("Steps (2 images each)");
    await choose("the paper's");
    expect(await steps.inputValue()).toBe("100000");
    await expect
      .poll(async () => await page.evaluate(() => location.hash))
      .toContain("preset=paper");
    await choose("compact");
    expect(await steps.inputValue()).toBe("5000");
    await steps.fill("3");
  });

  it("shows every layer's channels", async () => {
    await tab("Feature maps");
    const headings = page.locator("sign-maps section h2");
    await expect
      .poll(async () => await headings.allInnerTexts(), { timeout: 60_000 })
      .toEqual(
        (
          "conv1 norm1 pool1 conv2 norm2 pool2 conv3 conv4 conv5 rpn rpn_score rpn_box " +
          "roi_pool fc6 fc7 score box"
        ).split(" "),
      );
    const sheet = page.getByRole("application", { name: /Channels of conv1/ });
    await sheet.focus();
    await page.keyboard.press("ArrowRight");
    await page
      .locator("sign-maps")
      .getByText(/^conv1, channel/)
      .waitFor();
  });

  it("looks at photographs, and says what is wrong with what is none", async () => {
    await tab("Photographs");
    await choose(page, "Open photographs…", [
      { name: "street.jpg", mimeType: "image/jpeg", buffer: photo() },
    ]);
    await page
      .locator(".given figcaption")
      .getByText(/^street\.jpg: /)
      .waitFor();
    await choose(page, "Open photographs…", [
      { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") },
    ]);
    await notices().getByText("notes.jpg is no picture: JPEG, PNG, WebP, PPM are read.").waitFor();
    await page.getByRole("button", { name: "Remove street.jpg" }).click();
    expect(await page.locator(".given").count()).toBe(0);
  });

  it("looks at a photograph that is dropped before the detector is there, once it is", async () => {
    const context = await lab.browser.newContext();
    let arrive!: () => void;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    await context.route("**/showcase/*.safetensors", async (route) => {
      await arrived;
      await route.continue();
    });
    const { page: early } = await openPage(lab, { context, hash: "?debug#1&study=signs" });
    await early.locator("signs-page drop-zone").waitFor({ state: "attached" });
    await drop(early, [{ name: "street.jpg", bytes: photo() }]);
    // It was decoded, and what finds signs in it was asked for.
    await early.locator("debug-panel").getByText("photograph", { exact: true }).waitFor();
    arrive();
    const given = early.locator(".given figcaption");
    await expect
      .poll(async () => await given.allInnerTexts(), { timeout: 240_000 })
      .toEqual([expect.stringMatching(/^street\.jpg: /)]);
    expect(await early.locator("notice-list").getByRole("alert").innerText()).toBe("");
    await context.close();
  });

  it("reads a zip file to train on, lets its names be given classes, and reports what it left out", async () => {
    const zip = zipSync({
      "a.jpg": photo(),
      "a.txt": strToU8("halt,80,40,240,200,\n"),
      // Of another look, so that one of them measures.
      "b.jpg": photo(300, 200, 20),
      "b.txt": strToU8("halt,90,30,220,170,\nhalt,900,900,950,950,\n"),
      "c.jpg": strToU8("broken"),
    });
    await choose(page, "Open a zip file…", [
      { name: "set.zip", mimeType: "application/zip", buffer: Buffer.from(zip) },
    ]);
    await page.locator("sign-collection").getByText("2 photographs").waitFor();
    await page.locator("sign-collection summary").click();
    await page
      .locator("sign-collection li")
      .getByText(/c\.jpg: left out/)
      .waitFor();
    await page
      .locator("sign-collection li")
      .getByText(/outside the image of 300 x 200/)
      .waitFor();
    await page.getByLabel("Class of halt").selectOption({ label: "stop" });
    // The sign is in the test photograph now.
    await expect
      .poll(async () => (await captions()).join("\n"), { timeout: 60_000 })
      .toMatch(/Test photograph \d+: [01] of 1 right/);
    await page.getByLabel("Photographs, %").waitFor();
    await page.getByRole("button", { name: "Remove them" }).click();
    await expect.poll(async () => await page.getByLabel("Photographs, %").count()).toBe(0);
  });

  it("looks through the camera, which may start late, for as long as it is on", async () => {
    await tab("Photographs");
    const camera = page.locator("sign-camera");
    /** Lets the camera be late so many times. */
    const delay = async (times: number) =>
      await page.evaluate((times) => {
        const { mediaDevices } = navigator;
        const open = MediaDevices.prototype.getUserMedia;
        let left = times;
        mediaDevices.getUserMedia = async (constraints) => {
          if (left-- > 0) throw new DOMException("Timeout starting video source", "AbortError");
          return await open.call(mediaDevices, constraints);
        };
      }, times);
    await delay(3);
    await camera.getByRole("button", { name: "Use the camera" }).click();
    await camera.getByText(/^The camera did not start in time/).waitFor();
    await delay(2);
    await camera.getByRole("button", { name: "Use the camera" }).click();
    await camera.getByText(/^Camera, [\d.]+ readings a second/).waitFor();
    expect(await camera.getByRole("alert").count()).toBe(0);
    const pixels = async () =>
      await camera.locator("canvas").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const first = await pixels();
    await expect.poll(pixels, { timeout: 60_000 }).not.toBe(first);
    await camera.getByRole("button", { name: "Switch the camera off" }).click();
    await camera.locator("sign-picture").waitFor({ state: "detached" });
  });

  it("has nothing that axe objects to, in light and dark, wide and narrow", async () => {
    for (const theme of ["light", "dark"] as const) {
      await page.getByRole("radio", { name: theme }).check({ force: true });
      for (const name of ["Scenes", "Photographs", "Feature maps", "Step by step", "Kernels"]) {
        await tab(name);
        expect(await axeFindings(page), `${name}, ${theme}`).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await axeFindings(page), "narrow").toEqual([]);
    await tab("Curves");
    await page.locator("sign-loss-chart").waitFor();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
    ).toBe(true);
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(complaints).toEqual([]);
  });
});

/** The first unseen scenes with what the shipped detector finds, drawn and looked at in this process. */
async function scenesInNode(count: number) {
  const list = await readFile(join(lab.folder, SHIPPED_DETECTORS), "utf8");
  const [name] = JSON.parse(list) as string[];
  const file = await readFile(join(lab.folder, `showcase/${name}.safetensors`));
  const { recipe: stored, state } = await decodeDetector(
    new Uint8Array(file),
    "shipped",
    (recipe) => {
      const { preset, set } = parseSignRecipe(recipe);
      return describeDetector(presets[preset], classNames(set).length + 1);
    },
  );
  const gpu = await openInNode("swiftshader");
  const plan = planSigns(parseSignRecipe(stored), await signArtwork(), null, []);
  const { height, width, mean, gain } = plan.preset;
  const { tiling } = state;
  const trainer = await DetectorTrainer.build(gpu, plan, { tiling, learns: false });
  trainer.setParameters(state.parameters);
  const { images } = trainer.detector;
  const scenes = [];
  for (let first = 0; first < count; first += images) {
    const judged = await trainer.detect(unseenScenes(first + images).slice(first));
    const pictures = await trainer.readPictures();
    for (const [i, { truth, found }] of judged.entries()) {
      const seen = { truth, found, width, height };
      scenes.push({ seen, pixels: unfedPixels(pictures[i], mean, gain) });
    }
  }
  gpu.destroy();
  return scenes;
}
