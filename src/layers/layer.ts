/** A layer: the host half of a shader, as lists of dispatches over tensors that it owns or is given. */
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Activation } from "./activation.ts";

export interface Layer {
  readonly label: string;
  readonly output: Activation;
  readonly forward: readonly DispatchSpec[];
  /** In the order in which they must run. */
  readonly backward: readonly DispatchSpec[];
}

/** The forward passes of layers in their order. */
export function forwardOf(layers: readonly Layer[]): DispatchSpec[] {
  return layers.flatMap((layer) => layer.forward);
}

/** Their backward passes, last layer first. */
export function backwardOf(layers: readonly Layer[]): DispatchSpec[] {
  return layers.toReversed().flatMap((layer) => layer.backward);
}

/** A parameter, or a part of one, and its gradient. */
export interface ParameterPair {
  readonly value: Tensor;
  readonly gradient: Tensor;
}

/** A layer's parameters and their gradients, slices of the model's two big buffers. */
export interface Parameters {
  readonly w: Tensor;
  readonly b: Tensor;
  readonly dw: Tensor;
  readonly db: Tensor;
}

/** Those of the layer of this name, "conv1" having "conv1.w" and "conv1.b". */
export function parametersOf(
  byLabel: ReadonlyMap<string, ParameterPair>,
  layer: string,
): Parameters {
  const [w, b] = [byLabel.get(`${layer}.w`)!, byLabel.get(`${layer}.b`)!];
  return { w: w.value, b: b.value, dw: w.gradient, db: b.gradient };
}
