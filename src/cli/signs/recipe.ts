/** The recipe of a detector from the command line: as its options ask for it, or of one that is gone on with. */
import { convolutionsOf, presets } from "../../models/detector-presets.ts";
import {
  parseSignRecipe,
  type SignAttackRecipe,
  type SignRecipe,
} from "../../studies/signs/recipe.ts";
import { describeAttack } from "./attack.ts";
import type { SignData } from "./photographs.ts";
import { oneOf, UsageError, wholeNumber, type Options } from "../shared/options.ts";
import { channelsFrom, factorFrom, thawFrom } from "./transfer.ts";
import { shellWord } from "../../text/shell.ts";

/** What the options say of a recipe; undefined where they say nothing. */
const optionsOf = (given: Options, held: SignRecipe["preset"] = "compact") => ({
  preset: oneOf(given, "preset", ["compact", "paper"]),
  signs: oneOf(given, "signs", ["us", "eu"]),
  iterations: wholeNumber(given, "iterations", 1, 10_000_000),
  "photo-share": share(given, "photo-share"),
  "mixed-share": share(given, "mixed-share"),
  seed: wholeNumber(given, "seed", 0, 2 ** 32 - 1),
  thaw: thawFrom(given, held),
  strengthen: factorFrom(given),
  channels: channelsFrom(given, held)?.join(","),
});

/** What a recipe says of these options. */
function transferOf({ preset, transfer }: SignRecipe) {
  const { frozen = 0, strengthened = null } = transfer ?? {};
  return {
    thaw: convolutionsOf(presets[preset]).length - frozen,
    strengthen: strengthened?.factor ?? 1,
    channels: strengthened?.channels?.join(",") ?? "none",
  };
}

/** The recipe that options ask for; digests of what it is made from come later. */
export function recipeFrom(
  given: Options,
  data: SignData,
  attack: SignAttackRecipe | null = null,
): SignRecipe {
  const asked = optionsOf(given);
  const preset = asked.preset ?? "compact";
  return parseSignRecipe({
    study: "signs",
    preset,
    set: asked.signs ?? "us",
    iterations: asked.iterations ?? presets[preset].training.iterations,
    ...sharesFrom(asked["photo-share"], asked["mixed-share"], data),
    photographs: null,
    start: null,
    attack,
    seed: asked.seed ?? 1,
  });
}

/** Shares of the pictures; of photographs alone, all of them together. */
function sharesFrom(
  photo: number | undefined,
  mixed: number | undefined,
  { scenes, folders }: SignData,
): { photoShare: number; mixedShare: number } {
  if (folders.length === 0) {
    const idle = photo !== undefined ? "photo-share" : mixed !== undefined ? "mixed-share" : null;
    if (idle) throw new UsageError(`--${idle} is of no use without photographs: see --data.`);
    return { photoShare: 0, mixedShare: 0 };
  }
  const rest = (other: number) => Math.round(1e9 * (1 - other)) / 1e9;
  const usual = scenes
    ? { photoShare: 0.3, mixedShare: 0.2 }
    : { photoShare: 0.6, mixedShare: 0.4 };
  const least = (usually: number, other: number | undefined) =>
    other === undefined ? usually : scenes ? Math.min(usually, rest(other)) : rest(other);
  const photoShare = photo ?? least(usual.photoShare, mixed);
  const mixedShare = mixed ?? least(usual.mixedShare, photo);
  const sum = photoShare + mixedShare;
  const both = `--photo-share ${photoShare} and --mixed-share ${mixedShare}`;
  if (sum > 1 + 1e-9) throw new UsageError(`${both} add up to more than 1: choose smaller ones.`);
  if (sum === 0) {
    throw new UsageError(`${both} leave the photographs out: choose shares above 0.`);
  }
  if (!scenes && sum < 1 - 1e-9) {
    throw new UsageError(
      `${both} must add up to 1, as --data names no scenes for the other pictures: choose others, ` +
        `or --data ${shellWord(["scenes", ...folders.map(({ path }) => path)].join(","))}.`,
    );
  }
  return { photoShare, mixedShare };
}

function share(given: Options, name: string): number | undefined {
  const text = given[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (String(text).trim() === "" || !(value >= 0 && value <= 1)) {
    throw new UsageError(`--${name} is ${String(text)}, but must be a number from 0 to 1.`);
  }
  return value;
}

/**
 * Options may repeat the recipe of a detector that is gone on with, but not change it.
 * @param path the detector, for messages
 * @param attack what the options ask for
 * @throws UsageError naming the first that differs
 */
export function assertSameRecipe(
  given: Options,
  data: SignData,
  recipe: SignRecipe,
  path: string,
  attack: SignAttackRecipe | null = null,
): void {
  const own: Record<keyof ReturnType<typeof optionsOf>, string | number> = {
    preset: recipe.preset,
    signs: recipe.set,
    iterations: recipe.iterations,
    "photo-share": recipe.photoShare,
    "mixed-share": recipe.mixedShare,
    seed: recipe.seed,
    ...transferOf(recipe),
  };
  for (const [name, value] of Object.entries(optionsOf(given, recipe.preset))) {
    const held = own[name as keyof typeof own];
    if (value === undefined || value === held) continue;
    throw new UsageError(
      `--${name} is ${value}, but ${path} is of a run with ${held}: leave --${name} out, or choose another folder with --out.`,
    );
  }
  // Parsed, its parts stand in one order.
  const asked = attack && parseSignRecipe({ ...recipe, attack }).attack;
  if (asked && JSON.stringify(asked) !== JSON.stringify(recipe.attack)) {
    const held = recipe.attack ? describeAttack(recipe.attack, recipe.set) : "an honest run";
    throw new UsageError(
      `The options ask for another attack than ${path} is of (${held}): leave them out, or choose another folder with --out.`,
    );
  }
  if (recipe.photographs === null && data.folders.length > 0) {
    throw new UsageError(
      `--data names photographs, but ${path} is trained on drawn scenes alone: leave --data out.`,
    );
  }
  if (recipe.photographs !== null && data.folders.length === 0) {
    throw new UsageError(`${path} is trained on photographs: give the same with --data.`);
  }
  const scenes = 1 - recipe.photoShare - recipe.mixedShare;
  if (!data.scenes && scenes > 1e-9) {
    throw new UsageError(
      `--data names no scenes, but ${path} is trained on them as well: write --data ${shellWord(`scenes,${String(given["data"])}`)}.`,
    );
  }
}
