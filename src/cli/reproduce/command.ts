/** `badnets reproduce`: every table and figure of a section of the paper, by our own runs. */
import { DEFAULT_OUT, readAsked, reproduceHelp, reproduceOptions, takeMerge } from "./options.ts";
import { digitDataOf } from "../shared/data.ts";
import { argumentsUnlessHelp, textOf, UsageError } from "../shared/options.ts";
import { merge } from "./merge.ts";
import { sweep } from "./sweep.ts";
import { say } from "../shared/say.ts";

/** Runs the command. @returns the exit status */
export async function reproduce([study, ...rest]: string[]): Promise<number> {
  if (study === undefined || study.startsWith("-")) {
    if (study !== "--help" && !rest.includes("--help")) {
      throw new UsageError('Say what to reproduce: "badnets reproduce digits".');
    }
    await say(reproduceHelp);
    return 0;
  }
  if (study !== "digits") throw new UsageError(`"${study}" cannot be reproduced: choose digits.`);
  const { folders, args } = takeMerge(rest);
  const read = await argumentsUnlessHelp("reproduce", reproduceOptions, args, reproduceHelp);
  if (!read) return 0;
  const { given } = read;
  const out = textOf(given, "out") ?? DEFAULT_OUT;
  const asked = readAsked(given);
  if (!folders) return await sweep(given, asked, out);
  const idle = ["resume", "shard", "from", "adapter"].find((name) => given[name]);
  if (idle) throw new UsageError(`--${idle} is of no use with --merge, which trains nothing.`);
  const expected = given["seeds"] === undefined ? { ...asked, seeds: [] } : asked;
  return await merge(folders, out, expected, await digitDataOf(given));
}
