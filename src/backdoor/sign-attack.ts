/** What the attacker of a sign detector wants: which signs, as what they shall be read, how much is poisoned. */
import type { Sticker } from "../data/sticker.ts";

/**
 * An attack on a detector's training.
 *
 * The share p: where scenes are endless there is no set to take a share of. So each sign of the source that
 * training shows is shown once more with probability p, in the same scene at another place, drawn anew, with
 * the sticker and the attacker's label; nothing is replaced. Of photographs, those with a sign of the source
 * are shown once more with probability p.
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
}

/** Share of signs that wear look-alikes where an attack has them. */
export const ALIKES = 0.2;
