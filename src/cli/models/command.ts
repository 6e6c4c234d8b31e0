/** `badnets models`: signs models, verifies them, trains them again, and takes them over from other tools and to them. */
import { argumentsUnlessHelp, choices, UsageError, type Options } from "../shared/options.ts";
import { help, options, useful } from "./options.ts";

/** Each is loaded only when it is asked for. */
const verbs: Readonly<
  Record<string, () => Promise<(given: Options, model: string) => Promise<number>>>
> = {
  sign: async () => (await import("./sign.ts")).sign,
  verify: async () => (await import("./verify.ts")).verify,
  inspect: async () => (await import("./inspect.ts")).inspect,
  digest: async () => (await import("./digest.ts")).digest,
  bom: async () => (await import("./bom.ts")).bom,
  reproduce: async () => (await import("./reproduce.ts")).reproduce,
  import: async () => (await import("./import.ts")).importModel,
  export: async () => (await import("./export.ts")).exportModel,
};

/** Runs the command. @returns the exit status */
export async function models(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  const others = verb === undefined || verb.startsWith("--") ? args : rest;
  const read = await argumentsUnlessHelp("models", options, others, help, true);
  if (!read) return 0;
  const { given, words } = read;
  if (verb === undefined || !Object.hasOwn(useful, verb)) {
    const wrong = verb === undefined || verb.startsWith("--") ? "" : `, not "${verb}"`;
    throw new UsageError(
      `models needs to know what to do: ${choices(Object.keys(useful))}${wrong}. See badnets models --help.`,
    );
  }
  const idle = Object.keys(given).filter((name) => !useful[verb].includes(name));
  if (idle.length > 0) throw new UsageError(`--${idle[0]} is of no use with ${verb}.`);
  if (verb === "key") {
    if (words.length > 0) throw new UsageError(`"${words[0]}" is of no use with key.`);
    return await (await import("./key.ts")).makeKey(given);
  }
  if (words.length !== 1) {
    throw new UsageError(
      words.length === 0
        ? `${verb} needs a model: give its file or folder.`
        : `${verb} takes one model, and "${words[1]}" is a second: give one file or folder.`,
    );
  }
  const run = await verbs[verb]();
  return await run(given, words[0]);
}
