/** The epochs of a run as an axis; those of a usual run before there is one. */
import type { DigitPort } from "../../studies/digits/types.ts";
import type { History } from "../../studies/port.ts";
import type { XAxis } from "../elements/line-chart.ts";

export function epochAxis(history: History<DigitPort> | null): XAxis {
  return { label: "epoch", end: history ? history.totalSteps / history.stepsPerEpoch : 3 };
}
