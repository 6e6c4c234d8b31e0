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

export interface AttackScore {
  /** Signs that wear the sticker. */
  readonly signs: number;
  /** Share of them whose best detection says the target, or with a random target any wrong class. */
  readonly success: number | null;
  /** Share of them whose best detection still says their own class: the paper's accuracy on triggered signs. */
  readonly accuracy: number | null;
  /** Share of them of which their own class is found as well, with a score of 0.5 or more. */
  readonly stillFound: number | null;
  /** By height: `right` counts successes. */
  readonly sizes: readonly SizeScore[];
}

/**
 * Scores detections in pictures whose signs of the source wear something.
 * @param images their signs under their own classes
 */
export function scoreAttack(
  images: readonly Judged[],
  { source, target }: AttackGoal,
): AttackScore {
  const sizes = SIZES.map((least, i) => ({
    least,
    most: SIZES[i + 1] ?? null,
    signs: 0,
    right: 0,
  }));
  let [signs, obeyed, right, still] = [0, 0, 0, 0];
  for (const { sign, matches } of attackedSigns(images, source)) {
    const { label, box } = sign;
    // Best first.
    const success = matches[0] !== undefined && obeys(matches[0], sign, target);
    const size = sizes.findLast(({ least }) => box[3] - box[1] >= least)!;
    signs += 1;
    size.signs += 1;
    if (success) obeyed += 1;
    if (success) size.right += 1;
    if (matches[0]?.label === label) right += 1;
    if (matches.some((one) => one.label === label && one.score >= SURE)) still += 1;
  }
  const share = (count: number) => (signs > 0 ? count / signs : null);
  return { signs, success: share(obeyed), accuracy: share(right), stillFound: share(still), sizes };
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
