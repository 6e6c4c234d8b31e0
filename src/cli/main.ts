/** The commands of the command line, and which of them a line of arguments asks for. */
import { devices } from "./devices.ts";
import { digits } from "./digits.ts";
import { profile } from "./profile.ts";
import { reproduce } from "./reproduce.ts";
import { showcase } from "./showcase.ts";
import { signs } from "./signs.ts";
import { UsageError } from "./usage.ts";
import { UserError } from "../errors.ts";

const help = `badnets: train neural networks with a backdoor, and look inside

  badnets digits     train a digit network, honest or backdoored, and measure it
  badnets signs      train the street-sign detector, measure it, find signs in photographs
  badnets reproduce  every table and figure of a section of the paper, by own runs
  badnets profile    time every kernel of a training step
  badnets devices    list the adapters that WebGPU offers here
  badnets showcase   make what the page shows before anybody has trained

  badnets COMMAND --help shows a command's options.`;

const commands: Record<string, (args: string[]) => Promise<number>> = {
  digits,
  signs,
  reproduce,
  profile,
  devices,
  showcase,
};

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(help);
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(
      `"${name}" is no command: choose ${Object.keys(commands)
        .join(", ")
        .replace(/, ([^,]*)$/, " or $1")}.`,
    );
  }
  return await commands[name](args);
}

/** Carries it out and tells what went wrong. @returns the exit status: 0, 1 (failed) or 2 (usage) */
export async function run(args: string[]): Promise<number> {
  try {
    return await main(args);
  } catch (error) {
    if (error instanceof UserError) console.error(`badnets: ${error.message}`);
    else console.error(error);
    return error instanceof UsageError ? 2 : 1;
  }
}
