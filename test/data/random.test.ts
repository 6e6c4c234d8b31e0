/** The random number generator gives published words, and sequences that are even and independent. */
import { describe, expect, test } from "vitest";
import { Random, Stream, threefry } from "../../src/data/random.ts";
import { threefry2x32 } from "../reference/threefry.ts";

const hex = (words: readonly number[]) => words.map((w) => w.toString(16).padStart(8, "0"));
const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

describe("threefry", () => {
  // Random123's own test vectors for threefry2x32 with 20 rounds.
  test.each([
    ["zeros", [0, 0, 0, 0], ["6b200159", "99ba4efe"]],
    ["ones", [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], ["1cb996fc", "bb002be7"]],
    [
      "the digits of pi",
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      ["c4923a9c", "483df7a0"],
    ],
  ] as const)("%s give the known answer of Random123", (_, [c0, c1, k0, k1], expected) => {
    expect(hex(threefry(c0, c1, k0, k1))).toEqual(expected);
  });

  test("agrees with the reference on a thousand counters and keys", () => {
    let [a, b] = [1, 2];
    for (let i = 0; i < 1000; i++) {
      const [c0, c1] = [a, b];
      [a, b] = threefry(c0, c1, b ^ i, a);
      expect([a, b]).toEqual(threefry2x32([c0, c1], [(c1 ^ i) >>> 0, c0]));
    }
  });
});

describe("Random", () => {
  test("gives the same numbers for the same seed, stream and section", () => {
    const one = draw(new Random(7, Stream.shuffle, 3), 50);
    expect(draw(new Random(7, Stream.shuffle, 3), 50)).toEqual(one);
  });

  test("gives other numbers for every other seed, stream and section", () => {
    const sequences = [
      new Random(7, Stream.shuffle, 3),
      new Random(8, Stream.shuffle, 3),
      new Random(7, Stream.shuffle, 4),
      ...Object.values(Stream)
        .filter((stream) => stream !== Stream.shuffle)
        .map((stream) => new Random(7, stream, 3)),
    ].map((random) => draw(random, 50));
    // Of two sequences of 50 numbers with 24 bits, one in common is a matter of one in seven thousand: of the 55
    // pairs of sequences one may have it by chance, and none has two.
    const shared = sequences.flatMap((one, i) =>
      sequences.slice(i + 1).map((other) => one.filter((value) => other.includes(value)).length),
    );
    expect(shared).toHaveLength(55);
    expect(Math.max(...shared)).toBeLessThan(2);
    expect(shared.reduce((sum, count) => sum + count, 0)).toBeLessThan(2);
  });

  test("has a stream of its own for every use", () => {
    const streams = Object.values(Stream);
    expect(new Set(streams).size).toBe(streams.length);
  });

  test("next is in [0, 1), exact in f32, and even", () => {
    const values = draw(new Random(1, Stream.augment), 20_000);
    const counts = Array.from({ length: 20 }, () => 0);
    for (const value of values) {
      expect(value >= 0 && value < 1 && Math.fround(value) === value).toBe(true);
      counts[Math.floor(20 * value)] += 1;
    }
    // Five standard deviations of a count of 1,000.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(950));
  });

  test.each([1, 2, 7, 10])("below(%i) gives each number equally often", (below) => {
    const random = new Random(1, Stream.poison);
    const counts = Array.from({ length: below }, () => 0);
    const draws = 2000 * below;
    for (let i = 0; i < draws; i++) counts[random.below(below)] += 1;
    // Every draw landed on a whole number in range, or the sum would be NaN or less.
    expect(counts.reduce((sum, count) => sum + count)).toBe(draws);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(2000));
  });

  test("shuffle is a permutation, in place, and not the identity", () => {
    const items = Uint32Array.from({ length: 1000 }, (_, i) => i);
    const shuffled = new Random(3, Stream.shuffle).shuffle(items);
    expect(shuffled).toBe(items);
    expect(shuffled.toSorted()).toEqual(Uint32Array.from({ length: 1000 }, (_, i) => i));
    // A random permutation leaves one element in place on average.
    expect(shuffled.filter((item, i) => item === i).length).toBeLessThan(8);
  });

  test("shuffle gives every order of three equally often", () => {
    const counts = new Map<string, number>();
    for (let section = 0; section < 6000; section++) {
      const order = new Random(3, Stream.shuffle, section).shuffle(["a", "b", "c"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test("shuffles nothing and one item to themselves", () => {
    expect(new Random(3, Stream.shuffle).shuffle([])).toEqual([]);
    expect(new Random(3, Stream.shuffle).shuffle(["only"])).toEqual(["only"]);
  });
});
