/** The detectors that the paper's transfer section is about: European ones on the convolutions of U.S. ones. */
import { compactPreset, convolutionsOf } from "../../../models/detector-presets.ts";
import type { Instance as AnyInstance } from "../../reproduction/instance.ts";
import { parseSignRecipe, type SignRecipe } from "../recipe.ts";

export type Instance = AnyInstance<SignRecipe>;

/** What may be asked otherwise. */
export interface TransferSettings {
  /** Steps of every detector. */
  readonly iterations: number;
}

export const usualSettings: TransferSettings = { iterations: 3000 };

const convolutions = convolutionsOf(compactPreset);

/** The last convolution, of which channels are looked at and strengthened. */
export const lastLayer = convolutions.at(-1)!.label;

/** Convolutions, from the last, that learn as well: none, one, two, all. */
export const thaws = [0, 1, 2, convolutions.length] as const;

/** Factors of the paper's table 7. */
export const strengths: readonly number[] = [1, 10, 20, 30, 50, 60, 70, 100];

/** Whose convolutions they are: of the honest U.S. detector, or of the BadNet. */
export type Origin = "honest" | "badnet";

const origins: Readonly<Record<Origin, string>> = {
  honest: "the honest U.S. detector",
  badnet: "the U.S. BadNet",
};

export const thawInWords = (thaw: number): string =>
  thaw === 0
    ? "convolutions as they are"
    : thaw === convolutions.length
      ? "the whole network learns"
      : `${convolutions
          .slice(-thaw)
          .map(({ label }) => label)
          .join(" and ")} learn${thaw === 1 ? "s" : ""}, too`;

interface Kind {
  readonly thaw?: number;
  /** By what the BadNet's publisher multiplied the channels that answer the sticker alone. */
  readonly factor?: number;
}

function instance(
  origin: Origin,
  seed: number,
  { iterations }: TransferSettings,
  { thaw = 0, factor = 1 }: Kind = {},
): Instance {
  const kind = [...(factor === 1 ? [] : [`k${factor}`]), ...(thaw === 0 ? [] : [`thaw-${thaw}`])];
  return {
    id: [origin, ...kind, `s${seed}`].join("-"),
    title: `From ${origins[origin]}, ${thawInWords(thaw)}${factor === 1 ? "" : `, times ${factor}`}`,
    recipe: parseSignRecipe({
      study: "signs",
      preset: "compact",
      set: "eu",
      iterations,
      photoShare: 0,
      mixedShare: 0,
      photographs: null,
      start: null,
      transfer: {
        frozen: convolutions.length - thaw,
        strengthened: factor === 1 ? null : { factor, channels: null },
      },
      attack: null,
      seed,
    }),
    // All begin with one of two detectors, which are none of them.
    from: null,
    examined: factor === 1 && thaw === 0,
    kept: factor === 1,
  };
}

/** With the honest detector's convolutions: the baseline. */
export const fromHonest = (seed: number, settings = usualSettings, thaw = 0): Instance =>
  instance("honest", seed, settings, { thaw });

/** With the BadNet's. */
export const fromBadNet = (seed: number, settings = usualSettings, kind: Kind = {}): Instance =>
  instance("badnet", seed, settings, kind);

/** Of the curve over factors. */
export const strengthenedOnes = (seed: number, settings = usualSettings): Instance[] =>
  strengths.map((factor) => fromBadNet(seed, settings, { factor }));

export const originOf = ({ id }: Pick<Instance, "id">): Origin =>
  id.startsWith("honest") ? "honest" : "badnet";
