/** Test runner: few files at a time, because every one of them computes on all cores. */
import { defineConfig } from "vitest/config";
import { HeavyFirst } from "./test/heavy-first.ts";

export default defineConfig({
  test: {
    globalSetup: ["test/app/shared-build.ts"],
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A busy machine may take long over what an idle one does at once.
    expect: { poll: { timeout: 30_000 } },
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: HeavyFirst },
  },
});
