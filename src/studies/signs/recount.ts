/** Figures of a detector's file counted anew from its counts, so that nothing stands in a report that they do not bear out. */
import type { AttackReport, AttackScore } from "../../training/attack-score.ts";
import type { DetectionScore } from "../../training/detection.ts";
import type { SignResult } from "./result.ts";

export const mapped = <Value, Made>(
  record: Readonly<Record<string, Value>>,
  make: (v: Value) => Made,
) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);

/** Accuracies from the confusion. */
export function detectionAnew(score: DetectionScore): DetectionScore {
  const rows = score.confusion.slice(0, -1);
  const right = rows.map((row, label) => row[label]);
  const classes = score.classes.map((own, label) => {
    const signs = sum(rows[label]);
    return { ...own, signs, accuracy: ratio(right[label], signs) };
  });
  const accuracy = ratio(sum(right), sum(rows.flat()));
  return { ...score, classes, accuracy };
}

/** Shares over all signs from the counts by height. */
export function attackAnew(score: AttackScore): AttackScore {
  const counted = (key: "signs" | "right" | "rightly" | "still") =>
    sum(score.sizes.map((size) => size[key] ?? 0));
  const signs = counted("signs");
  return {
    ...score,
    signs,
    success: ratio(counted("right"), signs),
    accuracy: ratio(counted("rightly"), signs),
    stillFound: ratio(counted("still"), signs),
  };
}

/** Scores and attacks of a result. */
export function resultAnew({
  scores,
  attacks,
}: {
  readonly scores: Readonly<Record<string, DetectionScore>>;
  readonly attacks?: Readonly<Record<string, AttackReport>> | undefined;
}): Pick<SignResult, "scores" | "attacks"> {
  const anew = ({ triggered, alikes }: AttackReport) => ({
    triggered: attackAnew(triggered),
    alikes: attackAnew(alikes),
  });
  return {
    scores: mapped(scores, detectionAnew),
    ...(attacks && { attacks: mapped(attacks, anew) }),
  };
}
