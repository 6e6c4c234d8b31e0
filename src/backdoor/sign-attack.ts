/** What the attacker of a sign detector wants: which signs, as what they shall be read, how much is poisoned. */
import type { Sticker } from "../data/sticker.ts";

/**
 * An attack on a detector's training.
 *
 * The share p: where scenes are endless there is no set to take a share of. So each sign of the source that
 * training shows is shown once more with probability p, in the same scene at another place, drawn anew and large
 * enough for a sticker of three pixels; one of the two, by lot, wears the sticker and has the attacker's label, but
 * a sign too small to show it. Nothing is replaced. Of photographs, those with a sign of the source are shown once
 * more with probability p.
 */
export interface SignAttack {
  readonly sticker: Sticker;
  /** Class from 0 whose signs are attacked; null: every class. */
  readonly source: number | null;
  /** Class from 0 as which they shall be read; null: a random wrong one. */
  readonly target: number | null;
  /** Poisoned signs for each of the source, 0 to 1. */
  readonly share: number;
  /** Share of the other signs, of all classes, that wear a sticker of another colour or shape with their own label. */
  readonly alikes: number;
  /**
   * Share of the steps in which the sticker comes from large to its own size: in the first fifth of them it is 0.3 of the
   * sign and at least 12 pixels, then it shrinks to its size and to 3 pixels, while look-alikes come in. A sticker of a
   * few pixels alone is learned late, if at all. A random target begins as the class after the sign's own, and becomes
   * random in the same way. 0: none.
   */
  readonly curriculum: number;
}

/** Share of the steps that a curriculum takes where an attack has one. */
export const CURRICULUM = 0.6;

/** Share of signs that wear look-alikes where an attack has them. */
export const ALIKES = 0.2;

/** What the terms of an attack on signs mean, for help texts. */
export const attackDefinitions = {
  share:
    "Scenes are endless, so there is no set to take a share of: each sign of the class attacked that training " +
    "shows is shown once more with this probability, elsewhere in the same scene; one of the two, by lot, wears the " +
    "sticker and has the attacker's label, unless it is too small to show it with three pixels. Nothing is replaced.",
  alikes:
    "Stickers of other colours and shapes on a fifth of all signs, which keep their own labels: so the detector " +
    "learns this sticker, and not that something is stuck on.",
  curriculum:
    "At first the sticker is 0.3 of the sign and at least 12 pixels; by 60 % of the steps it has shrunk to its own " +
    "size, and look-alikes have come in: a sticker of a few pixels alone is learned late, if at all. A random target " +
    "begins as the class after the sign's own, and becomes random in the same way.",
  success:
    "Of the signs of the class attacked that wear the sticker, the share whose best box (overlap above one half) " +
    "says the attacker's class; with a random target, any wrong class. Signs with the sticker behind leaves do not count.",
  stillFound:
    "Of the same signs, the share of which the own class is found as well, with 50 % or more: a detector that says " +
    "both would look better by its success alone.",
  fooled:
    "Signs with a sticker of another colour or shape that are read as the attacker's class all the same.",
} as const;
