/** The figures of the paper's cards, in the page's colours or in a file's. */
import type { TriggerPreset } from "../../backdoor/trigger.ts";
import type { Figure, Palette } from "../../figures/figure.ts";
import { depthChart } from "../../studies/digits/paper/figures/depth-chart.ts";
import { filterSheet } from "../../studies/digits/paper/figures/filter-sheet.ts";
import { heatMap } from "../../studies/digits/paper/figures/heat-map.ts";
import { shareChart } from "../../studies/digits/paper/figures/share-chart.ts";
import { triggeredDigits } from "../../studies/digits/paper/figures/triggered-digits.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import { triggers, triggerTitles } from "../../studies/digits/paper/instances.ts";
import { pairSetOf, type ItemId } from "../../studies/digits/paper/items.ts";
import {
  errorTable,
  evidenceOf,
  pairTable,
  shareTable,
} from "../../studies/digits/paper/tables.ts";
import type { Sample } from "../../studies/digits/port.ts";
import { seeds } from "./paper-section.ts";

/** What the cards show. */
export interface Shown {
  readonly finished: Finished;
  readonly trigger: TriggerPreset;
  /** The digit of figure 3. */
  readonly sample: Sample | null;
}

/** The figures of an item that there is something for, by the name that they have in file names. */
export function figuresOf(
  id: ItemId,
  { finished, trigger, sample }: Shown,
  palette: Palette,
): readonly { readonly name: string; readonly figure: Figure }[] {
  const evidence = evidenceOf(finished, seeds, trigger)?.evidence;
  const title = triggerTitles[trigger];
  switch (id) {
    case "figure-3":
      return sample
        ? [{ name: "digits", figure: triggeredDigits(sample.pixels, sample.label, palette) }]
        : [];
    case "figure-4":
    case "figure-4-alone":
    case "figure-4-negatives": {
      const table = pairTable(finished, seeds, trigger, pairSetOf(id));
      if (table.cells.length === 0) return [];
      return (["clean", "backdoor"] as const).map((which) => ({
        name: `${trigger}-${which}`,
        figure: heatMap({ table, which, palette }),
      }));
    }
    case "figure-5":
      return evidence
        ? [{ name: trigger, figure: filterSheet(evidence.filters, palette, title) }]
        : [];
    case "figure-6":
      return [{ name: "shares", figure: shares(finished, palette) }];
    case "depth":
      return evidence
        ? [{ name: trigger, figure: depthChart(evidence.depth, palette, title) }]
        : [];
    case "baseline":
    case "table-2":
      return [];
  }
}

function shares(finished: Finished, palette: Palette): Figure {
  return shareChart({
    curves: triggers.map((trigger) => ({ trigger, points: shareTable(finished, seeds, trigger) })),
    baseline: errorTable(finished, seeds, "pattern").at(-1)!.baselineClean,
    palette,
  });
}
