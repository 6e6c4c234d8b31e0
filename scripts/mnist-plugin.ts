/** A Vite plugin that publishes MNIST with the app, compressed, where `fetchMnist` looks for it. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";
import { MNIST_FOLDER } from "../src/data/fetch-mnist.ts";
import { MNIST_FILES } from "../src/data/mnist.ts";
import { readPackagedMnistFiles } from "../src/node/files.ts";

const compress = promisify(gzip);

/**
 * Emits `data/mnist/<file>.gz` into the build and serves the same paths during development.
 * A file that is not the genuine one stops the build, or fails the request.
 */
export function mnistPlugin(): Plugin {
  return {
    name: "mnist",
    async generateBundle() {
      for (const { name, bytes } of await readPackagedMnistFiles()) {
        const source = await compress(bytes, { level: 6 });
        this.emitFile({ type: "asset", fileName: `${MNIST_FOLDER}/${name}.gz`, source });
      }
    },
    configureServer(server) {
      server.middlewares.use(`${server.config.base}${MNIST_FOLDER}`, (request, response, next) => {
        const index = MNIST_FILES.findIndex(({ name }) => request.url === `/${name}.gz`);
        if (index === -1) return next();
        readPackagedMnistFiles()
          // The reader waits for this one: the fastest level instead of the smallest file.
          .then((files) => compress(files[index].bytes, { level: 1 }))
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
