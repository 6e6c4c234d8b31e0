#!/usr/bin/env node
// The command line as an executable: runs src/cli.ts, which imports shaders as text, through vite-node. In this very
// process, so that signals, standard streams and files that are open reach it without a go-between.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runner = join(
  dirname(createRequire(import.meta.url).resolve("vite-node/package.json")),
  "dist/cli.mjs",
);
const [node, , ...args] = process.argv;
process.argv = [node, runner, "--root", root, join(root, "src/cli.ts"), ...args];
await import(pathToFileURL(runner).href);
