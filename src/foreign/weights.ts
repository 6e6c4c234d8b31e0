/** Files of weights alone, by their names: what is called "conv1.weight" and "conv1.bias" is one layer. */
import { UserError, clip } from "../errors.ts";
import type { ForeignNetwork, Step } from "./network.ts";
import { normalisation } from "./onnx-nodes.ts";
import type { LayerTable, TableRow } from "./table.ts";

/** An array of a file. */
export interface WeightArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type WeightArrays = ReadonlyMap<string, WeightArray>;

/**
 * The network that a table makes of arrays.
 * @throws UserError naming the first array that is missing or of the wrong shape
 */
export function networkOf(
  arrays: WeightArrays,
  { input, layers }: LayerTable,
  told: Pick<ForeignNetwork, "format" | "notes">,
): ForeignNetwork {
  const steps = layers.map((row, i) => stepOf(row, arrays, `${row.layer}${i + 1}`));
  return { ...told, producer: null, input, steps };
}

function stepOf(row: TableRow, arrays: WeightArrays, name: string): Step {
  switch (row.layer) {
    case "conv": {
      const { shape, values } = taken(arrays, row.weights, "weight", 4);
      const [O, C, height, width] = shape;
      const { stride, padding } = row;
      return {
        kind: "convolution",
        name: row.weights,
        shape: [O, C, height, width],
        weights: values,
        bias: biasOf(arrays, row.weights, O),
        stride: [stride, stride],
        dilation: [1, 1],
        pads: [padding, padding, padding, padding],
      };
    }
    case "dense": {
      const { shape, values } = taken(arrays, row.weights, "weight", 2);
      const [outputs, inputs] = shape;
      const bias = biasOf(arrays, row.weights, outputs);
      return { kind: "dense", name: row.weights, weights: values, outputs, inputs, bias };
    }
    case "batch-norm": {
      const [mean, variance] = ["running_mean", "running_var"].map(
        (part) => taken(arrays, row.weights, part, 1).values,
      );
      const own = (part: string, otherwise: number) =>
        arrays.has(`${row.weights}.${part}`)
          ? taken(arrays, row.weights, part, 1).values
          : new Float32Array(mean.length).fill(otherwise);
      const lists = { scale: own("weight", 1), bias: own("bias", 0), mean, variance };
      return normalisation(row.weights, { ...lists, epsilon: row.epsilon });
    }
    case "max-pool":
    case "average-pool": {
      const { kernel, stride = kernel, padding } = row;
      return {
        kind: "pool",
        name,
        by: row.layer === "max-pool" ? "max" : "average",
        window: {
          kernel: [kernel, kernel],
          stride: [stride, stride],
          pads: [padding, padding, padding, padding],
          ceil: false,
          countsPads: true,
        },
      };
    }
    case "global-average":
      return { kind: "pool", name, by: "average", window: null };
    case "relu":
    case "flatten":
      return { kind: row.layer, name };
  }
}

function taken(arrays: WeightArrays, layer: string, part: string, rank: number): WeightArray {
  const key = `${layer}.${part}`;
  const array = arrays.get(key);
  if (array?.shape.length === rank) return array;
  throw new UserError(
    array
      ? `"${clip(key)}" is of ${array.shape.join(" x ")}, and ${rank} dimensions are expected.`
      : `there is no "${clip(key)}" in it, which the table of layers names.`,
  );
}

function biasOf(arrays: WeightArrays, layer: string, outputs: number): Float32Array | null {
  if (!arrays.has(`${layer}.bias`)) return null;
  const { values } = taken(arrays, layer, "bias", 1);
  if (values.length === outputs) return values;
  throw new UserError(`"${clip(layer)}.bias" has ${values.length} numbers for ${outputs} outputs.`);
}
