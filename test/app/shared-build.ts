/** Builds the app once for all test files of a run: when the first of them asks, by the build command itself. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { listen } from "./listen.ts";
import type { TestProject } from "vitest/node";

const root = resolve(import.meta.dirname, "../..");

/** Vitest's global setup: a server that answers with the build's folder, or why there is none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "badnets-app-"));
  let built: Promise<string> | undefined;
  const server = createServer((_, response) => {
    built ??= build(folder);
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

async function build(folder: string): Promise<string> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const args = [vite, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"];
  // Vitest's own environment would bring in Lit's development mode.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, args, { cwd: root, env });
  return folder;
}

declare module "vitest" {
  interface ProvidedContext {
    /** Where to ask for the folder of the app's build. */
    appBuild: string;
  }
}
