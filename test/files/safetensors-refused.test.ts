/** A safetensors file that is damaged, or made up, is refused by what is wrong with it. */
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { f32, file, fileOfBytes, refusal } from "./safetensors-bytes.ts";

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
