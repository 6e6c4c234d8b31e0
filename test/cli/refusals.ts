/** Lines of arguments that the command line refuses, and leaves everything as it was. */
import { readdirSync } from "node:fs";
import { expect } from "vitest";
import { inProcess } from "./in-process.ts";

export type Refused = readonly [status: number, args: string[], message: string | RegExp];

/** Runs that end at once: exit status, the arguments, and what the one line on stderr says. @param root holds all files */
export function refusedIn(root: string): (cases: readonly Refused[]) => Promise<void> {
  const everything = () => new Set(readdirSync(root, { recursive: true }) as string[]);
  return async (cases) => {
    const before = everything();
    for (const [status, args, message] of cases) {
      const { status: own, stdout, stderr } = await inProcess(args);
      const line = `badnets ${args.join(" ")}`;
      expect(stderr, line).toMatch(/^badnets: [^\n]+$/);
      if (typeof message === "string") expect(stderr, line).toContain(message);
      else expect(stderr, line).toMatch(message);
      expect([own, stdout], line).toEqual([status, ""]);
    }
    expect(everything()).toEqual(before);
  };
}
