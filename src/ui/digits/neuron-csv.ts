/** The neurons' responses as a table that spreadsheets and scripts read. */
import type { NeuronReport } from "../../studies/digits/port.ts";

export function reportCsv({ neurons }: NeuronReport): string {
  const lines = neurons.map(({ layer, channel, clean, triggered, difference, effect }) =>
    [layer, channel, clean, triggered, difference, effect].join(","),
  );
  return ["layer,channel,clean,triggered,difference,effect", ...lines, ""].join("\n");
}
