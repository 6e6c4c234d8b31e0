/** The safetensors format: named arrays behind a JSON header, read as if a stranger wrote it. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";

/** The array type for each element type; bytes are little-endian, as every platform's here are. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

export type Dtype = keyof typeof ARRAYS;

/** An array as it lies in a file. */
export interface StoredTensor {
  dtype: Dtype;
  shape: readonly number[];
  /** The array type of `dtype`, with as many elements as `shape` says, last index fastest. */
  data: InstanceType<(typeof ARRAYS)[Dtype]>;
}

/** What a file holds. */
export interface Safetensors {
  tensors: Map<string, StoredTensor>;
  /** Free texts by key; has no prototype, so that only the file's own keys are found. */
  metadata: Record<string, string>;
}

/** The most bytes a header may have, padding included. */
const MAX_HEADER = 1_000_000;

const METADATA = "__metadata__";

/** A key that objects treat in their own way: neither read nor written. */
const FORBIDDEN = "__proto__";

const Size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Shape = v.array(v.pipe(Size, v.maxValue(2 ** 32 - 1)));
/** An array's entry in the header. */
interface Entry<Type extends string> {
  readonly dtype: Type;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Bytes of one element, by element type. */
type Sizes<Type extends string> = Readonly<Record<Type, number>>;

const entrySchema = <Type extends string>(sizes: Sizes<Type>) =>
  v.object({
    dtype: v.custom<Type>(
      (value) => typeof value === "string" && Object.hasOwn(sizes, value),
      ({ received }) => `Expected one of ${Object.keys(sizes).join(", ")} but received ${received}`,
    ),
    shape: Shape,
    data_offsets: v.strictTuple([Size, Size]),
  });

const ownSizes = Object.fromEntries(
  Object.entries(ARRAYS).map(([dtype, { BYTES_PER_ELEMENT }]) => [dtype, BYTES_PER_ELEMENT]),
) as Record<Dtype, number>;

/**
 * Puts arrays into one file. The same content gives the same bytes, in whatever order it comes.
 * @throws Error if an array does not fill its shape, a name is reserved or the header would
 * exceed 1 MB
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === METADATA || name === FORBIDDEN) throw new Error(`the name ${name} is reserved`);
    if (!(data instanceof ARRAYS[dtype])) throw new Error(`tensor ${name}: data is not ${dtype}`);
    if (!v.is(Shape, shape) || count(shape) !== data.length) {
      throw new Error(`tensor ${name}: ${data.length} elements don't fill [${shape.join(", ")}]`);
    }
  }
  if (Object.hasOwn(metadata, FORBIDDEN)) throw new Error(`the name ${FORBIDDEN} is reserved`);

  // Wide elements first: each array then begins at a multiple of its element size.
  const inOrder = [...tensors].sort(
    ([a, { dtype: s }], [b, { dtype: t }]) => elementSize(t) - elementSize(s) || (a < b ? -1 : 1),
  );
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const fields: [string, string][] = [];
  if (texts.length > 0) {
    fields.push([METADATA, jsonObject(texts.map(([key, text]) => [key, JSON.stringify(text)]))]);
  }
  let length = 0;
  for (const [name, { dtype, shape, data }] of inOrder) {
    const data_offsets = [length, (length += data.byteLength)];
    fields.push([name, JSON.stringify({ dtype, shape, data_offsets })]);
  }
  const text = new TextEncoder().encode(jsonObject(fields));
  const header = Math.ceil(text.length / 8) * 8;
  if (header > MAX_HEADER) throw new Error(`a header of ${header} bytes exceeds 1 MB`);

  const bytes = new Uint8Array(8 + header + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + header);
  let offset = 8 + header;
  for (const [, { data }] of inOrder) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * Takes a file apart. Arrays are copies; their order means nothing.
 * @param name the file's name, for errors
 * @throws UserError at anything but a well-formed file whose arrays fill it without gap or overlap
 */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const { arrays, metadata } = readArrays(bytes, name, ownSizes);
  const tensors = new Map<string, StoredTensor>();
  for (const [tensor, { dtype, shape, data }] of arrays) {
    tensors.set(tensor, { dtype, shape, data: new ARRAYS[dtype](data.buffer) });
  }
  return { tensors, metadata };
}

/** An array as its bytes, a copy, little-endian. */
export interface RawArray<Type extends string> {
  readonly dtype: Type;
  readonly shape: readonly number[];
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * The same with the arrays as bytes.
 * @param sizes bytes of an element, of the types that may occur
 */
export function readArrays<Type extends string>(
  bytes: Uint8Array,
  name: string,
  sizes: Sizes<Type>,
): { arrays: Map<string, RawArray<Type>>; metadata: Record<string, string> } {
  const fail = (problem: string): never => {
    throw new UserError(`${name} is not a usable safetensors file: ${problem}.`);
  };
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, the shortest has 10`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = Number(view.getBigUint64(0, true));
  if (header > MAX_HEADER) fail(`its header claims ${header} bytes, at most 1 MB is allowed`);
  const start = 8 + header;
  if (start > bytes.length) fail(`it is cut off within its header of ${header} bytes`);

  const { entries, metadata } = readHeader(bytes.subarray(8, start), sizes, fail);
  checkLayout(entries, sizes, bytes.length - start, fail);
  const arrays = new Map<string, RawArray<Type>>();
  for (const [key, { dtype, shape, data_offsets }] of entries) {
    const [begin, end] = data_offsets;
    // Not by slice(): a Node Buffer's would be a view, aligned to nothing.
    const data = new Uint8Array(bytes.subarray(start + begin, start + end));
    arrays.set(key, { dtype, shape, data });
  }
  return { arrays, metadata };
}

/**
 * An array that must be there, in F32 and of this shape.
 * @param name the file's name, for errors
 */
export function takeF32(
  tensors: ReadonlyMap<string, StoredTensor>,
  key: string,
  shape: readonly number[],
  name: string,
): Float32Array<ArrayBuffer> {
  const tensor = tensors.get(key);
  if (!tensor) {
    throw new UserError(`${name} has no tensor "${key}", so it holds no network of this form.`);
  }
  if (tensor.dtype !== "F32" || tensor.shape.join() !== shape.join()) {
    throw new UserError(
      `${name}: tensor "${key}" is ${tensor.dtype} [${tensor.shape.join(", ")}], expected F32 [${shape.join(", ")}].`,
    );
  }
  return new Float32Array(tensor.data);
}

/** Ends the reading with the problem found. */
type Fail = (problem: string) => never;

/** Reads the JSON header into entries of the right form; whether they fit the file is not its care. */
function readHeader<Type extends string>(
  bytes: Uint8Array,
  sizes: Sizes<Type>,
  fail: Fail,
): { entries: Map<string, Entry<Type>>; metadata: Record<string, string> } {
  const schema = entrySchema(sizes);
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    return fail(`its header is not JSON in UTF-8 (${clip(String(error))})`);
  }
  if (!text.startsWith("{") || !isObject(json)) return fail("its header is not a JSON object");

  const entries = new Map<string, Entry<Type>>();
  const metadata: Record<string, string> = Object.create(null);
  let keys = 0;
  for (const [key, value] of Object.entries(json)) {
    if (key === FORBIDDEN) fail(`its header uses the key ${FORBIDDEN}`);
    if (key === METADATA) {
      if (!isObject(value)) return fail("its metadata is not an object");
      for (const [item, note] of Object.entries(value)) {
        if (item === FORBIDDEN) fail(`its metadata uses the key ${FORBIDDEN}`);
        if (typeof note !== "string") return fail(`its metadata ${quote(item)} is not a text`);
        metadata[item] = note;
      }
      keys += 1 + Object.keys(metadata).length;
    } else {
      const { success, output, issues } = v.safeParse(schema, value);
      if (!success) {
        const [issue] = issues;
        const where = v.getDotPath(issue) ?? "entry";
        return fail(`tensor ${quote(key)} has a bad ${where} (${clip(issue.message)})`);
      }
      entries.set(key, output);
      keys += 1 + Object.keys(schema.entries).length;
    }
  }
  // JSON.parse keeps the last of equal keys and says nothing; the text still has them all.
  const written = countKeys(text);
  if (written !== keys) {
    fail(`its header has ${written} keys where ${keys} are due: some are repeated or unknown`);
  }
  return { entries, metadata };
}

/** Checks that the arrays have the sizes of their shapes and cover `length` bytes exactly. */
function checkLayout<Type extends string>(
  entries: ReadonlyMap<string, Entry<Type>>,
  sizes: Sizes<Type>,
  length: number,
  fail: Fail,
): void {
  const inOrder = [...entries].sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  let covered = 0;
  for (const [name, { dtype, shape, data_offsets }] of inOrder) {
    const [begin, end] = data_offsets;
    const size = count(shape) * sizes[dtype];
    if (end - begin !== size) {
      fail(`tensor ${quote(name)} has ${end - begin} bytes, its shape and type need ${size}`);
    }
    if (begin < covered) fail(`tensor ${quote(name)} overlaps the one before it`);
    if (begin > covered) fail(`${begin - covered} unused bytes precede tensor ${quote(name)}`);
    covered = end;
  }
  if (covered > length) fail(`it is cut off: ${length} bytes of data, its header needs ${covered}`);
  if (covered < length) fail(`${length - covered} bytes follow its last tensor`);
}

/** JSON text of an object whose values are text already; a JS object would move keys like "0". */
function jsonObject(fields: [key: string, json: string][]): string {
  return `{${fields.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",")}}`;
}

/** How many keys valid JSON text has, repeated ones included: strings that a colon follows. */
function countKeys(text: string): number {
  let keys = 0;
  for (const [, colon] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/g)) {
    if (colon === ":") keys += 1;
  }
  return keys;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function elementSize(dtype: Dtype): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

function quote(name: string): string {
  return JSON.stringify(clip(name));
}
