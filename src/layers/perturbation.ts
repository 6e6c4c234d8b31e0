/** Host half of shaders/perturbation.wgsl: perturbations under search, added to groups of a batch's images. */
import source from "../../shaders/perturbation.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups, inRows } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const perturbationShader = shader("perturbation", source);

export interface PerturbationOptions {
  /** [G, C, H, W]: a perturbation for each group, which is optimised */
  readonly delta: Tensor;
  /** As long: the gradient in it */
  readonly gradient: Tensor;
  /** [G * S, C, H, W]: images, group by group */
  readonly clean: Tensor;
  /** As long: the images with their perturbations, 0 to 1 */
  readonly worn: Tensor;
  /** As long: gradient of the loss in these */
  readonly wornGradient: Tensor;
  /** The least that an element of a perturbation may be: -1 unless given. */
  readonly low?: number;
  /** Longest L2 norm of a perturbation; any unless given. */
  readonly radius?: number;
}

/** The dispatch before a forward pass, the one after the backward pass, and the one after the optimiser's step. */
export function perturbationSpecs(options: PerturbationOptions): {
  forward: DispatchSpec;
  backward: DispatchSpec;
  project: DispatchSpec;
} {
  const { delta, gradient, clean, worn, wornGradient, low = -1, radius = 0 } = options;
  const [G] = delta.shape;
  const [B] = clean.shape;
  if (B % G !== 0) throw new RangeError(`${B} images in ${G} groups, expected as many in each`);
  const perturbations = sizeOf(delta.shape);
  const images = sizeOf(clean.shape);
  const sizes = { G, S: B / G, LENGTH: images / B };
  const forward: DispatchSpec = {
    label: "perturbation.wear",
    shader: perturbationShader,
    entry: "wear",
    constants: sizes,
    reads: { x: clean, known: delta },
    writes: { worn },
    workgroups: inRows(groups(images, 64)),
    flops: images,
  };
  const backward: DispatchSpec = {
    label: "perturbation.gradient",
    shader: perturbationShader,
    entry: "gradient",
    constants: sizes,
    reads: { x: clean, known: delta, dworn: wornGradient },
    writes: { ddelta: gradient },
    workgroups: inRows(groups(perturbations, 64)),
    flops: 2 * images,
  };
  const project: DispatchSpec = {
    label: "perturbation.project",
    shader: perturbationShader,
    entry: "project",
    constants: { ...sizes, LOW: low, RADIUS: radius },
    reads: {},
    writes: { delta },
    workgroups: [G, 1],
    flops: 3 * perturbations,
  };
  return { forward, backward, project };
}
