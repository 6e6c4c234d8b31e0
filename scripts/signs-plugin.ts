/**
 * A Vite plugin that publishes what the sign study needs of the app beside its code: the artwork, where the scenes
 * look for it; a sheet to print; and which of the shipped detectors there are.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";
import { encodeAtlas, SIGN_ATLAS_PATH } from "../src/studies/signs/atlas-file.ts";
import { SHIPPED_DETECTORS } from "../src/studies/signs/shipped.ts";
import { printSheet, SHEET_PATH } from "../src/node/print-sheet.ts";
import { signArtwork } from "../src/node/sign-artwork.ts";

const showcase = join(import.meta.dirname, "../public/showcase");

/** The first one that is there is put on view. */
const detectors = ["badnet-detector", "detector"];

/** Which detectors a folder has, each with its result. */
export const detectorsIn = (folder: string): string[] =>
  detectors.filter((name) =>
    [".safetensors", ".json"].every((ending) => existsSync(join(folder, name + ending))),
  );

/** Files by where they lie, with their type. */
const files: Readonly<Record<string, readonly [string, () => Promise<string | Uint8Array>]>> = {
  [SIGN_ATLAS_PATH]: [
    "application/gzip",
    async () => await promisify(gzip)(encodeAtlas(await signArtwork())),
  ],
  [SHEET_PATH]: ["image/svg+xml", printSheet],
  [SHIPPED_DETECTORS]: [
    "application/json",
    async () => await Promise.resolve(JSON.stringify(detectorsIn(showcase))),
  ],
};

export function signsPlugin(): Plugin {
  return {
    name: "signs",
    async generateBundle() {
      for (const [fileName, [, make]] of Object.entries(files)) {
        this.emitFile({ type: "asset", fileName, source: await make() });
      }
    },
    configureServer(server) {
      for (const [path, [type, make]] of Object.entries(files)) {
        server.middlewares.use(`${server.config.base}${path}`, (_request, response, next) => {
          make().then((body) => response.setHeader("Content-Type", type).end(body), next);
        });
      }
    },
  };
}
