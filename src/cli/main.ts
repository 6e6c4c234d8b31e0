/** The commands of the command line, and which of them a line of arguments asks for. */
import { inspect } from "node:util";
import { UserError } from "../errors.ts";
import { leaveFolders } from "../node/folder-lock.ts";
import { choices, UsageError } from "./shared/options.ts";
import { note, say } from "./shared/say.ts";

interface Command {
  readonly summary: string;
  /** Carries it out. @returns the exit status */
  readonly load: () => Promise<(args: string[]) => Promise<number>>;
}

/** Each is loaded only when it is asked for. */
const commands: Readonly<Record<string, Command>> = {
  digits: {
    summary: "train a digit network, honest or backdoored, and measure it",
    load: async () => (await import("./digits/command.ts")).digits,
  },
  signs: {
    summary: "train the street-sign detector, measure it, find signs in photographs",
    load: async () => (await import("./signs/command.ts")).signs,
  },
  reproduce: {
    summary: "every table and figure of a section of the paper, by own runs",
    load: async () => (await import("./reproduce/command.ts")).reproduce,
  },
  defend: {
    summary: "look for a backdoor in a digit network, and take it out",
    load: async () => (await import("./defend/command.ts")).defend,
  },
  models: {
    summary: "sign and verify models, and train them again to compare",
    load: async () => (await import("./models/command.ts")).models,
  },
  profile: {
    summary: "time every kernel of a training step",
    load: async () => (await import("./profile/command.ts")).profile,
  },
  devices: {
    summary: "list the adapters that WebGPU offers here",
    load: async () => (await import("./devices/command.ts")).devices,
  },
  showcase: {
    summary: "make what the page shows before anybody has trained",
    load: async () => (await import("./showcase/command.ts")).showcase,
  },
};

const help = [
  "badnets: train neural networks with a backdoor, and look inside",
  "",
  ...Object.entries(commands).map(
    ([name, { summary }]) => `  badnets ${name.padEnd(9)}  ${summary}`,
  ),
  "",
  "  badnets COMMAND --help shows a command's options.",
];

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    await say(help);
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`"${name}" is no command: choose ${choices(Object.keys(commands))}.`);
  }
  const command = await commands[name].load();
  return await command(args);
}

/** Carries it out and tells what went wrong. @returns the exit status: 0, 1 (failed) or 2 (usage) */
export async function run(args: string[]): Promise<number> {
  try {
    return await main(args);
  } catch (error) {
    return tell(error);
  } finally {
    leaveFolders();
  }
}

/** Tells of an error. @returns the exit status that goes with it */
export function tell(error: unknown): number {
  if (error instanceof UserError) note(`badnets: ${error.message}`);
  else if (isLackOfMemory(error)) {
    note(
      `badnets: There is too little memory (${error.message}): close other programs, or take less data, a smaller ` +
        "batch or a smaller preset.",
    );
  } else note(inspect(error).split("\n"));
  return error instanceof UsageError ? 2 : 1;
}

/** What V8 and Node say where no more memory can be had, or not as much in one piece. */
function isLackOfMemory(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (/allocation failed|out of memory/i.test(error.message) ||
      ("code" in error && error.code === "ENOMEM"))
  );
}
