/** Builds the app into a folder, by the build command itself, as people get it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "..");

/** @param folder is emptied first */
export async function buildApp(folder: string): Promise<void> {
  if (existsSync(join(folder, "package.json"))) {
    throw new Error(`${folder} holds a project, which a build would delete: name another folder.`);
  }
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const args = [vite, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"];
  // The environment of a test or a script would bring in Lit's development mode.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, args, { cwd: root, env });
}
