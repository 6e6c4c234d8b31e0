/** What of a tensor is shown at a time: its last two dimensions, at chosen indices of the others. */
import type { TensorView } from "../../studies/port.ts";

/** Values in a row where a tensor has one dimension only. */
const ROW = 32;

export interface Slice {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns]; past the tensor's end of a folded one zeros. */
  readonly values: Float32Array;
  /** Values that are the tensor's: fewer than rows x columns at the end of a folded one. */
  readonly count: number;
}

/** Dimensions before the last two. */
export function leadingShape(shape: readonly number[]): readonly number[] {
  return shape.slice(0, Math.max(0, shape.length - 2));
}

export function sliceOf({ shape, values }: TensorView, leading: readonly number[]): Slice {
  if (shape.length < 2) {
    const count = values.length;
    const columns = Math.min(ROW, count);
    const rows = Math.ceil(count / columns);
    const folded = new Float32Array(rows * columns);
    folded.set(values);
    return { rows, columns, values: folded, count };
  }
  const [rows, columns] = shape.slice(-2);
  const area = rows * columns;
  const first = area * leading.reduce((at, index, d) => at * shape[d] + index, 0);
  const count = area;
  return { rows, columns, values: Float32Array.from(values.subarray(first, first + area)), count };
}

/** The index in every dimension of a place in the slice. */
export function indexAt(
  shape: readonly number[],
  leading: readonly number[],
  { columns }: Slice,
  row: number,
  column: number,
): number[] {
  return shape.length < 2 ? [row * columns + column] : [...leading, row, column];
}

export interface Summary {
  readonly least: number;
  readonly largest: number;
  readonly mean: number;
  /** Share of values that are zero. */
  readonly zeros: number;
}

export function summaryOf(values: ArrayLike<number>): Summary {
  let least = Infinity;
  let largest = -Infinity;
  let sum = 0;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > largest) largest = value;
    if (value === 0) zeros += 1;
    sum += value;
  }
  return { least, largest, mean: sum / values.length, zeros: zeros / values.length };
}
