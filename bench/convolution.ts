/** What `npm run bench:convolutions` asks its page, and what that answers. */

/** A convolution of the detector, with stride 1 and as much padding as keeps the size. */
export interface Shape {
  readonly name: string;
  readonly B: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
  readonly O: number;
  readonly K: number;
}

export interface ConvolutionResult {
  readonly shape: Shape;
  /** Missing in results of before it was recorded. */
  readonly adapter?: string;
  /** Of one pass: forward, or one of the two gradients. */
  readonly flops: number;
  /** Milliseconds of ours by pass, in the faster form. */
  readonly ours: { readonly forward: number; readonly weights: number; readonly input: number };
  readonly tiling: string;
  /** Milliseconds of our own dense product of the same three extents. */
  readonly dense: number;
  /** Milliseconds of others: forward, and forward with both gradients; null where they can't. */
  readonly others: readonly {
    readonly name: string;
    readonly forward: number;
    readonly all: number;
    /** Greatest difference from our outputs, relative to the largest of them. */
    readonly difference: number;
  }[];
}

declare global {
  interface Window {
    convolve(shape: Shape): Promise<ConvolutionResult>;
  }
}
