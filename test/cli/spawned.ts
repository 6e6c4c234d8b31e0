/** The command line in a process of its own, as people use it. */
import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { afterAll } from "vitest";

export const BIN = resolve(import.meta.dirname, "../../bin/badnets.js");

const alive = new Set<ChildProcess>();
afterAll(() => {
  for (const child of alive) process.kill(-child.pid!, "SIGKILL");
});

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line, in a process group of its own as a terminal would. @param cwd the folder that it is in */
export async function badnets(
  args: string[],
  cwd: string,
  onStderr?: (text: string, child: ChildProcess) => void,
): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, detached: true });
  alive.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    onStderr?.(stderr, child);
  });
  const status = await new Promise<number | null>((done) => child.on("close", done));
  alive.delete(child);
  return { status, stdout, stderr };
}
