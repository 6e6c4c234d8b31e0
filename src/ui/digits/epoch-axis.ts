/** The epochs of a run as an axis; those of a usual run before there is one. */
import type { RunView } from "../../studies/digits/port.ts";
import type { XAxis } from "../elements/line-chart.ts";

export function epochAxis(run: RunView | null): XAxis {
  return { label: "epoch", end: run ? run.totalSteps / run.stepsPerEpoch : 3 };
}
