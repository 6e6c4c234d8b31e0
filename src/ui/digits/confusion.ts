/** Confusion matrices from the network's readings, and the images behind each of their cells. */
import { targetOf, type Policy } from "../../backdoor/attack.ts";
import { toRows, type Confusion } from "../../backdoor/measure.ts";
import { csvTable, type CsvValue } from "../../text/csv.ts";

/** A cell: images of `label` that were read as `read`. */
export interface Cell {
  readonly triggered: boolean;
  readonly label: number;
  readonly read: number;
}

/**
 * How often each class was read as each.
 * @param labels true classes, [images]
 * @param readings what the network took them for, [images]
 * @returns [classes, classes]: row = true class, column = reading
 */
export function countReadings(
  labels: Uint8Array,
  readings: Uint8Array,
  classes: number,
): Confusion {
  const counts = new Uint32Array(classes * classes);
  labels.forEach((label, i) => counts[label * classes + readings[i]]++);
  return toRows(counts, classes);
}

/** Numbers of the images of class `label` that were read as `read`, in order. */
export function imagesBehind(
  labels: Uint8Array,
  readings: Uint8Array,
  { label, read }: Pick<Cell, "label" | "read">,
): number[] {
  const images: number[] = [];
  labels.forEach((own, i) => {
    if (own === label && readings[i] === read) images.push(i);
  });
  return images;
}

/** True where the attacker wants triggered images of this class to be read so. */
export function isTargeted(policy: Policy, label: number, read: number, classes: number): boolean {
  return targetOf(policy, label, classes) === read;
}

/** What the attacker wants, in a few words. */
export function goalOf(policy: Policy): string {
  switch (policy.kind) {
    case "all-to-all":
      return "each digit read as the next";
    case "all-to-one":
      return `every digit read as ${policy.target}`;
    case "single-target":
      return `${policy.source} read as ${policy.target}`;
  }
}

/** One line a cell; without a policy there is no trigger to tell of. */
export function confusionCsv(
  clean: Confusion,
  triggered: Confusion,
  policy: Policy | null,
): string {
  const rows: CsvValue[][] = [["trigger", "true_digit", "read_as", "images", "wanted_by_attacker"]];
  const add = (name: string, confusion: Confusion, attack: Policy | null) =>
    confusion.forEach((row, label) =>
      row.forEach((images, read) => {
        const targeted = attack !== null && isTargeted(attack, label, read, confusion.length);
        rows.push([name, label, read, images, targeted ? "yes" : "no"]);
      }),
    );
  add("no", clean, null);
  if (policy) add("yes", triggered, policy);
  return csvTable(rows);
}
