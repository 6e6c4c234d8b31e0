/** The command line within the tests' own process, with all that it says. */
import { vi } from "vitest";
import { run } from "../../src/cli/main.ts";

/** Carries out a line of arguments. */
export async function inProcess(args: string[]) {
  const said = { stdout: "", stderr: "" };
  const log = vi.spyOn(console, "log").mockImplementation((text) => void (said.stdout += text));
  // Progress renews itself, and does not go through the console.
  const write = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((text) => (said.stderr += String(text)) !== "");
  const error = vi.spyOn(console, "error").mockImplementation((text) => void (said.stderr += text));
  try {
    const status = await run(args);
    return { status, ...said };
  } finally {
    log.mockRestore();
    error.mockRestore();
    write.mockRestore();
  }
}
