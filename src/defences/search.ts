/** A search on the device: a fixed list of dispatches, repeated without looking, on a network whose weights stand still. */
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Pacer } from "../gpu/pace.ts";
import { compile } from "../gpu/pipelines.ts";
import { imageGradientSpecs, inBlocks } from "../layers/image-gradient.ts";
import { perturbationSpecs, type PerturbationOptions } from "../layers/perturbation.ts";
import { triggerLossSpec, type TriggerLossOptions } from "../layers/trigger-loss.ts";
import { withTiling, type Tiling } from "../layers/tiling.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { buildNetwork, type Network } from "../models/network.ts";
import { writeParameters } from "../training/parameter-values.ts";
import type { Hooks, Subject } from "./subject.ts";

/** A network that passes gradients down to its images, and none to its weights. */
export interface FrozenNetwork extends Network {
  /** Of the backward pass what leads to the images. */
  readonly backward: readonly DispatchSpec[];
}

/** Builds the network for a batch, with the subject's parameters. */
function frozen(gpu: Gpu, subject: Subject, batch: number, tiling: Tiling): FrozenNetwork {
  const { description, parameters } = subject;
  const network = buildNetwork(gpu, description, batch, tiling, { inputGradient: true });
  writeParameters(gpu, network.parameters, parameters);
  const passes = network.backward.filter(({ entry }) => entry.startsWith("backward_input"));
  const [first] = description.layers;
  if (first.kind !== "conv" || !inBlocks(description.input, first)) {
    return { ...network, backward: passes };
  }
  const toImages = imageGradientSpecs(gpu, {
    weights: parameters.get(`${first.label}.w`)!,
    kernel: first.kernel,
    pad: first.pad ?? 0,
    dy: network.layers[0].output.gradient!,
    dx: network.inputGradient!,
    tiling,
  });
  return { ...network, backward: [...passes.slice(0, -1), ...toImages] };
}

/** A step that changes perturbations: worn, judged, and moved the way that the loss falls, within their bounds. */
export function perturbationStep(
  network: FrozenNetwork,
  loss: Pick<TriggerLossOptions, "wish" | "labels" | "tally" | "progress">,
  perturbation: Omit<PerturbationOptions, "worn" | "wornGradient">,
  optimiser: DispatchSpec,
): DispatchSpec[] {
  const { x, inputGradient, logits, logitsGradient } = network;
  const wearing = perturbationSpecs({ ...perturbation, worn: x, wornGradient: inputGradient! });
  return [
    wearing.forward,
    ...network.forward,
    triggerLossSpec({ ...loss, logits, gradient: logitsGradient }),
    ...network.backward,
    wearing.backward,
    optimiser,
    wearing.project,
  ];
}

export interface Search {
  readonly batch: number;
  readonly steps: number;
  /**
   * The step's dispatches around the network, and what is read back after the last step.
   * @param gpu to allocate from, as long as the search lasts
   */
  readonly prepare: (
    gpu: Gpu,
    network: FrozenNetwork,
  ) => { readonly step: readonly DispatchSpec[]; readonly results: readonly Tensor[] };
}

/**
 * Runs a search to its end.
 * @returns its results
 * @throws the signal's reason when it was aborted; GpuError when the device was lost
 */
export async function runSearch(
  gpu: Gpu,
  subject: Subject,
  { batch, steps, prepare }: Search,
  { report, signal }: Hooks = {},
): Promise<Float32Array<ArrayBuffer>[]> {
  const scope = gpu.scope();
  try {
    const { dispatches, results } = await withTiling(scope, undefined, (tiling) =>
      scope.withinMemory(`A search with ${batch} images at once`, async () => {
        const { step, results } = prepare(scope, frozen(scope, subject, batch, tiling));
        return { dispatches: await compile(scope, step), results };
      }),
    );
    signal?.throwIfAborted();
    await new Pacer(scope, dispatches).run(steps, (done) => {
      report?.(done, steps);
      return signal?.aborted !== true;
    });
    signal?.throwIfAborted();
    return await scope.read(...results);
  } finally {
    scope.destroy();
  }
}
