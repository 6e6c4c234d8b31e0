/** Writes a network's parameters as a PyTorch state dict in a safetensors file, with its layers as a table. */
import { writeSafetensors, type StoredTensor } from "../files/safetensors.ts";
import {
  describeParameters,
  type LayerDescription,
  type NetworkDescription,
} from "../models/description.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import { torchName } from "./onnx-write.ts";
import { tableText, type LayerTable, type TableRow } from "./table.ts";

/** The metadata's key of the table of layers. */
export const TABLE = "layers";

export function writeStateDict(
  network: NetworkDescription,
  parameters: ParameterValues,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = new Map(
    describeParameters(network).map(({ label, shape }): [string, StoredTensor] => [
      torchName(label),
      { dtype: "F32", shape, data: parameters.get(label)! },
    ]),
  );
  const table = tableOf(network);
  // "pt" is what PyTorch's own writer puts there.
  const told = { ...metadata, format: "pt", ...(table && { [TABLE]: tableText(table) }) };
  return writeSafetensors(tensors, told);
}

/** The layers as a table; null where a pool is none that tables have. */
function tableOf({ input, layers }: NetworkDescription): LayerTable | null {
  const rows = layers.map((layer, i) => rowsOf(layer, layers[i - 1]));
  return rows.includes(null) ? null : { input: [...input], layers: rows.flatMap((own) => own!) };
}

function rowsOf(layer: LayerDescription, below: LayerDescription | undefined): TableRow[] | null {
  if (layer.kind === "pool") {
    const { by, kernel, stride, pad = 0, padEnd = pad, counted = 0 } = layer;
    if (padEnd !== pad || (by === "average" && counted !== pad)) return null;
    return [{ layer: `${by}-pool`, kernel, stride, padding: pad }];
  }
  const relu: TableRow[] = layer.relu ? [{ layer: "relu" }] : [];
  if (layer.kind === "dense") {
    const flat: TableRow[] = below?.kind === "dense" ? [] : [{ layer: "flatten" }];
    return [...flat, { layer: "dense", weights: layer.label }, ...relu];
  }
  const { label, stride = 1, pad = 0, pool } = layer;
  const halves: TableRow = { layer: "average-pool", kernel: 2, stride: 2, padding: 0 };
  return [
    { layer: "conv", weights: label, stride, padding: pad },
    ...relu,
    ...(pool === 2 ? [halves] : []),
  ];
}
