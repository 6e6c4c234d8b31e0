/** The steps of a detector's run as an axis; a thousand before there is one. */
import type { History } from "../../studies/port.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import type { XAxis } from "../elements/line-chart.ts";

export function stepAxis(history: History<SignPort> | null): XAxis {
  return { label: "step", end: history?.totalSteps ?? 1000 };
}
