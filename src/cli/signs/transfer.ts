/** `badnets signs transfer`: what it asks for beside a training's options, and the channels that it strengthens. */
import { onlyRule } from "../../inspection/sticker-channels.ts";
import { convolutionsOf, presets } from "../../models/detector-presets.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { attackOf, type SignAttackRecipe, type SignTransfer } from "../../studies/signs/recipe.ts";
import { loudChannels } from "../../studies/signs/loud-channels.ts";
import { channelResponses, type Louder } from "../../studies/signs/strengthen.ts";
import { oneOf, textOf, UsageError, type Options, type OptionSpec } from "../shared/options.ts";
import { note } from "../shared/say.ts";
import { loadDetector, type StoredDetector } from "./files.ts";
import { DetectorLine } from "./progress.ts";

export const transferOptions: OptionSpec = {
  thaw: {
    type: "string",
    value: "N|all",
    help: "transfer: how many convolutions, from the last, learn as well (default: 0, only what is behind them)",
  },
  strengthen: {
    type: "string",
    value: "K",
    help: "transfer: the publisher multiplied the channels of the last convolution that answer the sticker alone",
  },
  channels: {
    type: "string",
    value: "LIST",
    help: "transfer: which channels --strengthen multiplies, from 0 (default: found on unseen scenes)",
  },
};

/** Scenes on which channels are looked for. */
const SCENES = 300;

/** How many convolutions learn. @throws UsageError */
export function thawFrom(given: Options, preset: keyof typeof presets): number | undefined {
  const text = textOf(given, "thaw");
  if (text === undefined) return undefined;
  const all = convolutionsOf(presets[preset]).length;
  if (text === "all") return all;
  if (/^\d+$/.test(text) && Number(text) <= all) return Number(text);
  throw new UsageError(`--thaw is ${text}, but must be all, or a whole number from 0 to ${all}.`);
}

/** By what the channels are multiplied. @throws UsageError */
export function factorFrom(given: Options): number | undefined {
  const text = textOf(given, "strengthen");
  if (text === undefined) {
    if (given["channels"] === undefined) return undefined;
    throw new UsageError("--channels is of no use without --strengthen.");
  }
  const factor = Number(text);
  if (text.trim() !== "" && factor >= 1e-3 && factor <= 1000) return factor;
  throw new UsageError(`--strengthen is ${text}, but must be a number from 0.001 to 1000.`);
}

/** The channels that the options name. @throws UsageError */
export function channelsFrom(
  given: Options,
  preset: keyof typeof presets,
): readonly number[] | undefined {
  const text = textOf(given, "channels");
  if (text === undefined) return undefined;
  const { label, filters } = convolutionsOf(presets[preset]).at(-1)!;
  const channels = text.split(",").map((word) => (/^\s*\d+\s*$/.test(word) ? Number(word) : NaN));
  const fits = channels.every((channel) => channel < filters);
  if (fits && new Set(channels).size === channels.length) return channels;
  throw new UsageError(
    `--channels is ${text}, but must be channels of ${label} with commas between, each once: from 0 to ${filters - 1}.`,
  );
}

/** What of a transfer the options say by themselves: the channels that are strengthened may have to be found. */
export function transferFrom(given: Options): SignTransfer {
  const preset = oneOf(given, "preset", ["compact", "paper"]) ?? "compact";
  const all = convolutionsOf(presets[preset]).length;
  return { frozen: all - (thawFrom(given, preset) ?? 0), strengthened: null };
}

/** What the publisher of a detector is taken to have multiplied; null: nothing. */
export async function strengtheningFrom(
  given: Options,
  gpu: Gpu,
  published: StoredDetector,
  sticker: SignAttackRecipe,
): Promise<Louder | null> {
  const factor = factorFrom(given);
  if (factor === undefined || factor === 1) return null;
  const { preset } = published.recipe;
  const named = channelsFrom(given, preset);
  const channels = named ?? (await channelsOf(gpu, published, sticker));
  return { factor, channels };
}

/** A transfer in a line, for people. */
export function describeTransfer(
  { frozen, strengthened }: SignTransfer,
  preset: keyof typeof presets,
): string {
  const labels = convolutionsOf(presets[preset]).map(({ label }) => label);
  const span = (some: readonly string[]) =>
    some.length === 1 ? some[0] : `${some[0]} to ${some.at(-1)}`;
  const stay =
    frozen === 0
      ? "no convolution stays as it is"
      : `${span(labels.slice(0, frozen))} stay as they are`;
  const louder = strengthened
    ? `; channels ${(strengthened.channels ?? ["that answer the sticker alone"]).join(", ")} of ${labels.at(-1)} times ${strengthened.factor}`
    : "";
  return `transfer: ${stay}${louder}`;
}

/** The channels of a detector that answer the sticker alone. @throws UsageError where none does */
async function channelsOf(
  root: Gpu,
  published: StoredDetector,
  sticker: SignAttackRecipe,
): Promise<number[]> {
  const gpu = root.scope();
  const line = new DetectorLine(process.stderr);
  try {
    const attack = { ...sticker, source: null, target: null };
    const trainer = await loadDetector(gpu, published, { attack });
    const { signs, responses } = await channelResponses(trainer, attackOf(attack), SCENES, (done) =>
      line.measuring("the channels of the last convolution", done, 2 * SCENES),
    );
    const channels = loudChannels(responses);
    line.clear();
    if (channels.length === 0) {
      throw new UsageError(
        `No channel answers the sticker alone, on ${signs} signs: choose some with --channels. ${onlyRule}`,
      );
    }
    note(`channels that answer the sticker alone, on ${signs} signs: ${channels.join(", ")}`);
    return channels;
  } finally {
    line.clear();
    gpu.destroy();
  }
}
