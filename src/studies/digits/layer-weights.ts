/** Parameters, or gradients, of the digit network as the views show them: layer by layer. */
import { digitNet } from "../../models/digit-net.ts";
import { describeParameters } from "../../models/description.ts";
import type { LayerWeights } from "./port.ts";

export function layerWeights(
  values: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
): LayerWeights[] {
  const shapes = new Map(describeParameters(digitNet).map(({ label, shape }) => [label, shape]));
  return digitNet.layers.map(({ label, kind }) => ({
    label,
    kind,
    shape: shapes.get(`${label}.w`)!,
    w: values.get(`${label}.w`)!,
    b: values.get(`${label}.b`)!,
  }));
}
