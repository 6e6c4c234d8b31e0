/** What a defence's answer is worth where the attack is known: whether it sees it, stops it, or fails, in figures. */
import { percent } from "../format.ts";
import type { Defence } from "./defence.ts";
import type { DefenceResult } from "./defend.ts";
import type { Standing } from "./judge.ts";

/** Attack success from which there is something to be found. */
const ATTACKED = 0.5;
/** Share of an attack that may be left, or missed, before a defence counts as one that fails on it. */
export const MAY_BE_LEFT = 0.1;
/** Clean accuracy that may be lost before a defence counts as one that ruins the network. */
export const MAY_BE_LOST = 0.02;

export interface Assessment {
  readonly fails: boolean;
  /** In a sentence, with figures. */
  readonly text: string;
}

/**
 * @param before how the network stands as it was given
 * @returns null where there is no attack to hold the answer against
 */
export function assess(
  { kind, blindSpots }: Pick<Defence, "kind" | "blindSpots">,
  { flagged, missed = null, after }: Pick<DefenceResult, "flagged" | "missed" | "after">,
  before: Standing | null,
): Assessment | null {
  const success = before?.attackSuccess ?? null;
  if (success === null) return null;
  const obey = `${percent(success)} of the triggered images obey`;
  if (kind === "remove") return after && left(after, before!);
  if (success < ATTACKED) {
    return flagged === true
      ? { fails: true, text: `A false alarm, as far as is known: only ${obey} the trigger tried.` }
      : null;
  }
  if (flagged === false) {
    return { fails: true, text: `Fails on this attack: ${obey}. ${blindSpots}` };
  }
  if (missed !== null && missed > MAY_BE_LEFT) {
    if (flagged) {
      const text = `Right that there is a backdoor, but it misses ${percent(missed, 1)} of the poison.`;
      return { fails: false, text };
    }
    return {
      fails: true,
      text: `Fails on this attack: it misses ${percent(missed, 1)} of what it looks for. ${blindSpots}`,
    };
  }
  if (missed !== null) {
    return { fails: false, text: `Sees this attack: it misses ${percent(missed, 1)} of it.` };
  }
  return flagged ? { fails: false, text: `Right about this attack: ${obey}.` } : null;
}

/** What is left of the attack, and of the network. */
function left(after: Standing, before: Standing): Assessment {
  const lost = before.cleanAccuracy - after.cleanAccuracy;
  const success = after.attackSuccess!;
  const figures =
    `${percent(success)} of the triggered images obey after it, ${percent(before.attackSuccess!)} before; ` +
    `clean accuracy ${lost >= 0 ? "fell" : "rose"} by ${(100 * Math.abs(lost)).toFixed(2)} points`;
  if (success > MAY_BE_LEFT) return { fails: true, text: `Fails on this attack: ${figures}.` };
  if (lost > MAY_BE_LOST) return { fails: true, text: `Ruins the network: ${figures}.` };
  return { fails: false, text: `Stops this attack: ${figures}.` };
}
