/** Host half of shaders/trigger-loss.wgsl: what searches for triggers and margins minimise, group by group. */
import source from "../../shaders/trigger-loss.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const triggerLossShader = shader("trigger-loss", source);

/** "aim": read as the label; "astray": not read as the label; "margin": the label far above all other classes. */
export type Wish = "aim" | "astray" | "margin";

/** As the shader numbers them. */
const WISHES: readonly Wish[] = ["aim", "astray", "margin"];

export interface TriggerLossOptions {
  readonly wish: Wish;
  /** [G * S, N], N being 2 or more */
  readonly logits: Tensor;
  /** [G * S] */
  readonly labels: Tensor;
  /** As long as the logits */
  readonly gradient: Tensor;
  /** [G, 2]: mean loss of a group, and the share of its images that went as wished */
  readonly tally: Tensor;
  /** [4]: steps done, which go up by one */
  readonly progress: Tensor;
}

export function triggerLossSpec(options: TriggerLossOptions): DispatchSpec {
  const { wish, logits, labels, gradient, tally, progress } = options;
  const [B, N] = logits.shape;
  const [G] = tally.shape;
  return {
    label: `trigger.${wish}`,
    shader: triggerLossShader,
    entry: "loss",
    constants: { G, S: B / G, N, WISH: WISHES.indexOf(wish) },
    reads: { z: logits, label: labels },
    writes: { dz: gradient, tally, progress },
    workgroups: [G, 1],
    flops: 6 * B * N,
  };
}
