import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIdx } from "../../src/data/idx.ts";
import { idx, imageFile, labelFile, onlyUserErrors, userError } from "./samples.ts";

/** The message with which a file named "file" is refused. */
function refusal(bytes: Uint8Array): Promise<string> {
  return userError(() => parseIdx(bytes, "file"));
}

test("labels are read as one dimension", () => {
  const { shape, data } = parseIdx(labelFile([3, 1, 4]), "file");
  expect(shape).toEqual([3]);
  expect(data).toEqual(Uint8Array.of(3, 1, 4));
});

test("images are read as three dimensions, columns fastest", () => {
  const { shape, data } = parseIdx(idx(0x803, [1, 2, 3], [1, 2, 3, 4, 5, 6]), "file");
  expect(shape).toEqual([1, 2, 3]);
  expect(data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
});

test("a file inside a larger buffer is read as plain bytes", () => {
  const around = Buffer.concat([Buffer.from("xx"), labelFile([7, 8]), Buffer.from("yy")]);
  const { data } = parseIdx(around.subarray(2, -2), "file");
  expect(data).toStrictEqual(Uint8Array.of(7, 8));
});

test("any shape and data survive writing and reading", () => {
  const size = fc.integer({ min: 1, max: 9 });
  const shapes = fc.oneof(fc.tuple(size), fc.tuple(size, size, size));
  fc.assert(
    fc.property(shapes, fc.infiniteStream(fc.nat(255)), (shape, stream) => {
      const count = shape.reduce((product, n) => product * n, 1);
      const data = Uint8Array.from({ length: count }, () => stream.next().value);
      const magic = shape.length === 1 ? 0x801 : 0x803;
      expect(parseIdx(idx(magic, [...shape], data), "file")).toEqual({ shape, data });
    }),
  );
});

describe("an idx file is refused by name", () => {
  test("if it starts with another magic number", async () => {
    expect(await refusal(idx(0x1f8b0800, [3], [1, 2, 3]))).toBe(
      "file is not an idx file of labels or images: it starts with 0x1f8b0800, " +
        "expected 0x00000801 or 0x00000803.",
    );
  });

  test("if its elements are floats or its rank is two", async () => {
    expect(await refusal(idx(0xd01, [1], [0, 0, 0, 0]))).toMatch(/starts with 0x00000d01/);
    expect(await refusal(idx(0x802, [1, 1], [0]))).toMatch(/starts with 0x00000802/);
  });

  test("if it ends within its header", async () => {
    expect(await refusal(new Uint8Array(3))).toBe(
      "file is truncated: 3 bytes cannot hold an idx header.",
    );
    expect(await refusal(imageFile(1).subarray(0, 15))).toBe(
      "file is truncated: it has 15 bytes, its idx header alone needs 16.",
    );
  });

  test("if it is a byte short", async () => {
    expect(await refusal(imageFile(2).subarray(0, -1))).toBe(
      "file is truncated: it has 1583 bytes, its dimensions 2 x 28 x 28 need 1584; " +
        "get a fresh copy of it.",
    );
  });

  test("if it is a byte too long", async () => {
    expect(await refusal(idx(0x801, [2], [1, 2, 3]))).toBe(
      "file is too long: it has 11 bytes, its dimensions 2 need 10; get a fresh copy of it.",
    );
  });

  test("if a dimension is zero", async () => {
    expect(await refusal(idx(0x801, [0], []))).toBe("file is empty: its dimensions are 0.");
    expect(await refusal(idx(0x803, [4, 0, 28], []))).toMatch(/its dimensions are 4 x 0 x 28/);
  });

  test("if its dimensions multiply to a number that 32 bits wrap to its length", async () => {
    expect(await refusal(idx(0x803, [2 ** 16, 2 ** 16, 1], []))).toMatch(/is truncated/);
    expect(await refusal(idx(0x803, [2 ** 31, 2, 2 ** 31], []))).toMatch(/is truncated/);
    const most = 2 ** 32 - 1;
    expect(await refusal(idx(0x803, [most, most, most], [1]))).toMatch(/is truncated/);
  });
});

test("no truncation or change of bytes ends in anything but a UserError or a full array", async () => {
  const valid = imageFile(2);
  const edits = fc.array(fc.tuple(fc.nat(30), fc.nat(255)), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(edits, fc.nat(valid.length), async (changes, length) => {
      const bytes = valid.slice(0, length);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      await onlyUserErrors(() => {
        const { shape, data } = parseIdx(bytes, "file");
        expect(data.length).toBe(shape.reduce((product, n) => product * n, 1));
        expect(data.length).toBe(length - 4 - 4 * shape.length);
      });
    }),
    { numRuns: 500 },
  );
});
