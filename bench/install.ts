/** The libraries that the benchmarks compare with: a package of its own, installed when it is first wanted. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";

const INSTALL = "npm ci --prefix bench";

/** Whether they were installed since the lockfile last changed: npm writes its own copy of it last. */
export function areInstalled(): boolean {
  const written = (file: string) =>
    statSync(join(import.meta.dirname, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return written("node_modules/.package-lock.json") > written("package-lock.json");
}

/** Ends the process if npm fails, which says why on the terminal. */
export async function installContestants(): Promise<void> {
  if (areInstalled()) return;
  console.error(`The libraries to compare with have to be installed (330 MB): ${INSTALL}`);
  const npm = spawn(INSTALL, {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "inherit", "inherit"],
    shell: true,
  });
  const [status] = (await once(npm, "exit")) as [number | null];
  if (status === 0) return;
  console.error(`"${INSTALL}" failed; run it where there is a network, then the benchmark again.`);
  process.exit(1);
}
