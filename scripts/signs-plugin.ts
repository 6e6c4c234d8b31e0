/** A Vite plugin that publishes the sign atlas with the app, compressed, where `fetchSigns` looks for it. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";
import { SIGNS_FILE, writeAtlas } from "../src/data/sign-atlas.ts";
import { signArtwork } from "../src/node/sign-artwork.ts";

const compress = promisify(gzip);

/** Emits `data/signs/atlas.bin.gz` into the build and serves the same path during development. */
export function signsPlugin(): Plugin {
  return {
    name: "signs",
    async generateBundle() {
      const source = await compress(writeAtlas(await signArtwork()), { level: 9 });
      this.emitFile({ type: "asset", fileName: SIGNS_FILE, source });
    },
    configureServer(server) {
      server.middlewares.use(`${server.config.base}${SIGNS_FILE}`, (_request, response) => {
        signArtwork()
          .then((atlas) => compress(writeAtlas(atlas), { level: 1 }))
          .then((body) => {
            response.setHeader("Content-Type", "application/gzip");
            response.setHeader("Content-Length", body.length);
            response.end(body);
          })
          .catch((error: unknown) => {
            server.config.logger.error(String(error));
            response.statusCode = 500;
            response.end();
          });
      });
    },
  };
}
