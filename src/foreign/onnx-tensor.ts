/** Constants of an ONNX graph: tensors of several number types, as plain numbers with their dimensions. */
import { clip, UserError } from "../errors.ts";
import { budgets } from "./budgets.ts";
import { fromBfloat16, fromFloat16 } from "./halves.ts";
import { dataTypes, type OnnxTensor } from "./onnx-schema.ts";

/** What a graph has of numbers that no image changes: weights, and shapes that are computed with. */
export interface Constant {
  /** None: a single number. */
  readonly dims: readonly number[];
  /** Last dimension fastest. */
  readonly data: Float32Array | readonly number[];
}

export const sizeOf = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);

const { float, float16, bfloat16, double, int32, int64, int8, uint8, bool } = dataTypes;

/** By number type: the bytes of one, how raw ones are read, and the list that holds them otherwise. */
const readers: Readonly<
  Record<
    number,
    {
      readonly bytes: number;
      readonly raw: (data: Uint8Array) => Float32Array | readonly number[];
      readonly list: (tensor: OnnxTensor) => ArrayLike<number>;
    }
  >
> = {
  [float]: { bytes: 4, raw: (data) => new Float32Array(ownOf(data)), list: (t) => t.floatData },
  [double]: {
    bytes: 8,
    raw: (data) => Float32Array.from(new Float64Array(ownOf(data))),
    list: (t) => t.doubleData,
  },
  [float16]: {
    bytes: 2,
    raw: fromFloat16,
    list: (t) => fromFloat16(new Uint8Array(Uint16Array.from(t.int32Data).buffer)),
  },
  [bfloat16]: {
    bytes: 2,
    raw: fromBfloat16,
    list: (t) => fromBfloat16(new Uint8Array(Uint16Array.from(t.int32Data).buffer)),
  },
  [int64]: {
    bytes: 8,
    raw: (data) => Array.from(new BigInt64Array(ownOf(data)), Number),
    list: (t) => t.int64Data,
  },
  [int32]: { bytes: 4, raw: (data) => [...new Int32Array(ownOf(data))], list: (t) => t.int32Data },
  [int8]: { bytes: 1, raw: (data) => [...new Int8Array(ownOf(data))], list: (t) => t.int32Data },
  [uint8]: { bytes: 1, raw: (data) => [...data], list: (t) => t.int32Data },
  [bool]: { bytes: 1, raw: (data) => [...data], list: (t) => t.int32Data },
};

const isFloat = (type: number): boolean =>
  [float, double, float16, bfloat16].some((one) => one === type);

const ownOf = (data: Uint8Array): ArrayBuffer => new Uint8Array(data).buffer;

/** Whole numbers are for shapes and axes; more of them are no part of a network that is read here. */
const MOST_WHOLE = 4096;

/** @throws UserError where its weights lie elsewhere, or do not fill its dimensions */
export function constantOf(tensor: OnnxTensor): Constant {
  const { dims, dataType = 0, rawData } = tensor;
  const name = clip(tensor.name ?? "a constant");
  if (tensor.dataLocation === 1 || tensor.externalData.length > 0) {
    throw new UserError(
      `the weights of ${name} lie in another file ("external data"), and only what is in this one is read; export it with all in one file.`,
    );
  }
  const reader = readers[dataType];
  if (!reader) {
    throw new UserError(
      `${name} holds numbers of type ${dataType}, and weights are read as float, double, float16 or bfloat16; quantised networks are not.`,
    );
  }
  const size = sizeOf(dims);
  const most = isFloat(dataType) ? budgets.parameters : MOST_WHOLE;
  if (dims.length > 8 || dims.some((one) => one < 0) || !(size <= most)) {
    throw new UserError(
      `${name} is of ${clip(dims.join(" x "))}, which is more than is read here.`,
    );
  }
  if (rawData !== undefined && rawData.length > 0) {
    checkCount(name, rawData.length / reader.bytes, size);
    return { dims, data: reader.raw(rawData) };
  }
  const list = reader.list(tensor);
  checkCount(name, list.length, size);
  return { dims, data: isFloat(dataType) ? Float32Array.from(list) : Array.from(list) };
}

function checkCount(name: string, count: number, expected: number): void {
  if (count === expected) return;
  throw new UserError(`${name} has ${count} numbers where its dimensions need ${expected}.`);
}

/** The weights of a layer. @throws UserError where they are no fractions, or of another number of dimensions */
export function weightsOf({ dims, data }: Constant, rank: number, what: string): Float32Array {
  if (dims.length === rank && data instanceof Float32Array) return data;
  throw new UserError(`${what} should be weights of ${rank} dimensions, but has ${dims.length}.`);
}

/** The same with two dimensions exchanged: [a, b] becomes [b, a]. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  return turned;
}
