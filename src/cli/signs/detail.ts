/** The detail at which photographs are read: `--detail`. */
import { GREATEST_DETAIL } from "../../training/tiles.ts";
import { textOf, wholeNumber, type Options, type OptionSpec } from "../shared/options.ts";

export const detailOptions: OptionSpec = {
  detail: {
    type: "string",
    value: "N|auto",
    help:
      "evaluate, detect: pixels of a photograph's longest side at which it is read, in overlapping pieces " +
      "where that is more than the detector's input; auto: what signs of 20 pixels need, up to 960 " +
      "(default: detect auto, evaluate the input)",
  },
};

/** @returns pixels; null: what each photograph needs @throws UsageError for what is neither */
export function detailFrom(given: Options): number | null {
  if (textOf(given, "detail") === "auto") return null;
  return wholeNumber(given, "detail", 1, GREATEST_DETAIL) ?? null;
}
