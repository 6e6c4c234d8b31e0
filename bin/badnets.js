#!/usr/bin/env node
// The command line as an executable: runs src/cli.ts, which imports shaders as text, through vite-node.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runner = join(
  dirname(createRequire(import.meta.url).resolve("vite-node/package.json")),
  "dist/cli.mjs",
);
const args = [runner, "--root", root, join(root, "src/cli.ts"), ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: "inherit" });

// The child saves its work and decides when it is over. A signal to the process group reaches it twice,
// which it takes for one.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
