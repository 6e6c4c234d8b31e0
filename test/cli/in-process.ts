/** The command line within the tests' own process, with all that it says. */
import { vi } from "vitest";
import { run } from "../../src/cli/main.ts";

/** Carries out a line of arguments. */
export async function inProcess(args: string[]) {
  const said = { stdout: "", stderr: "" };
  const print = onStdout((text) => (said.stdout += text));
  // Progress renews itself, and does not go through the console.
  const write = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((text) => (said.stderr += String(text)) !== "");
  const error = vi.spyOn(console, "error").mockImplementation((text) => void (said.stderr += text));
  try {
    const status = await run(args);
    return { status, ...said };
  } finally {
    print.mockRestore();
    error.mockRestore();
    write.mockRestore();
  }
}

/** Takes what is written to standard output, until it is restored. */
export function onStdout(take: (text: string) => unknown) {
  return vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest: unknown[]) => {
    take(String(text));
    (rest.at(-1) as (() => void) | undefined)?.();
    return true;
  });
}
