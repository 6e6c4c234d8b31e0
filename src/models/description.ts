/** A network as data: the list that describes it, and the parameters that follow from it. */
import { convolved } from "../layers/convolved.ts";
import { pooled } from "../layers/pooled.ts";

/** One row of a network's table. */
export type LayerDescription =
  | {
      readonly kind: "conv";
      readonly label: string;
      readonly filters: number;
      readonly kernel: number;
      readonly stride?: number;
      readonly pad?: number;
      readonly relu?: boolean;
      readonly pool?: 1 | 2;
    }
  | {
      readonly kind: "dense";
      readonly label: string;
      readonly outputs: number;
      readonly relu?: boolean;
    }
  | PoolDescription;

/** A pool of any size, which has no parameters; an average over 2 x 2 after a convolution is that one's `pool`. */
export interface PoolDescription {
  readonly kind: "pool";
  readonly label: string;
  readonly by: "max" | "average";
  readonly kernel: number;
  readonly stride: number;
  /** Rows and columns before the image. */
  readonly pad?: number;
  /** Rows and columns behind it; as many as before unless given. */
  readonly padEnd?: number;
  /** Of an average: rows and columns beyond the image on each side that count as zeros. */
  readonly counted?: number;
}

/** A layer that has parameters, and so neurons of its own. */
export type WeightedLayer = Exclude<LayerDescription, PoolDescription>;

export const isWeighted = (layer: LayerDescription): layer is WeightedLayer =>
  layer.kind !== "pool";

export interface NetworkDescription {
  /** Of one image: [C, H, W]. */
  readonly input: readonly [number, number, number];
  readonly layers: readonly LayerDescription[];
}

export interface ParameterDescription {
  /** For example "conv1.w". */
  readonly label: string;
  readonly shape: readonly number[];
  /** Inputs that one output is summed over, which the initial spread is chosen by. */
  readonly fanIn: number;
  /** Factor on that spread, 1 unless given: some outputs shall begin close to zero. */
  readonly spread?: number;
  /** It stays as it is given: no gradient, no optimiser. */
  readonly frozen?: true;
}

/** What each layer makes of an image, after its pooling, in order: [C, H, W]; a dense layer's is [outputs, 1, 1]. */
export function outputShapes({
  input,
  layers,
}: NetworkDescription): (readonly [number, number, number])[] {
  let shape = input;
  return layers.map((layer) => {
    if (layer.kind === "dense") return (shape = [layer.outputs, 1, 1]);
    if (layer.kind === "pool") {
      const { kernel, stride, pad = 0, padEnd } = layer;
      const side = (size: number) => pooled(size, kernel, stride, pad, padEnd);
      return (shape = [shape[0], side(shape[1]), side(shape[2])]);
    }
    const { filters, kernel, stride = 1, pad = 0, pool = 1 } = layer;
    const side = (size: number) => convolved(size, kernel, stride, pad) / pool;
    return (shape = [filters, side(shape[1]), side(shape[2])]);
  });
}

/** Weight and bias of every layer that has them, in order. */
export function describeParameters(network: NetworkDescription): ParameterDescription[] {
  const below = [network.input, ...outputShapes(network)];
  return network.layers.flatMap((layer, i) => {
    if (layer.kind === "pool") return [];
    const [channels, height, width] = below[i];
    const inputs = layer.kind === "conv" ? channels * layer.kernel ** 2 : channels * height * width;
    const outputs = layer.kind === "conv" ? layer.filters : layer.outputs;
    const shape =
      layer.kind === "conv" ? [outputs, channels, layer.kernel, layer.kernel] : [outputs, inputs];
    return [
      { label: `${layer.label}.w`, shape, fanIn: inputs },
      { label: `${layer.label}.b`, shape: [outputs], fanIn: inputs },
    ];
  });
}
