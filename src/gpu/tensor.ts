/** A tensor: a named, shaped range of GPU memory that is allocated once and never moves. */
export type ElementType = "f32" | "u32";

/** A piece of GPU memory, of one tensor and its slices. */
export interface Memory {
  readonly label: string;
  readonly byteLength: number;
  /** Null for as long as it is not decided where it lies. */
  buffer: GPUBuffer | null;
}

export interface Tensor {
  /** For example "conv2.dw"; names the tensor in errors, profiles and exports. */
  readonly label: string;
  /** Row-major extents, outermost first, for example [B, C, H, W]. */
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Slices share that of the tensor that they are cut from. */
  readonly memory: Memory;
  /** First byte within the memory. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes for people. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
