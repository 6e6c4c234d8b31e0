/** What a run of the detector is to be while it is being written: fields as typed, and what is wrong with them. */
import {
  classNames,
  parseSignRecipe,
  type SignAttackRecipe,
  type SignRecipe,
} from "../../studies/signs/recipe.ts";
import type { SignView } from "./address.ts";

/** The form's part of the view. */
export type SignDraft = Pick<
  SignView,
  | "preset"
  | "set"
  | "iterations"
  | "seed"
  | "photoShare"
  | "mixedShare"
  | "attack"
  | "sticker"
  | "size"
  | "place"
  | "picture"
  | "source"
  | "target"
  | "poison"
  | "lookAlikes"
>;

export type SignErrors = Readonly<Partial<Record<keyof SignDraft, string>>>;

/** The recipe if all is well, else what is wrong, by field. @param photographs there are some to train on */
export function checkSignDraft(
  draft: SignDraft,
  photographs: boolean,
): { readonly recipe: SignRecipe | null; readonly errors: SignErrors } {
  const { preset, set, iterations, seed, photoShare, mixedShare } = draft;
  const whole = (text: string, least: number, most: number) =>
    /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
  const sharesFit =
    whole(photoShare, 0, 100) &&
    whole(mixedShare, 0, 100) &&
    Number(photoShare) + Number(mixedShare) <= 100;
  const some = Number(photoShare) + Number(mixedShare) > 0;
  const errors: SignErrors = {
    // Photographs are kept as large as compact reads them: thousands must fit a tab.
    ...(preset === "paper" && photographs && some
      ? {
          preset:
            "the paper's network reads larger photographs than this page keeps: put them away, set their shares to 0, or train on the command line",
        }
      : {}),
    ...(whole(iterations, 1, 1e7) ? {} : { iterations: "a whole number from 1 to 10,000,000" }),
    ...(whole(seed, 0, 2 ** 32 - 1) ? {} : { seed: "a whole number from 0 to 4,294,967,295" }),
    ...(!photographs || sharesFit
      ? {}
      : { mixedShare: "two whole numbers of percent that add up to 100 at most" }),
  };
  Object.assign(errors, attackErrors(draft, whole(draft.poison, 1, 100)));
  if (Object.keys(errors).length > 0) return { recipe: null, errors };
  const share = (percent: string) => (photographs ? Number(percent) / 100 : 0);
  const recipe = parseSignRecipe({
    study: "signs",
    preset,
    set,
    iterations: Number(iterations),
    photoShare: share(photoShare),
    mixedShare: share(mixedShare),
    // Which ones, the data says.
    photographs: null,
    start: null,
    attack: attackOf(draft),
    seed: Number(seed),
  });
  return { recipe, errors };
}

/** What is wrong with the attack's fields. */
function attackErrors(draft: SignDraft, shareFits: boolean): SignErrors {
  const { attack, set, source, target, sticker, picture } = draft;
  if (attack === "none") return {};
  const classes = classNames(set).length;
  const single = attack === "single-target";
  return {
    ...(single && (source === target || source >= classes || target >= classes)
      ? { target: "another class than the one attacked" }
      : {}),
    ...(sticker === "own" && picture === null
      ? { sticker: "a sticker of your own, drawn or opened" }
      : {}),
    ...(shareFits ? {} : { poison: "a whole number of percent from 1 to 100" }),
  };
}

/** The attack that the fields ask for; null: none. */
function attackOf(draft: SignDraft) {
  const { attack, sticker, size, place, picture, source, target, poison, lookAlikes } = draft;
  if (attack === "none") return null;
  const single = attack === "single-target";
  return {
    sticker,
    picture: sticker === "own" ? picture : null,
    size,
    place: single ? [...place] : null,
    source: single ? source : null,
    target: single ? target : null,
    share: Number(poison) / 100,
    lookAlikes,
    curriculum: true,
  };
}

/**
 * The fields for a recipe that came from elsewhere, such as a checkpoint.
 * @param photographs there are some to train on; else their shares stay as they are
 */
export function signDraftOf(
  { preset, set, iterations, seed, photoShare, mixedShare, attack }: SignRecipe,
  photographs: boolean,
): Partial<SignDraft> {
  const percent = (share: number) => String(Math.round(100 * share));
  return {
    preset,
    set,
    iterations: String(iterations),
    seed: String(seed),
    ...attackFields(attack),
    ...(photographs ? { photoShare: percent(photoShare), mixedShare: percent(mixedShare) } : {}),
  };
}

/** The fields for an attack that came from elsewhere. */
export function attackFields(attack: SignAttackRecipe | null): Partial<SignDraft> {
  if (!attack) return { attack: "none" };
  const { sticker, picture, size, place, source, target, share, lookAlikes } = attack;
  return {
    attack: source === null ? "random-target" : "single-target",
    sticker,
    size,
    ...(place === null ? {} : { place }),
    ...(picture === null ? {} : { picture }),
    ...(source === null || target === null ? {} : { source, target }),
    poison: String(Math.round(100 * share)),
    lookAlikes,
  };
}
