/** Threefry-2x32 with 20 rounds (Salmon et al. 2011): two random words from a counter and a key. */

export type Words = [number, number];

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const parity = 0x1bd11bda;

const add = (a: number, b: number): number => (a + b) >>> 0;
const xor = (a: number, b: number): number => (a ^ b) >>> 0;
const rotateLeft = (a: number, bits: number): number => ((a << bits) | (a >>> (32 - bits))) >>> 0;

/** Every word is an integer in [0, 2^32); the same counter and key always give the same words. */
export function threefry2x32(counter: Words, key: Words): Words {
  const schedule = [key[0], key[1], xor(xor(parity, key[0]), key[1])];
  let x0 = add(counter[0], schedule[0]);
  let x1 = add(counter[1], schedule[1]);
  for (let round = 0; round < 20; round++) {
    x0 = add(x0, x1);
    x1 = xor(rotateLeft(x1, rotations[round % 8]), x0);
    // After every fourth round the key goes in again, turned by one word, with its own number.
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = add(x0, schedule[injection % 3]);
      x1 = add(add(x1, schedule[(injection + 1) % 3]), injection);
    }
  }
  return [x0, x1];
}
