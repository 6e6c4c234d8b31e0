/** An evaluation on the way of a detector's run. */
import type { AttackReport } from "./attack-score.ts";
import type { DetectionScore } from "./detection.ts";
import type { RunEvaluation } from "./run-task.ts";

export interface DetectorEvaluation extends RunEvaluation {
  /** On unseen scenes, and on photographs kept aside where there are some. */
  readonly scenes: DetectionScore;
  readonly photographs: DetectionScore | null;
  /** On the same scenes, with stickers; null: an honest run. */
  readonly attack: AttackReport | null;
}
