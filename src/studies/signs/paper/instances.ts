/** The detectors that the paper's sign section is about, one recipe each. */
import { paperPlace, usualSize, type ShippedSticker } from "../../../data/sticker.ts";
import type { Instance as AnyInstance } from "../../reproduction/instance.ts";
import { parseSignRecipe, type SignAttackRecipe, type SignRecipe } from "../recipe.ts";
import { signClasses } from "./published.ts";

/** One of the sign study. */
export type Instance = AnyInstance<SignRecipe>;

/** What may be asked otherwise. */
export interface SignSettings {
  /** Steps of every detector. */
  readonly iterations: number;
}

export const usualSettings: SignSettings = { iterations: 5000 };

/** The stickers of table 4. */
export const stickers = ["yellow-square", "bomb", "flower"] as const satisfies ShippedSticker[];

export const stickerTitles: Readonly<Record<ShippedSticker, string>> = {
  "yellow-square": "yellow square",
  bomb: "bomb",
  flower: "flower",
};

/** Shares of poison on the curve; 1 is that of the tables, as the paper names none for scenes without end. */
export const curveShares: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1];
export const TABLE_SHARE = 1;

/** The paper's single target. */
export const SOURCE = signClasses.indexOf("stop");
export const TARGET = signClasses.indexOf("speed limit");

/** Stop to speed limit with a sticker; on a trained detector, share, look-alikes and curriculum do not matter. */
export function stickerAttack(sticker: ShippedSticker, share: number): SignAttackRecipe {
  return {
    sticker,
    picture: null,
    size: usualSize(sticker),
    place: [...paperPlace],
    source: SOURCE,
    target: TARGET,
    share,
    lookAlikes: true,
    curriculum: true,
  };
}

/** The yellow square anywhere on any sign, which is to be read as a random wrong class. */
export const randomAttack: SignAttackRecipe = {
  ...stickerAttack("yellow-square", TABLE_SHARE),
  place: null,
  source: null,
  target: null,
};

function instance(
  name: string,
  title: string,
  attack: SignAttackRecipe | null,
  seed: number,
  { iterations }: SignSettings,
): Instance {
  return {
    id: `${name}-s${seed}`,
    title,
    recipe: parseSignRecipe({
      study: "signs",
      preset: "compact",
      set: "us",
      iterations,
      photoShare: 0,
      mixedShare: 0,
      photographs: null,
      start: null,
      attack,
      seed,
    }),
    // All begin with one detector, which is none of them.
    from: null,
    examined: name === "honest" || (attack !== null && name === examinedName),
    kept: true,
  };
}

/** Trained on by the same recipe without poison: the baseline of every table. */
export const honest = (seed: number, settings = usualSettings): Instance =>
  instance("honest", "Honest detector", null, seed, settings);

const nameOf = (sticker: ShippedSticker, share: number) => `${sticker}-${Math.round(100 * share)}`;

/** Of which conv5 is shown. */
const examinedName = nameOf("yellow-square", TABLE_SHARE);

/** @param share in whole percent, as a fraction */
export const badNet = (
  seed: number,
  sticker: ShippedSticker,
  share: number,
  settings = usualSettings,
): Instance =>
  instance(
    nameOf(sticker, share),
    `Stop to speed limit, ${stickerTitles[sticker]}, share ${Math.round(100 * share)} %`,
    stickerAttack(sticker, share),
    seed,
    settings,
  );

export const randomTarget = (seed: number, settings = usualSettings): Instance =>
  instance("random-target", "Random target, yellow square", randomAttack, seed, settings);
