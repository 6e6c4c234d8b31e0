/** Options of the command line: read, checked and described alike for all commands. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../../errors.ts";
import { say } from "./say.ts";

/** The command line cannot be carried out as it stands; ends with exit status 2. */
export class UsageError extends UserError {
  override name = "UsageError";
}

export type OptionSpec = Readonly<
  Record<
    string,
    { readonly type: "string" | "boolean"; readonly value?: string; readonly help: string }
  >
>;

export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** What a line of arguments gives: options, and words that are neither one nor its value. */
export interface Arguments {
  readonly given: Options;
  readonly words: readonly string[];
}

/** @throws UsageError for an unknown option, a missing value, an option given twice or a stray word. */
function readArguments(
  command: string,
  spec: OptionSpec,
  args: string[],
  allowPositionals: boolean,
): Arguments {
  const options = Object.fromEntries(
    Object.entries({ ...spec, ...commonOptions }).map(([name, { type }]) => [name, { type }]),
  ) satisfies ParseArgsConfig["options"];
  // Node would take a negative number for an option and complain of something else.
  const joined = args.flatMap((arg, i) => {
    const wants = (at: number) => options[args[at]?.slice(2)]?.type === "string";
    if (/^-\d/.test(arg) && wants(i - 1)) return [];
    return wants(i) && /^-\d/.test(args[i + 1] ?? "") ? [`${arg}=${args[i + 1]}`] : [arg];
  });
  const seen = new Set<string>();
  try {
    const config = { args: joined, options, allowPositionals, strict: true, tokens: true } as const;
    const { values, positionals, tokens } = parseArgs(config);
    for (const token of tokens) {
      if (token.kind !== "option") continue;
      // Which of two is meant is not known, and the last would win unseen.
      if (seen.has(token.name)) throw new Error(`--${token.name} is given twice`);
      seen.add(token.name);
    }
    return { given: values, words: positionals };
  } catch (error) {
    const first = (error as Error).message.split(/\.\s/)[0];
    throw new UsageError(`${first}. See badnets ${command} --help.`);
  }
}

/**
 * Reads `args` by `spec`, unless help is asked for, which is then printed.
 * @param help its lines
 * @param allowWords whether words may stand beside options
 * @returns null after help
 * @throws UsageError for an unknown option, a missing value, an option given twice or a stray word
 */
export async function argumentsUnlessHelp(
  command: string,
  spec: OptionSpec,
  args: string[],
  help: readonly string[],
  allowWords = false,
): Promise<Arguments | null> {
  const read = readArguments(command, spec, args, allowWords);
  if (!read.given["help"]) return read;
  await say(help);
  return null;
}

/** Words to choose from: "a, b or c". */
export const choices = (words: readonly string[]): string =>
  words.join(", ").replace(/, ([^,]*)$/, " or $1");

/** An option that has a text. */
export const textOf = (options: Options, name: string): string | undefined =>
  options[name] as string | undefined;

/** Errors of what was asked are errors of the command line. */
export function asUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message) : error;
  }
}

export const commonOptions: OptionSpec = {
  adapter: {
    type: "string",
    value: "auto|gpu|swiftshader",
    help: "where to compute: a real GPU, else the CPU (auto); only a real one; only the CPU",
  },
  help: { type: "boolean", help: "show this help" },
};

/** Lays options out in two columns. @returns the lines */
export function describeOptions(spec: OptionSpec): string[] {
  const rows = Object.entries({ ...spec, ...commonOptions }).map(
    ([name, { value, help }]) => [`  --${name}${value ? ` ${value}` : ""}`, help] as const,
  );
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, help]) => {
    const lines = wrap(help, 96 - width);
    const texts = left.length > width ? ["", ...lines] : lines;
    return texts.map((text, i) => `${(i === 0 ? left : "").padEnd(width)}  ${text}`.trimEnd());
  });
}

export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

/** A whole number in a range. @throws UsageError naming the option, the value and the range */
export function wholeNumber(
  options: Options,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(String(text)) || value < least || value > most) {
    throw new UsageError(
      `--${name} is ${String(text)}, but must be a whole number from ${least} to ${most}.`,
    );
  }
  return value;
}

/** A number above `above` and at most `most`. */
export function positiveNumber(options: Options, name: string, most: number): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (String(text).trim() === "" || !(value > 0 && value <= most)) {
    throw new UsageError(
      `--${name} is ${String(text)}, but must be a number above 0${most === Infinity ? "" : ` and at most ${most}`}.`,
    );
  }
  return value;
}

/** One of a few words. */
export function oneOf<T extends string>(
  options: Options,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const found = allowed.find((word) => word === text);
  if (!found)
    throw new UsageError(`--${name} is ${String(text)}, but must be ${choices(allowed)}.`);
  return found;
}

/** The adapter that --adapter names. */
export const adapterOf = (options: Options) =>
  oneOf(options, "adapter", ["auto", "gpu", "swiftshader"]) ?? "auto";
