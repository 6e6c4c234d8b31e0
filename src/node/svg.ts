/** SVG drawings in Node: rasterised, measured, and where the packages keep theirs. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { initWasm, Resvg, type ResvgRenderOptions } from "@resvg/resvg-wasm";

const find = createRequire(import.meta.url).resolve;

/** Traffic signs of the package mapillary_sprite_source (MIT). */
export const signsFolder = (): string =>
  join(dirname(find("mapillary_sprite_source/package.json")), "package_signs");

/** Our own stickers. */
export const stickersFolder = join(import.meta.dirname, "../data/stickers");

let opened: Promise<void> | undefined;

/** Has to be waited for before the first drawing is parsed. */
export async function openSvg(): Promise<void> {
  opened ??= readFile(find("@resvg/resvg-wasm/index_bg.wasm")).then(
    async (bytes) => await initWasm(bytes),
  );
  await opened;
}

export const parseSvg = (svg: string, options?: ResvgRenderOptions) => new Resvg(svg, options);
