/** A Vite plugin that publishes the project's own results with the app, where the paper view looks for them. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import { instancePaths } from "../src/node/sweep-dir.ts";
import { shippedModelPath, shippedModels } from "../src/studies/digits/paper/items.ts";
import { digitReproduction } from "../src/studies/digits/paper/reproduction.ts";
import type { InstanceFile } from "../src/studies/reproduction/instance-file.ts";
import { PAPER_SEED, shippedInstances } from "../src/studies/reproduction/shipped.ts";
import { signReproduction } from "../src/studies/signs/paper/reproduction.ts";
import { transferReproduction } from "../src/studies/signs/transfer/reproduction.ts";

const results = resolve(import.meta.dirname, "../results");

/** Those whose finished instances ship. */
const reproductions = [digitReproduction, signReproduction, transferReproduction];

/** All finished instances of a study, without the losses of every step. */
async function instancesOf({
  study,
  readFile: read,
}: {
  readonly study: string;
  readonly readFile: (text: string, name: string) => InstanceFile;
}): Promise<string> {
  const paths = await instancePaths(join(results, study));
  const files = await Promise.all(
    paths.map(async (path) => read(await readFile(path, "utf8"), path)),
  );
  return JSON.stringify(
    files.map((file) => ({ ...file, result: { ...file.result, loss: [], curve: [] } })),
  );
}

/** Emits all finished instances of a study as one file, and the models that ship. */
export function resultsPlugin(): Plugin {
  const models = shippedModels(PAPER_SEED)
    .map(({ id }) => ({
      url: shippedModelPath(id),
      path: join(results, "digits/models", `${id}.safetensors`),
    }))
    .filter(({ path }) => existsSync(path));
  return {
    name: "results",
    async generateBundle() {
      for (const one of reproductions) {
        const fileName = shippedInstances(one.study);
        this.emitFile({ type: "asset", fileName, source: await instancesOf(one) });
      }
      for (const { url, path } of models) {
        this.emitFile({ type: "asset", fileName: url, source: await readFile(path) });
      }
    },
    configureServer(server) {
      const serve = (path: string, read: () => Promise<string | Uint8Array>) =>
        server.middlewares.use(`${server.config.base}${path}`, (_, response, next) => {
          read().then((body) => response.end(body), next);
        });
      for (const one of reproductions) {
        serve(shippedInstances(one.study), async () => await instancesOf(one));
      }
      for (const { url, path } of models) serve(url, async () => await readFile(path));
    },
  };
}
