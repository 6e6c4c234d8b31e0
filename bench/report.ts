/** What a run found, whether its contestants trained the same network, and the table of it. */
import type { Anatomy } from "./contestant.ts";
import type { Counts } from "./count-webgpu.ts";

/** What the page is asked to measure. */
export interface Options {
  /** Images a step. */
  batch: number;
  /** Parts of the names of those that are wanted, in either case; none for all. */
  only: readonly string[];
  /** Parts of the names of those that are left out. */
  without: readonly string[];
  repetitions: number;
  /** A repetition's length at least, and two steps at least. */
  seconds: number;
}

declare global {
  interface Window {
    measure(options: Options): Promise<Report>;
  }
}

/** Whether a contestant takes part. */
export function isChosen(name: string, { only, without }: Pick<Options, "only" | "without">) {
  const hasOneOf = (parts: readonly string[]) =>
    parts.some((part) => name.toLowerCase().includes(part.toLowerCase()));
  return (only.length === 0 || hasOneOf(only)) && !hasOneOf(without);
}

/** One batch size on one adapter. */
export interface Report {
  adapter: string;
  batch: number;
  results: Result[];
  /** Of our own step. */
  anatomy?: Anatomy;
}

/** A contestant's figures, or why there are none. */
export type Result =
  | {
      name: string;
      /** Of the first steps, one each. */
      losses: number[];
      /** WebGPU calls a step. */
      counts: Counts;
      /** Seconds a step, one for each repetition. */
      stepSeconds: number[];
    }
  | { name: string; absent: string };

/** The contestant that is this project. */
export const OWN_NAME = "BadNets Lab";

/** Losses may differ by this much, relatively, for rounding. */
const tolerance = 1e-3;

/**
 * Compares the contestants' losses with each step's median over all of them.
 *
 * @returns A sentence for each contestant that trained something else; none if all agree.
 */
export function disagreements({ results }: Report): string[] {
  const traces = results.filter((result) => "losses" in result);
  return traces.flatMap(({ name, losses }) => {
    const step = losses.findIndex((loss, index) => {
      const usual = median(traces.map((trace) => trace.losses[index]));
      // Written so that NaN disagrees.
      return !(Math.abs(loss - usual) <= tolerance * Math.abs(usual));
    });
    if (step < 0) return [];
    const usual = median(traces.map((trace) => trace.losses[step]));
    return [`${name}: loss ${losses[step]} in step ${step}, where the median is ${usual}`];
  });
}

/** The report as text, fastest first. */
export function formatTable({ batch, results }: Report): string {
  const timed = results
    .filter((result) => "stepSeconds" in result)
    .map((result) => ({ ...result, seconds: median(result.stepSeconds) }))
    .sort((a, b) => a.seconds - b.seconds);
  const rate = (seconds: number) => (batch / seconds).toFixed(1);
  const rows = timed.map(({ name, seconds, stepSeconds, counts }) => {
    const usesWebGpu = counts.dispatches > 0;
    return [
      name,
      rate(seconds),
      `${rate(Math.max(...stepSeconds))}–${rate(Math.min(...stepSeconds))}`,
      (seconds * 1000).toFixed(1),
      (timed[0].seconds / seconds).toFixed(2),
      ...[counts.dispatches, counts.uploads, counts.buffers, counts.bindGroups].map((count) =>
        usesWebGpu ? String(count) : "–",
      ),
    ];
  });
  const head = ["", "images/s", "min–max", "step ms", "ratio"];
  head.push("dispatches/step", "uploads/step", "buffers/step", "bind groups/step");
  const absent = results
    .filter((result) => "absent" in result)
    .map(({ name, absent }) => `${name}: not measured: ${absent}`);
  return [`batch ${batch}`, ...align([head, ...rows]), ...absent].join("\n");
}

/** Where our own step's time goes, as text; nothing if it was not measured. */
export function formatAnatomy({ anatomy, results }: Report): string {
  const own = results.find((result) => "stepSeconds" in result && result.name === OWN_NAME);
  if (!anatomy || !own || !("stepSeconds" in own)) return "";
  const { firstStepSeconds, flops, bestProduct, kernels } = anatomy;
  const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const reached = flops / median(own.stepSeconds) / 1e9;
  const rows = kernels.map(({ label, milliseconds, flops }) => [
    label,
    milliseconds.toFixed(2),
    `${((100 * milliseconds) / total).toFixed(1)} %`,
    flops > 0 ? (flops / milliseconds / 1e6).toFixed(2) : "",
  ]);
  return [
    `${OWN_NAME}: first step ${firstStepSeconds.toFixed(2)} s after having the data; a step reaches ` +
      `${reached.toFixed(2)} GFLOP/s, ${((100 * reached) / bestProduct).toFixed(0)} % of our best dense ` +
      `product's ${bestProduct.toFixed(2)} (512 x 512 x 512)`,
    ...align([["kernel by itself", "ms", "share", "GFLOP/s"], ...rows]),
  ].join("\n");
}

/** Pads the first column on the right, the others on the left. */
function align(rows: string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join("  "),
  );
}

/** The middle value; of an even number the upper one, so that it is always a measured one. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
