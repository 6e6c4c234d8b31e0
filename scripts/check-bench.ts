/** Part of `npm run check`: type check of the benchmarks' other half, where the libraries that it needs are installed. */
import { spawnSync } from "node:child_process";
import { areInstalled } from "../bench/install.ts";

if (areInstalled()) {
  const { status } = spawnSync("tsc --noEmit --project bench", { stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
}
