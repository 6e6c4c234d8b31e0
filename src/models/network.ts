/** Builds a network of layers, the one list that describes it, into tensors and dispatches. */
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Activation } from "../layers/activation.ts";
import { averagePoolLayer } from "../layers/average-pool.ts";
import { conv2dLayer } from "../layers/conv2d.ts";
import { denseLayer } from "../layers/dense.ts";
import { maxPoolLayer } from "../layers/max-pool.ts";
import {
  backwardOf,
  forwardOf,
  parametersOf,
  type Layer,
  type ParameterPair,
  type Parameters,
} from "../layers/layer.ts";
import type { Tiling } from "../layers/tiling.ts";
import {
  describeParameters,
  type NetworkDescription,
  type PoolDescription,
  type WeightedLayer,
} from "./description.ts";

export interface Network {
  readonly description: NetworkDescription;
  readonly batch: number;
  /** The images, [B, C, H, W], which whoever feeds the network writes. */
  readonly x: Tensor;
  /** Gradient of the loss in the images, [B, C, H, W]; null unless it was asked for. */
  readonly inputGradient: Tensor | null;
  /** The last layer's output, [B, classes]. */
  readonly logits: Tensor;
  /** Gradient of the loss in the logits, which the loss writes. */
  readonly logitsGradient: Tensor;
  readonly layers: readonly Layer[];
  /** All parameters in one buffer, and their gradients likewise. */
  readonly values: Tensor;
  readonly gradients: Tensor;
  /** The same by label, in order. */
  readonly parameters: ReadonlyMap<string, ParameterPair>;
  readonly forward: readonly DispatchSpec[];
  /** The forward pass reversed: last layer first. */
  readonly backward: readonly DispatchSpec[];
}

export interface NetworkOptions {
  /** The backward pass goes on to the images. It costs nothing where it is not asked for. */
  readonly inputGradient?: boolean;
}

/** Allocates the network for a batch of images and wires its layers up. */
export function buildNetwork(
  gpu: Gpu,
  description: NetworkDescription,
  batch: number,
  tiling: Tiling,
  { inputGradient = false }: NetworkOptions = {},
): Network {
  const parameterList = describeParameters(description);
  const values = gpu.arena("parameters", parameterList);
  const gradients = gpu.arena(
    "gradients",
    parameterList.map(({ label, shape }) => ({ label: label.replace(".", ".d"), shape })),
  );
  const parameters = new Map(
    parameterList.map(({ label }, i) => [
      label,
      { value: values.parts[i], gradient: gradients.parts[i] },
    ]),
  );

  const x = gpu.tensor("x", [batch, ...description.input]);
  const dx = inputGradient ? gpu.tensor("dx", x.shape) : null;
  let input: Activation = { values: x, full: x, gradient: dx, relu: false, pool: 1 };
  const layers = description.layers.map((layer) => {
    const built =
      layer.kind === "pool"
        ? poolLayer(gpu, layer, input)
        : weightedLayer(gpu, layer, {
            input,
            parameters: parametersOf(parameters, layer.label),
            tiling,
          });
    input = built.output;
    return built;
  });
  return {
    description,
    batch,
    x,
    inputGradient: dx,
    logits: input.values,
    logitsGradient: input.gradient!,
    layers,
    values: values.whole,
    gradients: gradients.whole,
    parameters,
    forward: forwardOf(layers),
    backward: backwardOf(layers),
  };
}

function weightedLayer(
  gpu: Gpu,
  layer: WeightedLayer,
  given: { readonly input: Activation; readonly parameters: Parameters; readonly tiling: Tiling },
): Layer {
  const options = { ...layer, ...given };
  return options.kind === "conv" ? conv2dLayer(gpu, options) : denseLayer(gpu, options);
}

function poolLayer(gpu: Gpu, layer: PoolDescription, input: Activation): Layer {
  const options = { ...layer, pad: layer.pad ?? 0, input };
  return layer.by === "max" ? maxPoolLayer(gpu, options) : averagePoolLayer(gpu, options);
}
