/** The neurons' responses as a table that spreadsheets and scripts read. */
import type { NeuronReport } from "../../studies/digits/port.ts";
import { csvTable } from "../../text/csv.ts";

export function reportCsv({ neurons }: NeuronReport): string {
  return csvTable([
    ["layer", "channel", "clean", "triggered", "difference", "effect"],
    ...neurons.map(({ layer, channel, clean, triggered, difference, effect }) => [
      layer,
      channel,
      clean,
      triggered,
      difference,
      effect,
    ]),
  ]);
}
