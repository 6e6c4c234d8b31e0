/** Command line entry: the same studies as on the page, through Dawn. */
import { devices } from "./cli/devices.ts";
import { digits } from "./cli/digits.ts";
import { profile } from "./cli/profile.ts";
import { reproduce } from "./cli/reproduce.ts";
import { showcase } from "./cli/showcase.ts";
import { UsageError } from "./cli/usage.ts";
import { UserError } from "./errors.ts";

const help = `badnets: train neural networks with a backdoor, and look inside

  badnets digits     train a digit network, honest or backdoored, and measure it
  badnets reproduce  every table and figure of a section of the paper, by own runs
  badnets profile    time every kernel of a training step
  badnets devices    list the adapters that WebGPU offers here
  badnets showcase   make what the page shows before anybody has trained

  badnets COMMAND --help shows a command's options.`;

const commands: Record<string, (args: string[]) => Promise<number>> = {
  digits,
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

// The runner's own listener would end the process before a run is saved.
process.removeAllListeners("SIGTERM");

// Dawn keeps Node alive while an instance lives, so the end is said explicitly.
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UserError) console.error(`badnets: ${error.message}`);
  else console.error(error);
  process.exit(error instanceof UsageError ? 2 : 1);
}
