/** Host half of shaders/trigger-blend.wgsl: masks and patterns under search, worn by groups of a batch's images. */
import source from "../../shaders/trigger-blend.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups, inRows } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const triggerBlendShader = shader("trigger-blend", source);

export interface TriggerBlendOptions {
  /** [G, 1 + C, H, W]: of each group what its mask and its pattern are made of, which is optimised */
  readonly free: Tensor;
  /** As long: mask and pattern, 0 to 1 */
  readonly shaped: Tensor;
  /** As long: the gradient in `free` */
  readonly gradient: Tensor;
  /** [G * S, C, H, W]: images, group by group */
  readonly clean: Tensor;
  /** As long: the images with their triggers on */
  readonly worn: Tensor;
  /** As long: gradient of the loss in these */
  readonly wornGradient: Tensor;
  /** [G, ...]: the price of a mask's L1 norm, first of each row */
  readonly schedule: Tensor;
}

/** The two dispatches before a forward pass, and the one after the backward pass. */
export function triggerBlendSpecs(options: TriggerBlendOptions): {
  forward: DispatchSpec[];
  backward: DispatchSpec;
} {
  const { free, shaped, gradient, clean, worn, wornGradient, schedule } = options;
  const [G, , H, W] = free.shape;
  const [B, C] = clean.shape;
  if (B % G !== 0) throw new RangeError(`${B} images in ${G} groups, expected as many in each`);
  const constants = { G, S: B / G, C, PIXELS: H * W, STATE: schedule.shape[1] };
  const images = sizeOf(clean.shape);
  const triggers = sizeOf(free.shape);
  const base = { shader: triggerBlendShader, constants };
  const shape: DispatchSpec = {
    ...base,
    label: "trigger.shape",
    entry: "shape",
    reads: { free },
    writes: { shaped },
    workgroups: inRows(groups(triggers, 64)),
    flops: 3 * triggers,
  };
  const wear: DispatchSpec = {
    ...base,
    label: "trigger.wear",
    entry: "wear",
    reads: { known: shaped, x: clean },
    writes: { worn },
    workgroups: inRows(groups(images, 64)),
    flops: 4 * images,
  };
  const backward: DispatchSpec = {
    ...base,
    label: "trigger.gradient",
    entry: "gradient",
    reads: { known: shaped, x: clean, dworn: wornGradient, schedule },
    writes: { dfree: gradient },
    workgroups: inRows(groups(triggers, 64)),
    flops: 4 * images,
  };
  return { forward: [shape, wear], backward };
}
