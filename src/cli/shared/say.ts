/** What the command line says: on standard output what was asked for, on standard error everything else. */
import { fstatSync, readFileSync } from "node:fs";
import { UserError } from "../../errors.ts";
import { reasonOf, writeToDescriptor } from "../../node/write-output.ts";
import { terminalLines, type Lines } from "../../text/terminal.ts";

// Who waits for a write hears that it failed; nobody else shall end for it.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

/**
 * Says what was asked for.
 * @param kept whether a file holds it, too
 * @throws UserError where nobody would have it
 */
export async function say(lines: Lines, kept = false): Promise<void> {
  await print(`${terminalLines(lines)}\n`, kept);
}

/** The same of a text for programs, which is encoded already. */
export async function print(text: string, kept = false): Promise<void> {
  if (!kept && wasClosed()) {
    throw new UserError(
      "Standard output is closed, so that the result is lost: open it, or name a file for the result.",
    );
  }
  try {
    await writeToDescriptor(1, text);
  } catch (error) {
    throw new UserError(`cannot write to standard output: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Beside the result: what happens, and what went wrong. */
export function note(lines: Lines): void {
  console.error(terminalLines(lines));
}

/**
 * Whether standard output was closed when Node began, which then opens /dev/null in its place: for reading, too,
 * as a shell that is told to write there does not.
 */
function wasClosed(): boolean {
  const NULL_DEVICE = 0x103;
  const READ_AND_WRITE = 2;
  if (process.platform !== "linux" || fstatSync(1).rdev !== NULL_DEVICE) return false;
  const flags = /^flags:\s*(\d+)/m.exec(readFileSync("/proc/self/fdinfo/1", "utf8"))?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & 3) === READ_AND_WRITE;
}
