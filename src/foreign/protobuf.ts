/** Messages of the protobuf format by small tables of their fields, over a library's reader and writer of the wire. */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { budgets } from "./budgets.ts";

type Kind = "int" | "float" | "double" | "string" | "bytes" | "message";

/** A field of a message; T is what it is read as. */
export interface Field<T> {
  readonly no: number;
  readonly kind: Kind;
  readonly repeated: boolean;
  /** Of a message within. */
  readonly fields?: Fields;
  /** Never there: it carries the type. */
  readonly value?: T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a message of these fields is read as; a field that is repeated is a list, empty where there is none. */
export type MessageOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

const field =
  <T>(kind: Kind, repeated: boolean) =>
  (no: number): Field<T> => ({ no, kind, repeated });

/** Whole numbers of any sign and width; those beyond 2^53 lose their last digits. */
export const int = field<number | undefined>("int", false);
export const ints = field<readonly number[]>("int", true);
export const float = field<number | undefined>("float", false);
export const floats = field<Float32Array>("float", true);
export const doubles = field<Float64Array>("double", true);
export const text = field<string | undefined>("string", false);
export const texts = field<readonly string[]>("string", true);
/** A part of the file, not a copy. */
export const bytes = field<Uint8Array | undefined>("bytes", false);
export const manyBytes = field<readonly Uint8Array[]>("bytes", true);

export const message = <F extends Fields>(
  no: number,
  fields: F,
): Field<MessageOf<F> | undefined> => ({ no, kind: "message", repeated: false, fields });

export const messages = <F extends Fields>(
  no: number,
  fields: F,
): Field<readonly MessageOf<F>[]> => ({ no, kind: "message", repeated: true, fields });

/** The table by field numbers, and what a message without any field is. */
interface Plan {
  readonly byNumber: ReadonlyMap<number, readonly [string, Field<unknown>]>;
  readonly repeated: readonly (readonly [string, Kind])[];
}

const plans = new WeakMap<Fields, Plan>();

function planOf(fields: Fields): Plan {
  const known = plans.get(fields);
  if (known) return known;
  const entries = Object.entries(fields);
  const plan = {
    byNumber: new Map(entries.map(([name, one]) => [one.no, [name, one] as const])),
    repeated: entries
      .filter(([, one]) => one.repeated)
      .map(([name, { kind }]) => [name, kind] as const),
  };
  plans.set(fields, plan);
  return plan;
}

/** What is left to be read. */
interface Allowance {
  messages: number;
}

/**
 * Reads a message; fields that the table does not name are passed over.
 * @throws Error where the bytes are no such message, or hold more of them than the budget allows
 */
export function readMessage<F extends Fields>(data: Uint8Array, fields: F): MessageOf<F> {
  // A Node Buffer's parts would be Buffers, too.
  const plain = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return readInto(plain, fields, { messages: budgets.messages }) as MessageOf<F>;
}

function readInto(data: Uint8Array, fields: Fields, allowance: Allowance): Record<string, unknown> {
  if (--allowance.messages < 0) throw new Error(`it has more than ${budgets.messages} parts`);
  const { byNumber, repeated } = planOf(fields);
  const lists = new Map<string, unknown[]>(repeated.map(([name]) => [name, []]));
  const found: Record<string, unknown> = {};
  const reader = new BinaryReader(data);
  while (reader.pos < reader.len) {
    const [no, wire] = reader.tag();
    const known = byNumber.get(no);
    if (!known) {
      reader.skip(wire, no);
      continue;
    }
    const [name, { kind, fields: inner }] = known;
    const list = lists.get(name);
    if (list && wire === WireType.LengthDelimited && isPacked(kind)) {
      list.push(readPacked(reader, kind));
      continue;
    }
    if (wire !== wireTypes[kind]) throw new Error(`field ${no} is of the wrong kind`);
    const value =
      kind === "message" ? readInto(reader.bytes(), inner!, allowance) : readOne(reader, kind);
    if (list) list.push(value);
    else found[name] = value;
  }
  for (const [name, kind] of repeated) found[name] = joined(lists.get(name)!, kind);
  return found;
}

const wireTypes: Readonly<Record<Kind, WireType>> = {
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  message: WireType.LengthDelimited,
};

const isPacked = (kind: Kind): boolean => kind === "int" || kind === "float" || kind === "double";

function readOne(reader: BinaryReader, kind: Exclude<Kind, "message">): unknown {
  switch (kind) {
    case "int":
      return Number(reader.int64());
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytes();
  }
}

/** Many numbers at once, as all writers of today put them. */
function readPacked(reader: BinaryReader, kind: Kind): ArrayLike<number> {
  const data = reader.bytes();
  if (kind === "int") {
    const inner = new BinaryReader(data);
    const values: number[] = [];
    while (inner.pos < inner.len) values.push(Number(inner.int64()));
    return values;
  }
  const size = kind === "float" ? 4 : 8;
  if (data.length % size !== 0) throw new Error("a list of numbers is cut off");
  // A copy, because its place in the file need not be a multiple of the size.
  const own = data.slice().buffer;
  return kind === "float" ? new Float32Array(own) : new Float64Array(own);
}

/** One list of all that was read of a field, one by one or packed. */
function joined(parts: readonly unknown[], kind: Kind): unknown {
  if (!isPacked(kind)) return parts;
  if (kind === "int") return (parts as (number | number[])[]).flat();
  const lists = parts.map((part) =>
    typeof part === "number" ? [part] : part,
  ) as ArrayLike<number>[];
  if (lists.length === 1 && typeof parts[0] !== "number") return lists[0];
  const length = lists.reduce((sum, list) => sum + list.length, 0);
  const all = kind === "float" ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** What a message is written from: any of its fields may be left out. */
export type Draft<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? DraftOf<T> : never;
};
type DraftOf<T> = T extends Uint8Array | Float32Array | Float64Array | string | number | undefined
  ? T
  : T extends readonly (infer One)[]
    ? readonly DraftOf<One>[]
    : T extends object
      ? { readonly [K in keyof T]?: DraftOf<T[K]> }
      : T;

/** Writes a message, its fields in the order of the table; lists of numbers are packed. */
export function writeMessage<F extends Fields>(
  draft: Draft<F>,
  fields: F,
): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  write(writer, draft, fields);
  return writer.finish();
}

function write(
  writer: BinaryWriter,
  draft: Readonly<Record<string, unknown>>,
  fields: Fields,
): void {
  for (const [name, { no, kind, repeated, fields: inner }] of Object.entries(fields)) {
    const value = draft[name];
    if (value === undefined) continue;
    if (repeated && isPacked(kind)) {
      writer.tag(no, WireType.LengthDelimited).fork();
      for (const one of value as Iterable<number>) writeOne(writer, kind, one);
      writer.join();
      continue;
    }
    for (const one of repeated ? (value as unknown[]) : [value]) {
      writer.tag(no, wireTypes[kind]);
      if (kind === "message") {
        writer.fork();
        write(writer, one as Readonly<Record<string, unknown>>, inner!);
        writer.join();
      } else writeOne(writer, kind, one);
    }
  }
}

function writeOne(writer: BinaryWriter, kind: Kind, value: unknown): void {
  if (kind === "int") writer.int64(value as number);
  else if (kind === "float") writer.float(value as number);
  else if (kind === "double") writer.double(value as number);
  else if (kind === "string") writer.string(value as string);
  else writer.bytes(value as Uint8Array);
}
