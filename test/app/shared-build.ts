/** Builds the app once for all test files of a run: when the first of them asks, by the build command itself. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildApp } from "../../scripts/build-app.ts";
import { listen } from "./listen.ts";

/** Vitest's global setup: a server that answers with the build's folder, or why there is none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "badnets-app-"));
  let built: Promise<void> | undefined;
  const server = createServer((_, response) => {
    built ??= buildApp(folder);
    built.then(
      () => response.end(folder),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  project.provide("appBuild", await listen(server));
  return async () => {
    server.close();
    await built?.catch(() => undefined);
    await rm(folder, { recursive: true });
  };
}

declare module "vitest" {
  interface ProvidedContext {
    /** Where to ask for the folder of the app's build. */
    appBuild: string;
  }
}
