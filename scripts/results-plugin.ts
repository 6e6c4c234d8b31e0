/** A Vite plugin that publishes the project's own results with the app, where the paper view looks for them. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import { SHIPPED_SEED, shippedModelPath } from "../src/studies/digits/paper/sweep-db.ts";
import { shippedInstances } from "../src/studies/digits/paper/shipped.ts";
import { instancePaths, readInstance } from "../src/node/sweep-dir.ts";
import { shippedModels } from "../src/studies/digits/paper/items.ts";

const folder = resolve(import.meta.dirname, "../results/digits");

/** Emits all finished instances as one file, without the losses of every step, and the models that ship. */
export function resultsPlugin(): Plugin {
  const instances = async (): Promise<string> => {
    const files = await Promise.all((await instancePaths(folder)).map(readInstance));
    return JSON.stringify(
      files.map((file) => ({ ...file, result: { ...file.result, loss: [], curve: [] } })),
    );
  };
  const models = shippedModels(SHIPPED_SEED)
    .map(({ id }) => ({
      url: shippedModelPath(id),
      path: join(folder, "models", `${id}.safetensors`),
    }))
    .filter(({ path }) => existsSync(path));
  return {
    name: "results",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: shippedInstances, source: await instances() });
      for (const { url, path } of models) {
        this.emitFile({ type: "asset", fileName: url, source: await readFile(path) });
      }
    },
    configureServer(server) {
      const serve = (path: string, read: () => Promise<string | Uint8Array>) =>
        server.middlewares.use(`${server.config.base}${path}`, (_, response, next) => {
          read().then((body) => response.end(body), next);
        });
      serve(shippedInstances, instances);
      for (const { url, path } of models) serve(url, async () => await readFile(path));
    },
  };
}
