/** A profile as text: kernels, passes, ceilings and the method. */
import { percent } from "../../format.ts";
import type { Profile } from "../../gpu/profile.ts";
import { wrap } from "../shared/options.ts";

/** The table, the totals, the ceilings and the method, in lines. */
export function profileReport(profile: Profile): string[] {
  const { adapter, ceilings, kernels, passes, milliseconds, togetherMilliseconds } = profile;
  const name = adapter.description || adapter.device || `${adapter.vendor} ${adapter.architecture}`;
  const rate = (value: number, work: number) => (work === 0 ? "" : short(value));
  return [
    `${profile.title}, on ${name}`,
    "",
    ...table(
      ["kernel", "pass", "ms", "share", "GFLOP/s", "GB/s", "workgroups", "of"],
      kernels.map((k) => [
        k.label,
        k.pass,
        short(k.milliseconds),
        percent(k.share, 1),
        rate(k.gflops, k.flops),
        short(k.gigabytesPerSecond),
        k.workgroups.join(" x "),
        String(k.workgroupSize),
      ]),
    ),
    "",
    ...table(
      ["pass", "kernels", "ms", "share", "GFLOP/s"],
      passes.map((p) => [
        p.pass,
        String(p.kernels),
        short(p.milliseconds),
        percent(p.share, 1),
        rate(p.flops / p.milliseconds / 1e6, p.flops),
      ]),
    ),
    "",
    `all kernels ${short(milliseconds)} ms; the step as it runs in training ${short(togetherMilliseconds)} ms`,
    `ceilings measured here: ${short(ceilings.gflops)} GFLOP/s (multiply-adds of ${ceilings.form}), ` +
      `${short(ceilings.gigabytesPerSecond)} GB/s (copy)`,
    ...wrap(profile.method, 100),
  ];
}

/** Numbers of three or so significant digits, as rates and times want. */
function short(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** Columns as wide as they need to be; words to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const words = new Set(["kernel", "pass"]);
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i].length)));
  const lay = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (words.has(head[i]) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  return [lay(head), ...rows.map(lay)];
}
