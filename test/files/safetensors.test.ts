import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from "../../src/files/safetensors.ts";
import { onlyUserErrors, userError } from "../data/samples.ts";

/** A file with this header, as text or as what JSON makes of it, and `length` bytes of data. */
function file(header: unknown, length = 0): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  return fileOfBytes(new TextEncoder().encode(text), length);
}

function fileOfBytes(header: Uint8Array, length = 0): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

/** Why a file named "net" is refused. */
async function refusal(bytes: Uint8Array): Promise<string> {
  const message = await userError(() => readSafetensors(bytes, "net"));
  expect(message).toMatch(/^net is not a usable safetensors file: .+\.$/s);
  return message.slice("net is not a usable safetensors file: ".length, -1);
}

/** Reads, and demands of what could be read that it is whole. */
function readDamaged(bytes: Uint8Array): Promise<void> {
  return onlyUserErrors(() => {
    for (const { shape, data } of readSafetensors(bytes, "net").tensors.values()) {
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
    }
  });
}

/** A header entry for bytes `begin` to `end`. */
function f32(shape: unknown, begin: unknown, end: unknown) {
  return { dtype: "F32", shape, data_offsets: [begin, end] };
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

describe("the reader refuses by name", () => {
  test("a file too short for the header's length or its header", async () => {
    expect(await refusal(new Uint8Array(7))).toBe("it has 7 bytes, the shortest has 10");
    expect(await refusal(file({}).subarray(0, 9))).toBe(
      "it is cut off within its header of 2 bytes",
    );
  });

  test("a header longer than 1 MB, whatever the file's length", async () => {
    expect(await refusal(file(`{}${" ".repeat(999_999)}`))).toBe(
      "its header claims 1000001 bytes, at most 1 MB is allowed",
    );
    expect(await refusal(new Uint8Array(8).fill(255))).toMatch(/^its header claims 18446744073/);
  });

  test("a foreign file: a picture, a zip, a pickle, plain text", async () => {
    for (const start of ["\x89PNG\r\n\x1a\n", "PK\x03\x04", "\x80\x04\x95", "Dear reader,"]) {
      expect(await refusal(Buffer.from(start.padEnd(64, "\0"), "latin1"))).toMatch(/header claims/);
    }
  });

  test("a header that is not UTF-8, not JSON or begins with a byte order mark", async () => {
    const reason = /^its header is not JSON in UTF-8 \(.+\)$/;
    const latin = Buffer.from('{"__metadata__":{"author":"Ren\xe9"}}', "latin1");
    expect(await refusal(fileOfBytes(latin))).toMatch(reason);
    expect(await refusal(file("{w: 1}"))).toMatch(reason);
    expect(await refusal(file('{"w\n": 1}'))).toMatch(reason);
    expect(await refusal(file('{"w":'))).toMatch(reason);
    expect(await refusal(file("\ufeff{}"))).toMatch(reason);
    expect(await refusal(file(""))).toMatch(reason);
    expect(await refusal(file("{}\0\0"))).toMatch(reason);
  });

  test("a header that is no object or does not begin with one", async () => {
    for (const header of ["[]", "null", "3", '"w"', " {}"]) {
      expect(await refusal(file(header))).toBe("its header is not a JSON object");
    }
  });

  test("a header nested as deep as 1 MB allows, without overflowing", async () => {
    const deep = `{"w":${"[".repeat(400_000)}${"]".repeat(400_000)}}`;
    expect(await refusal(file(deep))).toMatch(/^tensor "w" has a bad dtype/);
  });

  test("repeated keys, also of equal values, at every level and however spelt", async () => {
    const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    const repeats = [
      `{"w":${entry},"w":${entry}}`,
      `{"w":${entry},"\\u0077":${entry}}`,
      `{"w":7 , "w" : ${entry}}`,
      `{"w":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}`,
      `{"__metadata__":{"a":"b","a":"b"},"w":${entry}}`,
      `{"__metadata__":{},"__metadata__":{},"w":${entry}}`,
    ];
    readSafetensors(file(`{"w":${entry}}`, 1), "net");
    for (const header of repeats) {
      expect(await refusal(file(header, 1))).toMatch(/keys are due|some are repeated or unknown$/);
    }
    expect(await refusal(file(repeats[0], 1))).toBe(
      "its header has 8 keys where 4 are due: some are repeated or unknown",
    );
  });

  test("unknown fields of an entry, also ones that every object inherits", async () => {
    for (const field of ["extra", "toString", "__proto__", "constructor"]) {
      const header = `{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"${field}":1}}`;
      expect(await refusal(file(header, 1))).toBe(
        "its header has 5 keys where 4 are due: some are repeated or unknown",
      );
    }
  });

  test("the key __proto__ among tensors and texts", async () => {
    const entry = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    expect(await refusal(file(`{"__proto__":${entry}}`, 1))).toBe(
      "its header uses the key __proto__",
    );
    expect(await refusal(file('{"__metadata__":{"__proto__":"x"}}'))).toBe(
      "its metadata uses the key __proto__",
    );
  });

  test("metadata that is not an object of texts", async () => {
    for (const metadata of [null, [], "x", 1]) {
      expect(await refusal(file({ __metadata__: metadata }))).toBe("its metadata is not an object");
    }
    for (const value of [1, null, {}, ["x"]]) {
      expect(await refusal(file({ __metadata__: { epoch: value } }))).toBe(
        'its metadata "epoch" is not a text',
      );
    }
  });

  test("an entry that is not an object or lacks a field", async () => {
    for (const entry of [null, 3, "F32", [], { dtype: "F32", shape: [1] }]) {
      expect(await refusal(file({ w: entry }, 4))).toMatch(/^tensor "w" has a bad /);
    }
  });

  test("unknown element types, also ones that every object inherits", async () => {
    for (const dtype of ["F16", "f32", "", "toString", "__proto__", 4, null]) {
      const entry = { dtype, shape: [1], data_offsets: [0, 4] };
      expect(await refusal(file({ w: entry }, 4))).toMatch(
        /^tensor "w" has a bad dtype \(Expected one of F64, F32, .+ but received .+\)$/,
      );
    }
  });

  test("shapes that are not lists of whole numbers from 0 to 2^32 - 1", async () => {
    for (const size of [-1, 0.5, 2 ** 32, 1e300, "1", null, [1]]) {
      expect(await refusal(file({ w: f32([size], 0, 4) }, 4))).toMatch(
        /^tensor "w" has a bad shape\.0 \(.+\)$/,
      );
    }
    expect(await refusal(file({ w: f32(1, 0, 4) }, 4))).toMatch(/^tensor "w" has a bad shape /);
  });

  test("shapes whose product overflows or does not fit the bytes", async () => {
    const most = 2 ** 32 - 1;
    const shapes = [[2], [], [most, most, most], [2 ** 31, 2 ** 31], Array(40).fill(most), [0, 2]];
    for (const shape of shapes) {
      expect(await refusal(file({ w: f32(shape, 0, 12) }, 12))).toMatch(
        /^tensor "w" has 12 bytes, its shape and type need /,
      );
    }
    const zeroOfInfinity = [...Array(40).fill(most), 0];
    expect(await refusal(file({ w: f32(zeroOfInfinity, 0, 0) }))).toMatch(/need NaN$/);
  });

  test("offsets that are not two whole numbers in order", async () => {
    for (const offsets of [[0], [0, 4, 4], [-4, 0], [0, 4.5], ["0", 4], null]) {
      const entry = { dtype: "F32", shape: [1], data_offsets: offsets };
      expect(await refusal(file({ w: entry }, 4))).toMatch(/^tensor "w" has a bad data_offsets/);
    }
    expect(await refusal(file({ w: f32([1], 4, 0) }, 4))).toBe(
      'tensor "w" has -4 bytes, its shape and type need 4',
    );
  });

  test("arrays that overlap, wherever they stand in the header", async () => {
    const header = { b: f32([2], 4, 12), a: f32([2], 0, 8) };
    expect(await refusal(file(header, 12))).toBe('tensor "b" overlaps the one before it');
    const same = { a: f32([1], 0, 4), b: f32([1], 0, 4) };
    expect(await refusal(file(same, 4))).toBe('tensor "b" overlaps the one before it');
  });

  test("bytes that belong to no array: before, between and after", async () => {
    expect(await refusal(file({ a: f32([1], 4, 8) }, 8))).toBe('4 unused bytes precede tensor "a"');
    expect(await refusal(file({ a: f32([1], 0, 4), b: f32([1], 5, 9) }, 9))).toBe(
      '1 unused bytes precede tensor "b"',
    );
    expect(await refusal(file({ a: f32([1], 0, 4) }, 5))).toBe("1 bytes follow its last tensor");
    expect(await refusal(file({}, 1))).toBe("1 bytes follow its last tensor");
  });

  test("data that ends early", async () => {
    expect(await refusal(file({ a: f32([2], 0, 8) }, 7))).toBe(
      "it is cut off: 7 bytes of data, its header needs 8",
    );
  });

  test("a long name or value with a short message", async () => {
    const name = "w".repeat(900_000);
    expect((await refusal(file({ [name]: { dtype: name } }))).length).toBeLessThan(400);
    expect((await refusal(file({ w: { ...f32([1], 0, 4), dtype: name } }))).length).toBeLessThan(
      400,
    );
    expect((await refusal(file(`{"w":${name}}`))).length).toBeLessThan(400);
  });
});

test("offsets in any order and a header without padding are accepted", () => {
  const bytes = file({ b: f32([1], 4, 8), none: f32([0], 4, 4), a: f32([], 0, 4) }, 8);
  bytes.set([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40], bytes.length - 8);
  const { tensors, metadata } = readSafetensors(bytes, "net");
  expect([...tensors].map(([name, { data }]) => [name, ...data])).toEqual([
    ["b", 2],
    ["none"],
    ["a", 1],
  ]);
  expect(Object.keys(metadata)).toEqual([]);
});

test("only the file's own texts are found in the metadata", () => {
  const { metadata } = readSafetensors(file({ __metadata__: { constructor: "mine" } }), "net");
  expect(metadata.constructor).toBe("mine");
  expect("toString" in metadata).toBe(false);
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
