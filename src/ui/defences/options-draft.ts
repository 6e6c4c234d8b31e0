/** What the page's settings ask for: fields as they are typed, checked into what defences work with. */
import { triggerPresets } from "../../backdoor/trigger.ts";
import type { ImageCounts } from "../../defences/defence.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import type { DefenceOptions } from "../../studies/digits/defence-port.ts";
import { USUAL_IMAGES, USUAL_TRAINING } from "../../studies/digits/defence-materials.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";

export interface OptionsDraft {
  /** Empty: the usual number. */
  readonly images: string;
  /** Empty: all that are left. */
  readonly judge: string;
  readonly seed: string;
  /** What is tried on the network: what its recipe names, nothing, or the paper's pattern. */
  readonly attack: "recipe" | "none" | "pattern";
}

export const usualOptions: OptionsDraft = { images: "", judge: "", seed: "1", attack: "recipe" };

export type OptionErrors = Partial<Record<keyof OptionsDraft, string>>;

/** Fewer say nothing of a percent. */
const LEAST_IMAGES = 10;

/** As many as the command line tries where it is asked to. */
const SHARE = 0.1;

/**
 * @param set the data; null while there are none
 * @returns images for each purpose, as far as the fields are rightly filled in
 */
export function imagesOf(
  set: { readonly train: number; readonly test: number } | null,
  { images }: Pick<OptionsDraft, "images">,
): ImageCounts {
  const { train = 0, test = 0 } = set ?? {};
  const usual = Math.min(USUAL_IMAGES, Math.floor(test / 4));
  const detect = /^\d{1,6}$/.test(images) ? Number(images) : usual;
  return {
    classes: DIGIT_CLASSES,
    detect,
    repair: 3 * detect,
    training: Math.min(USUAL_TRAINING, train),
  };
}

/** @param test number of test images */
export function checkOptions(
  { images, judge, seed, attack }: OptionsDraft,
  test: number,
  recipe: DigitRecipe["attack"],
): { readonly options: DefenceOptions | null; readonly errors: OptionErrors } {
  const most = Math.floor(test / 4);
  const errors: OptionErrors = {
    ...complaint("images", images, LEAST_IMAGES, most, true),
    ...complaint("judge", judge, 1, test, true),
    ...complaint("seed", seed, 0, 2 ** 32 - 1, false),
  };
  if (Object.keys(errors).length > 0) return { options: null, errors };
  const number = (text: string) => (text === "" ? undefined : Number(text));
  const tried = { recipe, none: null, pattern: paperPattern }[attack];
  return {
    options: { images: number(images), judge: number(judge), seed: Number(seed), attack: tried },
    errors,
  };
}

function complaint(
  name: keyof OptionsDraft,
  text: string,
  least: number,
  most: number,
  isOptional: boolean,
): OptionErrors {
  if (text === "" && isOptional) return {};
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return {};
  return {
    [name]: `Give a whole number from ${least} to ${most}${isOptional ? ", or nothing" : ""}.`,
  };
}

/** All to all by the pattern of four pixels (paper, section 4). */
const paperPattern: DigitRecipe["attack"] = {
  trigger: { name: "pattern", pixels: [...triggerPresets.pattern] },
  policy: { kind: "all-to-all" },
  share: SHARE,
};
