import { expect, test } from "vitest";
import { sha256Hex } from "../../src/data/digest.ts";

test("the digest of abc is the one in the standard", async () => {
  expect(await sha256Hex(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("a digest covers the view and not the memory around it", async () => {
  const memory = new TextEncoder().encode("xabcx");
  expect(await sha256Hex(memory.subarray(1, 4))).toBe(
    await sha256Hex(new TextEncoder().encode("abc")),
  );
});
