/** `badnets reproduce`: a section of the paper, or a population for the defences, by our own runs. */
import { argumentsUnlessHelp, choices, textOf, UsageError } from "../shared/options.ts";
import { say } from "../shared/say.ts";
import { merge } from "./merge.ts";
import { defaultOut, helpOf, optionsOf, readAsked, takeMerge } from "./options.ts";
import type { Section } from "./section.ts";
import { sweep } from "./sweep.ts";

/** Each is loaded only when it is asked for. */
const sections: Readonly<Record<string, () => Promise<Section<any>>>> = {
  digits: async () => (await import("./digits.ts")).digitSection,
  signs: async () => (await import("./signs.ts")).signSection,
  transfer: async () => (await import("./transfer.ts")).transferSection,
  zoo: async () => (await import("./zoo.ts")).zooSection,
};

/** Runs the command. @returns the exit status */
export async function reproduce([study, ...rest]: string[]): Promise<number> {
  const names = Object.keys(sections);
  if (study === undefined || study.startsWith("-")) {
    if (study !== "--help" && !rest.includes("--help")) {
      const examples = names.map((name) => `"badnets reproduce ${name}"`);
      throw new UsageError(`Say what to reproduce: ${choices(examples)}.`);
    }
    for (const [i, load] of Object.values(sections).entries()) {
      await say([...(i > 0 ? [""] : []), ...helpOf(await load())]);
    }
    return 0;
  }
  if (!Object.hasOwn(sections, study)) {
    throw new UsageError(`"${study}" cannot be reproduced: choose ${choices(names)}.`);
  }
  const section = await sections[study]();
  const { folders, args } = takeMerge(rest);
  const read = await argumentsUnlessHelp("reproduce", optionsOf(section), args, helpOf(section));
  if (!read) return 0;
  const { given } = read;
  const out = textOf(given, "out") ?? defaultOut(study);
  const asked = readAsked(section, given);
  if (!folders) return await sweep(section, given, asked, out);
  const idle = ["resume", "shard", "adapter", ...section.trains].find((name) => given[name]);
  if (idle) throw new UsageError(`--${idle} is of no use with --merge, which trains nothing.`);
  const expected = given["seeds"] === undefined ? { ...asked, seeds: [] } : asked;
  return await merge(section, given, folders, out, expected);
}
