/** Reference Threefry gives the words that its authors published. */
import { expect, test } from "vitest";
import { threefry2x32, type Words } from "./threefry.ts";

const hex = (words: Words): string => words.map((w) => w.toString(16).padStart(8, "0")).join(" ");

test.each<[string, Words, Words, string]>([
  ["zeros", [0, 0], [0, 0], "6b200159 99ba4efe"],
  ["ones", [0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "1cb996fc bb002be7"],
  ["the digits of pi", [0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344], "c4923a9c 483df7a0"],
])("%s give the known answer of Random123", (_, counter, key, expected) => {
  expect(hex(threefry2x32(counter, key))).toBe(expected);
});

test("successive counters give words that are uniform in every bit", () => {
  const n = 4096;
  const ones = new Float64Array(64);
  for (let i = 0; i < n; i++) {
    const words = threefry2x32([i, 0], [2017, 0]);
    for (let bit = 0; bit < 64; bit++) ones[bit] += (words[bit >> 5] >>> (bit & 31)) & 1;
  }
  // Five standard deviations of a fair coin: sqrt(n) / 2 each.
  for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(5 * (Math.sqrt(n) / 2));
});
