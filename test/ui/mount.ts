/** Mounts elements alone in a real browser, for the tests of a file. */
import type { Locator, Page } from "playwright-core";
import { beforeAll, expect } from "vitest";
import { axeFindings, openPage, useLab } from "../app/lab.ts";
import type { Heard } from "./page/page.ts";

type Tags = HTMLElementTagNameMap;

/** An element's properties, or a function that makes them in the page, where they can be functions too. */
type Properties<T extends keyof Tags> = Partial<Tags[T]> | (() => Partial<Tags[T]>);

export interface Stage {
  readonly page: Page;
  /**
   * Puts an element on the page, in the place of the one before.
   * @param events whose firing `heard` tells of
   * @param size of the element in pixels; by itself it is as wide as the page, and as high as it wants
   */
  readonly mount: <T extends keyof Tags>(
    tag: T,
    properties?: Properties<T>,
    events?: readonly string[],
    size?: readonly [width: number, height: number],
  ) => Promise<Locator>;
  /** Gives the element on the page other properties. */
  readonly change: <T extends keyof Tags>(tag: T, properties: Properties<T>) => Promise<void>;
  /** Waits until the element on the page is drawn as it now is. */
  readonly drawn: () => Promise<void>;
  /** What the element has fired since it was mounted or this was asked last. */
  readonly heard: () => Promise<Heard[]>;
  /** Grey levels of the canvas in the element on the page, row by row. */
  readonly greys: () => Promise<Uint8Array>;
  /** Fails on what axe objects to, by itself in light and in dark, or what the console complained of. */
  readonly isAccessible: (schemes?: readonly ("light" | "dark")[]) => Promise<void>;
}

/** One browser and one page for all tests of a file. */
export function useElements(): Stage {
  const lab = useLab({ page: "../ui/page" });
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    ({ page, complaints } = await openPage(lab, { width: 900, height: 700 }));
    page.setDefaultTimeout(10_000);
  });
  const make = async (properties: object) =>
    typeof properties === "function"
      ? await page.evaluateHandle(properties as () => object)
      : await page.evaluateHandle((values) => values, properties);
  return {
    get page() {
      return page;
    },
    mount: async (tag, properties = {}, events = [], size) => {
      const made = await make(properties);
      await page.evaluate(
        async ([name, values, types, extent]) => {
          const style = extent ? `width: ${extent[0]}px; height: ${extent[1]}px` : "";
          document.querySelector("#style")?.remove();
          document.head.insertAdjacentHTML(
            "beforeend",
            `<style id="style">${name} { ${style} }</style>`,
          );
          await window.mount(name, values, types);
        },
        [tag, made, events, size] as const,
      );
      return page.locator(tag);
    },
    change: async (_, properties) => {
      const made = await make(properties);
      await page.evaluate(async (values) => await window.change(values), made);
    },
    drawn: async () => await page.evaluate(async () => await window.change({})),
    heard: async () =>
      await page.evaluate(() => {
        const heard = window.heard;
        window.heard = [];
        return heard;
      }),
    greys: async () =>
      await page
        .locator("#place canvas")
        .first()
        .evaluate((canvas: HTMLCanvasElement) => {
          // A copy: reading the canvas itself would have the browser advise against it.
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          return Uint8Array.from({ length: data.length / 4 }, (_, i) =>
            Math.round((data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3),
          );
        }),
    isAccessible: async (schemes = ["dark", "light"]) => {
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        expect(await axeFindings(page)).toEqual([]);
      }
      // Here Lit is in its development mode, which warns of more than that.
      expect(complaints.splice(0).filter((text) => !text.startsWith("Lit is in dev mode"))).toEqual(
        [],
      );
    },
  };
}
