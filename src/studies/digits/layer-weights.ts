/** Parameters, or gradients, of a network as the views show them: layer by layer. */
import {
  describeParameters,
  isWeighted,
  type NetworkDescription,
} from "../../models/description.ts";
import type { LayerWeights } from "./port.ts";

export function layerWeights(
  network: NetworkDescription,
  values: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
): LayerWeights[] {
  const shapes = new Map(describeParameters(network).map(({ label, shape }) => [label, shape]));
  return network.layers
    .filter(isWeighted)
    .map(({ label, kind }) => ({
      label,
      kind,
      shape: shapes.get(`${label}.w`)!,
      w: values.get(`${label}.w`)!,
      b: values.get(`${label}.b`)!,
    }));
}
