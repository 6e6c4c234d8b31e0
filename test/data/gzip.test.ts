import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gunzip, gunzipOwn, isGzip } from "../../src/data/gzip.ts";
import { onlyUserErrors, userError } from "./samples.ts";

const plain = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) >> 7);
const packed = new Uint8Array(gzipSync(plain));

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

describe("a gzip file of several members", () => {
  test("is all of them, wherever they end, and with zeros behind", async () => {
    // So that ends fall on every place in a piece of input.
    const parts = Array.from({ length: 60 }, (_, i) => plain.subarray(i * 700, (i + 1) * 700));
    const noise = Uint8Array.from({ length: 16_384 }, (_, i) => Math.imul(i, 2654435761) >>> 13);
    for (const first of [
      Buffer.alloc(0),
      gzipSync(noise, { level: 0 }),
      gzipSync(noise.subarray(0, 16_361), { level: 0 }),
    ]) {
      const members = [first, ...parts.map((part) => gzipSync(part))].filter(
        ({ length }) => length > 0,
      );
      const whole = new Uint8Array(Buffer.concat(members.map((member) => gunzipSync(member))));
      for (const zeros of [0, 1, 512]) {
        const bytes = new Uint8Array(Buffer.concat([...members, Buffer.alloc(zeros)]));
        expect(await gunzip(bytes, whole.length, "a.gz")).toEqual(whole);
      }
    }
  });

  test("may have names in their heads, and be empty, as block gzip ends", async () => {
    // Head with the length of the block, as bgzip writes it, around nothing: its mark of the end.
    const end = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");
    const named = Buffer.from(gzipSync("named"));
    named[3] = 0x08;
    const withName = Buffer.concat([
      named.subarray(0, 10),
      Buffer.from("a.txt\0"),
      named.subarray(10),
    ]);
    const bytes = new Uint8Array(Buffer.concat([gzipSync("first "), withName, end]));
    expect(Buffer.from(await gunzip(bytes, 100, "a.gz")).toString()).toBe("first named");
  });
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

  test("if something else than a member or zeros follows", async () => {
    for (const tail of ["tail", "\0\0tail", "\x1f"]) {
      expect(await userError(() => gunzip(join(packed, Buffer.from(tail)), 1e6, "a.gz"))).toMatch(
        /^a\.gz is a truncated or corrupt gzip file/,
      );
    }
  });

  test("if its second member is damaged, cut short or too much", async () => {
    const two = join(packed, packed);
    expect(await userError(() => gunzip(two.subarray(0, -1), 1e6, "a.gz"))).toMatch(
      /it ends early/,
    );
    two[packed.length + 40] ^= 1;
    expect(await userError(() => gunzip(two, 1e6, "a.gz"))).toMatch(/truncated or corrupt/);
    expect(await userError(() => gunzip(join(packed, packed), 99_999, "a.gz"))).toMatch(
      /more than the 99999 bytes/,
    );
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

describe("a gzip file of the app's own", () => {
  test("is unpacked as any other", async () => {
    expect(await gunzipOwn(packed, plain.length, "a.gz")).toEqual(plain);
  });

  test("is refused where it is cut short, damaged, or unpacks to more than it may", async () => {
    const refusal = async (bytes: Uint8Array, limit = plain.length) =>
      await userError(async () => await gunzipOwn(bytes, limit, "a.gz"));
    const cut = packed.subarray(0, packed.length - 20);
    expect(await refusal(cut)).toContain("a.gz is a truncated or corrupt gzip file");
    const damaged = Uint8Array.from(packed);
    damaged[packed.length - 6] ^= 1;
    expect(await refusal(damaged)).toContain("corrupt gzip");
    expect(await refusal(packed, 1000)).toContain("more than the 1000 bytes");
  });
});
