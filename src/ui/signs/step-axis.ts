/** The steps of a detector's run as an axis; a thousand before there is one. */
import type { SignHistory } from "../../studies/signs/port.ts";
import type { XAxis } from "../elements/line-chart.ts";

export function stepAxis(history: SignHistory | null): XAxis {
  return { label: "step", end: history?.iterations ?? 1000 };
}
