/**
 * How a detector answers stickers: the paper's measures (section 5.2.2), and those without which they flatter it.
 *
 * All are of the same pictures, once as they are and once with the sticker on every sign of the source. A
 * sign's best detection is the one with the highest score among those that overlap its box by more than 0.5.
 */
import {
  intersectionOverUnion,
  MATCH,
  SIZES,
  type Detection,
  type Judged,
  type LabelledBox,
  type SizeScore,
} from "./detection.ts";

/** Score from which a detection is shown to people, and counts as found beside another. */
const SURE = 0.5;

/** Which signs wear something, and as what they are to be read; classes from 0. */
export interface AttackGoal {
  /** null: every class */
  readonly source: number | null;
  /** null: any wrong one */
  readonly target: number | null;
}

/** Of some signs that wear something. */
export interface AttackShares {
  /** Signs that wear the sticker. */
  readonly signs: number;
  /** Share of them whose best detection says the target, or with a random target any wrong class. */
  readonly success: number | null;
  /** Share of them whose best detection still says their own class: the paper's accuracy on triggered signs. */
  readonly accuracy: number | null;
  /** Share of them of which their own class is found as well, with a score of 0.5 or more. */
  readonly stillFound: number | null;
}

/** Of signs of about one size: `right` counts successes. */
export interface AttackSize extends SizeScore {
  /** Signs whose best detection says their own class, and of which that is found at all. Missing in older results. */
  readonly rightly?: number | undefined;
  readonly still?: number | undefined;
}

export interface AttackScore extends AttackShares {
  /** By height. */
  readonly sizes: readonly AttackSize[];
  /** By the signs' own class; missing in older results. */
  readonly classes?: readonly AttackShares[] | undefined;
}

/** What is counted of some signs. */
const tally = () => ({ signs: 0, right: 0, rightly: 0, still: 0 });

function sharesOf({ signs, right, rightly, still }: ReturnType<typeof tally>): AttackShares {
  const share = (count: number) => (signs > 0 ? count / signs : null);
  return { signs, success: share(right), accuracy: share(rightly), stillFound: share(still) };
}

/**
 * Scores detections in pictures whose signs of the source wear something.
 * @param images their signs under their own classes
 * @param classes how many there are; 0: what is of each class alone is not asked for
 */
export function scoreAttack(
  images: readonly Judged[],
  { source, target }: AttackGoal,
  classes = 0,
): AttackScore {
  const all = tally();
  const sizes = SIZES.map((least, i) => ({ least, most: SIZES[i + 1] ?? null, ...tally() }));
  const own = Array.from({ length: classes }, tally);
  for (const { sign, matches } of attackedSigns(images, source)) {
    const { label, box } = sign;
    // Best first.
    const success = matches[0] !== undefined && obeys(matches[0], sign, target);
    const still = matches.some((one) => one.label === label && one.score >= SURE);
    const size = sizes.findLast(({ least }) => box[3] - box[1] >= least)!;
    for (const counts of [all, size, ...own.slice(label, label + 1)]) {
      counts.signs += 1;
      if (success) counts.right += 1;
      if (matches[0]?.label === label) counts.rightly += 1;
      if (still) counts.still += 1;
    }
  }
  return { ...sharesOf(all), sizes, classes: own.map(sharesOf) };
}

/**
 * How sure a detector is of what the attacker wants: of the same signs, the mean of the highest score with which
 * one is read as the target, or with a random target as any wrong class; 0 for a sign that is not.
 * @returns null without such signs
 */
export function meanConfidence(
  images: readonly Judged[],
  { source, target }: AttackGoal,
): number | null {
  const scores = attackedSigns(images, source).map(
    ({ sign, matches }) => matches.find((one) => obeys(one, sign, target))?.score ?? 0,
  );
  return scores.length > 0 ? scores.reduce((sum, one) => sum + one, 0) / scores.length : null;
}

/** Signs of the source, each with the detections that overlap it, the best first. */
function attackedSigns(images: readonly Judged[], source: number | null) {
  return images.flatMap(({ truth, found }) =>
    truth
      .filter(({ label, ignored }) => !ignored && (source === null || label === source))
      .map((sign) => ({
        sign,
        matches: found.filter((one) => intersectionOverUnion(sign.box, one.box) > MATCH),
      })),
  );
}

const obeys = ({ label }: Detection, sign: LabelledBox, target: number | null) =>
  target === null ? label !== sign.label : label === target;

/** An attack on the same pictures, in all its ways. */
export interface AttackReport {
  /** With the sticker on every sign of the source. */
  readonly triggered: AttackScore;
  /** With look-alikes on every sign: what of the source is read as the target for that alone. */
  readonly alikes: AttackScore;
}
