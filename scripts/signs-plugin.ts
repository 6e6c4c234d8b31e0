/** A Vite plugin that publishes the sign artwork with the app, where the scenes of the sign study look for it. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";
import { encodeAtlas, SIGN_ATLAS_PATH } from "../src/studies/signs/atlas-file.ts";
import { signArtwork } from "../src/node/sign-artwork.ts";

const artwork = async () => await promisify(gzip)(encodeAtlas(await signArtwork()));

export function signsPlugin(): Plugin {
  return {
    name: "signs",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: SIGN_ATLAS_PATH, source: await artwork() });
    },
    configureServer(server) {
      server.middlewares.use(
        `${server.config.base}${SIGN_ATLAS_PATH}`,
        (_request, response, next) => {
          artwork().then((body) => response.end(body), next);
        },
      );
    },
  };
}
