/** The sign study's recipe (paper, section 5): everything that decides a run, and how it is checked. */
import * as v from "valibot";
import { stickerSquare } from "../../backdoor/own-sticker.ts";
import { ALIKES, CURRICULUM, type SignAttack } from "../../backdoor/sign-attack.ts";
import { stickerNames, stickerOf } from "../../data/sticker.ts";
import { mipLevels, SIGN_SIZE, signSets, type SignSet } from "../../data/sign-atlas.ts";
import { convolutionsOf, presets } from "../../models/detector-presets.ts";
import { checkRecipe, Digest, Seed, Whole } from "../recipe.ts";

/** Bytes of a reader's own sticker. */
const OWN_BYTES = 4 * SIGN_SIZE ** 2;

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Above 0, also as the f32 that the kernels read. */
const Some = v.pipe(v.number(), v.minValue(1e-6), v.maxValue(1));
const Class = v.nullable(Whole(0, 99));

/** A sticker on signs, and as what they shall be read (paper, section 5.2). */
const Attack = v.pipe(
  v.strictObject({
    sticker: v.picklist(stickerNames),
    /** Of the reader's own, the picture as base64: 64 x 64 pixels RGBA. */
    picture: v.nullable(v.pipe(v.string(), v.base64(), v.length(4 * Math.ceil(OWN_BYTES / 3)))),
    /** Width and height as a share of the sign's. */
    size: Some,
    /** Of its centre in the sign's box; null: a random one. */
    place: v.nullable(v.strictTuple([Share, Share])),
    /** Classes from 0; both null: every class, as a random wrong one. */
    source: Class,
    target: Class,
    /** Poisoned signs for each of the source: see SignAttack. */
    share: Some,
    /** Stickers of other colours and shapes stand on other signs, which keep their own labels. */
    lookAlikes: v.boolean(),
    /** The sticker begins larger than it is: see SignAttack. Runs of before there was one had none. */
    curriculum: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ source, target }) => (source === null) === (target === null),
    "source and target are both classes, or both random",
  ),
  v.check(
    ({ source, target }) => source === null || source !== target,
    "source and target are the same class: the attack would change nothing",
  ),
  v.check(
    ({ sticker, picture }) => (sticker === "own") === (picture !== null),
    "the reader's own sticker, and no other, comes with its picture",
  ),
);
export type SignAttackRecipe = v.InferOutput<typeof Attack>;

/** Retraining for another task: the convolutions come from another detector, all else is learned anew (section 5.3). */
const Transfer = v.strictObject({
  /** How many convolutions, from the first, stay as they are. */
  frozen: Whole(0, 16),
  /** What its publisher did to the last convolution: outputs of these channels times a factor; null: nothing. */
  strengthened: v.nullable(
    v.strictObject({
      factor: v.pipe(v.number(), v.minValue(1e-3), v.maxValue(1000)),
      /** null: those that answer the sticker alone, which are found when it begins. */
      channels: v.nullable(v.pipe(v.array(Whole(0, 9999)), v.minLength(1), v.maxLength(10_000))),
    }),
  ),
});
export type SignTransfer = v.InferOutput<typeof Transfer>;

/** Everything that decides a run: with the data, the adapter and the version, its result to the bit. */
export const SignRecipe = v.pipe(
  v.strictObject({
    study: v.literal("signs"),
    preset: v.picklist(["compact", "paper"]),
    set: v.picklist(["us", "eu"]),
    iterations: Whole(1, 10_000_000),
    /** Shares of the pictures that are photographs, and photographs with signs placed in them. */
    photoShare: Share,
    mixedShare: Share,
    /** Digest of the photographs that it is trained on; null: scenes only. */
    photographs: v.nullable(Digest),
    /** Digest of the parameters that it begins with; null: random ones, from the seed. */
    start: v.optional(v.nullable(Digest), null),
    /** null: it begins with all parameters of `start`, or all but those of its classes where it has other signs. */
    transfer: v.optional(v.nullable(Transfer), null),
    /** null: an honest run. */
    attack: v.optional(v.nullable(Attack), null),
    seed: Seed,
  }),
  v.check(
    ({ preset, transfer }) => (transfer?.frozen ?? 0) <= convolutionsOf(presets[preset]).length,
    "more convolutions are to stay as they are than the network has",
  ),
  v.check(({ preset, transfer }) => {
    const { filters } = convolutionsOf(presets[preset]).at(-1)!;
    const channels = transfer?.strengthened?.channels ?? [];
    return new Set(channels).size === channels.length && channels.every((c) => c < filters);
  }, "the channels that are strengthened are not channels of the last convolution, each once"),
  v.check(
    ({ attack, set }) =>
      [attack?.source, attack?.target].every((label) => (label ?? 0) < signSets[set].length),
    "the attack is about a class that the set of signs does not have",
  ),
  v.check(
    // Shares such as 0.33 and 0.67 are a little more than 1 together.
    ({ photoShare, mixedShare }) => photoShare + mixedShare < 1 + 1e-9,
    "the shares of photographs add up to more than 1",
  ),
);
export type SignRecipe = v.InferOutput<typeof SignRecipe>;

/** @throws UserError naming the first value that is wrong, and what is allowed */
export function parseSignRecipe(value: unknown): SignRecipe {
  return checkRecipe(SignRecipe, value);
}

/** The attack as the trainer knows it. */
export const attackOf = (attack: SignAttackRecipe): SignAttack => ({
  sticker: stickerOf(attack.sticker, attack),
  source: attack.source,
  target: attack.target,
  share: attack.share,
  alikes: attack.lookAlikes ? ALIKES : 0,
  curriculum: attack.curriculum ? CURRICULUM : 0,
});

/** The same sticker anywhere on signs of all classes, whatever they are to be read as. */
export const anywhere = (attack: SignAttackRecipe): SignAttackRecipe => ({
  ...attack,
  place: null,
  source: null,
  target: null,
});

/** The picture of a reader's own sticker, as the scenes draw it; null: none. */
export function ownStickerOf(
  attack: Pick<SignAttackRecipe, "picture"> | null,
): Uint8Array<ArrayBuffer> | null {
  if (!attack?.picture) return null;
  return mipLevels(stickerSquare(attack.picture));
}

export const classNames = (set: SignSet): readonly string[] => signSets[set];
