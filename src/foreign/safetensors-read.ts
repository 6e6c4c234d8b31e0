/** Reads a PyTorch state dict out of a safetensors file: the names and the numbers, and a table of layers for them. */
import { readArrays, type RawArray } from "../files/safetensors.ts";
import { budgets } from "./budgets.ts";
import { guessTable } from "./guess.ts";
import { fromBfloat16, fromFloat16 } from "./halves.ts";
import type { ForeignNetwork } from "./network.ts";
import { TABLE } from "./safetensors-write.ts";
import { parseTable, type LayerTable } from "./table.ts";
import { networkOf, type WeightArrays } from "./weights.ts";
import { UserError } from "../errors.ts";

/** Bytes of an element, of all types that occur beside weights. */
const sizes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export interface Tabled {
  readonly network: ForeignNetwork;
  readonly table: LayerTable;
}

/**
 * @param table of the layers; null: guessed
 * @throws UserError where it is no such file, or the table does not fit it
 */
export function readStateDict(
  bytes: Uint8Array,
  input: ForeignNetwork["input"] | null,
  table: LayerTable | null,
): Tabled {
  const { arrays, metadata } = readArrays(bytes, "it", sizes);
  const own = metadata[TABLE];
  const stated = own === undefined ? null : parseTable(own, "its metadata");
  return tabled(fractionsOf(arrays), { format: "safetensors" }, input, table ?? stated);
}

/** Weights with the table that is given, or a guessed one. */
export function tabled(
  arrays: WeightArrays,
  told: Pick<ForeignNetwork, "format">,
  input: ForeignNetwork["input"] | null,
  table: LayerTable | null,
): Tabled {
  const own = table ?? guessTable(arrays, input);
  const notes = table
    ? []
    : [
        "The file holds weights alone: the layers between them (ReLU, pools, padding) are guessed from the shapes. Look at the table, and at the accuracy.",
      ];
  return { network: networkOf(arrays, own, { ...told, notes }), table: own };
}

/** Arrays of fractions; whole numbers, such as how many batches were seen, are no weights. */
function fractionsOf(arrays: ReadonlyMap<string, RawArray<keyof typeof sizes>>): WeightArrays {
  const found = [...arrays].flatMap(([key, { dtype, shape, data }]) => {
    const values = valuesOf(dtype, data);
    return values ? [[key, { shape, values }] as const] : [];
  });
  const count = found.reduce((sum, [, { values }]) => sum + values.length, 0);
  if (count > budgets.parameters) {
    throw new UserError(`it has ${count} numbers, and up to ${budgets.parameters} are read.`);
  }
  return new Map(found);
}

function valuesOf(dtype: string, data: Uint8Array<ArrayBuffer>): Float32Array | null {
  switch (dtype) {
    case "F32":
      return new Float32Array(data.buffer);
    case "F64":
      return Float32Array.from(new Float64Array(data.buffer));
    case "F16":
      return fromFloat16(data);
    case "BF16":
      return fromBfloat16(data);
    default:
      return null;
  }
}
