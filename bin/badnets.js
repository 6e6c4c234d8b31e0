#!/usr/bin/env node
// The command line as an executable: runs src/cli.ts, which imports shaders as text, through vite-node. In this very
// process, so that signals, standard streams and files that are open reach it without a go-between.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { ViteNodeRunner } from "vite-node/client";
import { ViteNodeServer } from "vite-node/server";
import { installSourcemapsSupport } from "vite-node/source-map";

// Before the command line can speak for itself: too little memory, packages that are missing.
process.on("uncaughtException", (error) => {
  console.error(`badnets: could not start: ${error.message}`);
  process.exit(1);
});

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// What the page is built with is of no use here, and would be written into the project's folder first.
const server = await createServer({
  root,
  configFile: false,
  logLevel: "error",
  server: { hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const modules = new ViteNodeServer(server);
installSourcemapsSupport({ getSourceMap: (source) => modules.getSourceMap(source) });
const runner = new ViteNodeRunner({
  root,
  base: server.config.base,
  fetchModule: (id) => modules.fetchModule(id),
  resolveId: (id, importer) => modules.resolveId(id, importer),
});
await runner.executeFile(join(root, "src/cli.ts"));
