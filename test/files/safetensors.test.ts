/** What is written as safetensors is read again, and no damage ends in anything but a refusal. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from "../../src/files/safetensors.ts";
import { onlyUserErrors } from "../data/samples.ts";
import { f32, file, fileOfBytes, refusal } from "./safetensors-bytes.ts";

/** Reads, and demands of what could be read that it is whole. */
function readDamaged(bytes: Uint8Array): Promise<void> {
  return onlyUserErrors(() => {
    for (const { shape, data } of readSafetensors(bytes, "net").tensors.values()) {
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
    }
  });
}

/** The raw bytes of an array: unlike its numbers they tell NaN from NaN and 0 from -0. */
function raw({ data }: StoredTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const MAKERS = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

/** Arrays of any type, small shape (none to three dimensions, zeros included) and any bits. */
const anyTensor: fc.Arbitrary<StoredTensor> = fc
  .record({
    dtype: fc.constantFrom("F64", "F32", "I32", "U32", "I16", "U16", "I8", "U8"),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    seed: fc.nat(),
  })
  .map(({ dtype, shape, seed }) => {
    const data = new MAKERS[dtype](shape.reduce((product, size) => product * size, 1));
    const bytes = new Uint8Array(data.buffer);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.imul(seed + i, 2654435761) >>> 24;
    return { dtype, shape, data };
  });

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "",
    "0",
    "10",
    "constructor",
    "toString",
    'a"b\\":',
    "layer:w",
    "\ud800",
    "dtype",
  ),
);
const anyName = anyText.filter((name) => name !== "__metadata__" && name !== "__proto__");
const anyTensors = fc.uniqueArray(fc.tuple(anyName, anyTensor), {
  maxLength: 6,
  selector: ([name]) => name,
});
const anyMetadata = fc.dictionary(anyName, anyText, { maxKeys: 5 });

describe("what is written is read again", () => {
  test("names, types, shapes, bits and texts alike", () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (list, metadata) => {
        const tensors = new Map(list);
        const read = readSafetensors(writeSafetensors(tensors, metadata), "net");
        expect(read.tensors.size).toBe(tensors.size);
        for (const [name, tensor] of tensors) {
          const copy = read.tensors.get(name);
          if (copy === undefined) throw new Error(`${name} is missing`);
          expect(copy.dtype).toBe(tensor.dtype);
          expect(copy.shape).toEqual(tensor.shape);
          expect(copy.data.constructor).toBe(tensor.data.constructor);
          expect(raw(copy)).toEqual(raw(tensor));
        }
        expect({ ...read.metadata }).toEqual({ ...metadata });
      }),
      { numRuns: 300 },
    );
  });

  test("and gives the same bytes again, in whatever order", () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (list, metadata) => {
        const bytes = writeSafetensors(new Map(list), metadata);
        const { tensors, metadata: texts } = readSafetensors(bytes, "net");
        expect(writeSafetensors(tensors, texts)).toEqual(bytes);
        const reversed = Object.fromEntries(Object.entries(metadata).toReversed());
        expect(writeSafetensors(new Map(list.toReversed()), reversed)).toEqual(bytes);
      }),
    );
  });

  test("from a place in memory where no float may lie", () => {
    const tensor: StoredTensor = { dtype: "F32", shape: [2], data: Float32Array.of(1.5, -2) };
    const bytes = writeSafetensors(new Map([["w", tensor]]));
    const around = Buffer.concat([Buffer.from("x"), bytes, Buffer.from("y")]);
    const read = readSafetensors(around.subarray(1, -1), "net");
    expect(read.tensors.get("w")?.data).toStrictEqual(Float32Array.of(1.5, -2));
  });
});

test("arrays that were read are copies: changing the file's bytes changes nothing", () => {
  const bytes = file({ w: { dtype: "U8", shape: [2], data_offsets: [0, 2] } }, 2);
  const { tensors } = readSafetensors(bytes, "net");
  bytes.fill(9);
  expect(tensors.get("w")?.data).toEqual(Uint8Array.of(0, 0));
});

test("a written file has the published layout", () => {
  const bytes = writeSafetensors(
    new Map<string, StoredTensor>([
      ["b", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ["w", { dtype: "F32", shape: [1, 1], data: Float32Array.of(1) }],
    ]),
    { note: "x" },
  );
  const header =
    '{"__metadata__":{"note":"x"},"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},' +
    '"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}';
  const padded = Math.ceil(header.length / 8) * 8;
  expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(padded));
  expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded))).toBe(header.padEnd(padded));
  expect([...bytes.subarray(8 + padded)]).toEqual([0, 0, 0x80, 0x3f, 1, 2, 3]);
});

test("every written array begins at a multiple of its element size", () => {
  fc.assert(
    fc.property(anyTensors, (list) => {
      const bytes = writeSafetensors(new Map(list));
      const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(header % 8).toBe(0);
      const json: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + header)));
      const begins = new Map<string, { data_offsets: number[] }>(Object.entries(Object(json)));
      for (const [name, { data }] of list) {
        const [begin] = begins.get(name)?.data_offsets ?? [NaN];
        expect(begin % data.BYTES_PER_ELEMENT).toBe(0);
      }
    }),
  );
});

describe("the writer refuses", () => {
  const tensor: StoredTensor = { dtype: "F32", shape: [2], data: new Float32Array(2) };

  test("an array that does not fill its shape or has another type", () => {
    for (const shape of [[3], [2, 2], [], [-2, -1], [0.5, 4], [2, NaN]]) {
      expect(() => writeSafetensors(new Map([["w", { ...tensor, shape }]]))).toThrow(
        `tensor w: 2 elements don't fill [${shape.join(", ")}]`,
      );
    }
    expect(() => writeSafetensors(new Map([["w", { ...tensor, dtype: "U32" }]]))).toThrow(
      "tensor w: data is not U32",
    );
  });

  test("names that have another meaning", () => {
    for (const name of ["__metadata__", "__proto__"]) {
      expect(() => writeSafetensors(new Map([[name, tensor]]))).toThrow(`${name} is reserved`);
    }
    const metadata = Object.fromEntries([["__proto__", "x"]]);
    expect(() => writeSafetensors(new Map(), metadata)).toThrow("__proto__ is reserved");
  });

  test("a header that the reader would refuse, and no shorter one", async () => {
    const n = "x".repeat(1_000_000 - '{"__metadata__":{"n":""}}'.length);
    const longest = writeSafetensors(new Map(), { n });
    expect(readSafetensors(longest, "net").metadata.n).toBe(n);
    expect(() => writeSafetensors(new Map(), { n: `${n}x` })).toThrow(
      "a header of 1000008 bytes exceeds 1 MB",
    );
  });
});

describe("no damage ends in anything but a UserError or a full read", () => {
  const valid = writeSafetensors(
    new Map<string, StoredTensor>([
      ["conv1.w", { dtype: "F32", shape: [2, 3], data: new Float32Array(6).fill(0.5) }],
      ["step", { dtype: "U32", shape: [], data: Uint32Array.of(7) }],
      ["mask", { dtype: "U8", shape: [5], data: Uint8Array.of(1, 0, 1, 0, 1) }],
    ]),
    { study: "digits", seed: "1" },
  );

  test("when it is cut anywhere, which is always refused", async () => {
    for (let length = 0; length < valid.length; length += 1) {
      await refusal(valid.subarray(0, length));
    }
  });

  test("when bytes are changed, removed or put in", async () => {
    const edit = fc.record({
      at: fc.nat(valid.length - 1),
      remove: fc.nat(3),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc.constantFrom(...Buffer.from('{}[]":,0-e\\')).map((sign) => Uint8Array.of(sign)),
      ),
    });
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, (list) => {
        let bytes = valid;
        for (const { at, remove, insert } of list) {
          bytes = Uint8Array.from([
            ...bytes.subarray(0, at),
            ...insert,
            ...bytes.subarray(at + remove),
          ]);
        }
        return readDamaged(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test("when a part of the header is some other JSON", async () => {
    const part = fc.constantFrom("__metadata__", "w", "dtype", "shape", "data_offsets");
    await fc.assert(
      fc.asyncProperty(part, fc.jsonValue(), (key, value) => {
        const entry = { ...f32([1], 0, 4), [key]: value };
        const header = key === "w" || key === "__metadata__" ? { [key]: value } : { w: entry };
        return readDamaged(file(header, 4));
      }),
      { numRuns: 1000 },
    );
  });

  test("when the file is noise behind a header length that fits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(8), (noise, length) => {
        return readDamaged(fileOfBytes(noise, length));
      }),
      { numRuns: 500 },
    );
  });
});
