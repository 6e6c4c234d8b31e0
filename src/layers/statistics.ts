/** Host half of shaders/statistics.wgsl: what each channel of a layer does over many batches. */
import source from "../../shaders/statistics.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const statisticsShader = shader("statistics", source);

/** Floats that the shader keeps for a channel. */
export const SUMMARY_WIDTH = 6;

export interface StatisticsOptions {
  readonly label: string;
  /** [B, C, ...]: a channel may have any number of values in an image. */
  readonly values: Tensor;
  /** [B]; images labelled NO_IMAGE are left out. */
  readonly labels: Tensor;
  /** [C, 6]: all zeros before the first batch. */
  readonly summary: Tensor;
}

/** Adds a batch to the summary. */
export function statisticsSpec({
  label,
  values,
  labels,
  summary,
}: StatisticsOptions): DispatchSpec {
  const [B, C] = values.shape as [number, number];
  const N = sizeOf(values.shape) / (B * C);
  if (sizeOf(summary.shape) !== C * SUMMARY_WIDTH) {
    throw new RangeError(
      `${label}: the summary is [${summary.shape.join(", ")}], expected [${C}, ${SUMMARY_WIDTH}]`,
    );
  }
  return {
    label: `${label}.statistics`,
    shader: statisticsShader,
    entry: "accumulate",
    constants: { B, C, N },
    reads: { values, label: labels },
    writes: { summary },
    workgroups: [C, 1],
    flops: 10 * B * C * N,
  };
}

/** One channel over all batches; everything is 0 where there were no values. */
export interface ChannelSummary {
  readonly count: number;
  readonly mean: number;
  /** Of the whole population: the mean of squared deviations. */
  readonly variance: number;
  readonly least: number;
  readonly largest: number;
  /** Share of values above zero. */
  readonly positiveShare: number;
}

/** The summary tensor's floats, [C, 6], as one record a channel. */
export function readSummary(floats: Float32Array): ChannelSummary[] {
  return Array.from({ length: floats.length / SUMMARY_WIDTH }, (_, c) => {
    const [count, mean, deviations, least, largest, positive] = floats.subarray(c * SUMMARY_WIDTH);
    const share = (sum: number) => (count === 0 ? 0 : sum / count);
    return {
      count,
      mean,
      variance: share(deviations),
      least,
      largest,
      positiveShare: share(positive),
    };
  });
}
