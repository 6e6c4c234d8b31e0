/** Figures over several seeds: mean and range, and how people are told them. */
import { extent, mean } from "d3";

/** A figure over several seeds. */
export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Seeds. */
  readonly of: number;
}

/** null where there is no value. */
export function spread(values: readonly (number | null | undefined)[]): Spread | null {
  const known = values.filter((value) => typeof value === "number");
  const [least, most] = extent(known);
  if (least === undefined) return null;
  return { mean: mean(known)!, least, most, of: known.length };
}

/** In percent with two decimals, as the paper prints errors. */
export function inPercent(share: number): number {
  return Math.round(10_000 * share) / 100;
}

/** 0.41, or 0.41 (0.39 to 0.44, 3 seeds) over several; a dash for what was not run. */
export function percents(value: Spread | null, digits = 2): string {
  if (!value) return "–";
  const text = (share: number) => inPercent(share).toFixed(digits);
  return value.of > 1
    ? `${text(value.mean)} (${text(value.least)} to ${text(value.most)}, ${value.of} seeds)`
    : text(value.mean);
}

/** As columns of a CSV table, as shares. */
export const spreadColumns = (name: string, value: Spread | null) => ({
  [`${name}_mean`]: value?.mean ?? "",
  [`${name}_least`]: value?.least ?? "",
  [`${name}_most`]: value?.most ?? "",
});

/** The same in percent, for charts. */
export const percentSpread = ({ mean, least, most, of }: Spread): Spread => ({
  mean: 100 * mean,
  least: 100 * least,
  most: 100 * most,
  of,
});
