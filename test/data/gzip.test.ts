import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { gunzip, isGzip } from "../../src/data/gzip.ts";
import { onlyUserErrors, userError } from "./samples.ts";

const plain = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) >> 7);
const packed = new Uint8Array(gzipSync(plain));

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The first bytes followed by the second. */
function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  return Uint8Array.from([...first, ...second]);
}

test("what gzip packed, gunzip unpacks", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), async (bytes) => {
      expect(await gunzip(gzipSync(bytes), bytes.length, "a.gz")).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
});

test("a file longer than one piece of input is unpacked whole", async () => {
  const noise = Uint8Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 2654435761) >>> 13);
  const long = gzipSync(noise, { level: 0 });
  expect(long.length).toBeGreaterThan(noise.length);
  expect(await gunzip(long, noise.length, "a.gz")).toEqual(noise);
});

test("the decoder gets small pieces, as browsers unfold each of them whole before the cap", async () => {
  const sizes: number[] = [];
  class Counter extends TransformStream<Uint8Array, Uint8Array> {
    constructor() {
      super({ transform: (piece) => void sizes.push(piece.length) });
    }
  }
  vi.stubGlobal("DecompressionStream", Counter);
  const long = gzipSync(new Uint8Array(100_000), { level: 0 });
  expect(await userError(() => gunzip(long, 1e6, "a.gz"))).toMatch(/nothing inside/);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(long.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(16_384);
});

test("a gzip file is known by its first two bytes", () => {
  expect(isGzip(packed)).toBe(true);
  expect(isGzip(plain)).toBe(false);
  expect(isGzip(packed.subarray(0, 1))).toBe(false);
});

describe("a gzip file is refused by name", () => {
  test("if it is none", async () => {
    expect(await userError(() => gunzip(plain, 1e6, "a.gz"))).toBe(
      "a.gz is not a gzip file: its first two bytes must be 1f 8b.",
    );
  });

  test("if it ends early, wherever that is", async () => {
    for (const length of [2, 9, 10, 500, packed.length - 8, packed.length - 1]) {
      const cut = packed.subarray(0, length);
      expect(await userError(() => gunzip(cut, 1e6, "a.gz"))).toMatch(
        /^a\.gz is a truncated or corrupt gzip file \(.+\); get a fresh copy of it\.$/,
      );
    }
  });

  test("if its checksum does not match", async () => {
    const wrong = Uint8Array.from(packed);
    wrong[wrong.length - 8] ^= 1;
    expect(await userError(() => gunzip(wrong, 1e6, "a.gz"))).toMatch(/^a\.gz is a truncated or/);
  });

  test("if it unpacks to a byte more than allowed", async () => {
    expect(await gunzip(packed, plain.length, "a.gz")).toEqual(plain);
    expect(await userError(() => gunzip(packed, plain.length - 1, "a.gz"))).toBe(
      "a.gz decompresses to more than the 49999 bytes allowed.",
    );
  });

  test("if it is a bomb, before it has gone off", async () => {
    const bomb = gzipSync(new Uint8Array(300e6), { level: 1 });
    const before = process.memoryUsage().arrayBuffers;
    expect(await userError(() => gunzip(bomb, 1000, "bomb.gz"))).toMatch(
      /more than the 1000 bytes/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });

  test("if anything follows its end: text, zeros or a second gzip file", async () => {
    for (const tail of [new TextEncoder().encode("tail"), new Uint8Array(1), new Uint8Array(9)]) {
      expect(await userError(() => gunzip(join(packed, tail), 1e6, "a.gz"))).toMatch(/^a\.gz /);
    }
    expect(await userError(() => gunzip(join(packed, packed), 1e6, "a.gz"))).toMatch(/^a\.gz /);
  });

  test("if there is nothing inside", async () => {
    expect(await userError(() => gunzip(gzipSync(""), 1e6, "a.gz"))).toBe(
      "a.gz is a gzip file with nothing inside.",
    );
  });
});

test("no change of bytes ends in anything but the same content or a UserError", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(packed);
      changed[at] ^= flip;
      return onlyUserErrors(async () => {
        expect(await gunzip(changed, 1e6, "a.gz")).toEqual(plain);
      });
    }),
    { numRuns: 200 },
  );
});
