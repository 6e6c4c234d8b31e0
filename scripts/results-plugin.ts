/** A Vite plugin that publishes the project's own results with the app, where the paper view looks for them. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import { shippedModel } from "../src/engine/sweep-db.ts";
import { shippedInstances } from "../src/engine/shipped.ts";
import { instancePaths, readInstance } from "../src/node/sweep-dir.ts";
import { baseline } from "../src/studies/digit-instances.ts";

const folder = resolve(import.meta.dirname, "../results/digits");

/** Emits all finished instances as one file, without the losses of every step, and the baseline's parameters. */
export function resultsPlugin(): Plugin {
  const model = shippedModel(baseline(1).id);
  const instances = async (): Promise<string> => {
    const files = await Promise.all((await instancePaths(folder)).map(readInstance));
    return JSON.stringify(
      files.map((file) => ({ ...file, result: { ...file.result, loss: [], curve: [] } })),
    );
  };
  const modelPath = join(folder, "models", `${baseline(1).id}.safetensors`);
  return {
    name: "results",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: shippedInstances, source: await instances() });
      if (existsSync(modelPath)) {
        this.emitFile({ type: "asset", fileName: model, source: await readFile(modelPath) });
      }
    },
    configureServer(server) {
      const serve = (path: string, read: () => Promise<string | Uint8Array>) =>
        server.middlewares.use(`${server.config.base}${path}`, (_, response, next) => {
          read().then((body) => response.end(body), next);
        });
      serve(shippedInstances, instances);
      serve(model, async () => await readFile(modelPath));
    },
  };
}
