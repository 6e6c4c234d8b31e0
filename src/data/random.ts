/** The one random number generator: Threefry-2x32, the twin of shaders/lib/random.wgsl. */

/** What random numbers are used for: a stream each, so that none depends on how many others were drawn. */
export const Stream = {
  initialise: 1,
  shuffle: 2,
  poison: 3,
  augment: 4,
  scenes: 5,
  unseenScenes: 6,
  sampling: 7,
  defence: 8,
  population: 9,
} as const;
export type Stream = (typeof Stream)[keyof typeof Stream];

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Two random words for a key (seed, stream) and a counter: Threefry-2x32, 20 rounds (Salmon et al. 2011). */
export function threefry(
  counter0: number,
  counter1: number,
  seed: number,
  stream: number,
): [number, number] {
  const keys = [seed, stream, 0x1bd11bda ^ seed ^ stream];
  let a = (counter0 + seed) | 0;
  let b = (counter1 + stream) | 0;
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2]) {
      a = (a + b) | 0;
      b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    }
    a = (a + keys[(group + 1) % 3]) | 0;
    b = (b + keys[(group + 2) % 3] + group + 1) | 0;
  }
  return [a >>> 0, b >>> 0];
}

/** A sequence of random numbers from one stream; `section` tells apart, for example, epochs. */
export class Random {
  private counter = 0;
  constructor(
    private readonly seed: number,
    private readonly stream: Stream,
    private readonly section = 0,
  ) {}

  /** A number in [0, 1) with 24 random bits, which f32 holds exactly. */
  next(): number {
    return (threefry(this.counter++, this.section, this.seed, this.stream)[0] >>> 8) / 2 ** 24;
  }

  /** A whole number in [0, below), each equally likely (to within 2^-32 * below). */
  below(below: number): number {
    const [word] = threefry(this.counter++, this.section, this.seed, this.stream);
    return Math.floor((word / 2 ** 32) * below);
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<T extends Uint32Array | unknown[]>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
    return items;
  }
}
