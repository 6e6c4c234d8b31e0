/** How one stored value of a training step came about, as plain data: what every kernel's account shares. */
import type { DispatchView, TensorView } from "../../../studies/port.ts";
import { flatten } from "./indices.ts";

/** Tensors by the name of their variable in the shader. */
export type Tensors = ReadonlyMap<string, TensorView>;

/** A part of the last two dimensions of a tensor; padding may put it partly outside. */
export interface Region {
  /** The tensor, by the name of its variable. */
  readonly binding: string;
  /** All indices but the last two. */
  readonly leading: readonly number[];
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A piece of an input laid over a filter, value by value. All three are [K, K]. */
export interface Overlay {
  readonly label: string;
  readonly inputLabel: string;
  readonly input: readonly (readonly number[])[];
  readonly filterLabel: string;
  readonly filter: readonly (readonly number[])[];
  readonly products: readonly (readonly number[])[];
  readonly sum: number;
  /** Where the input lies; null where it is no rectangle. */
  readonly region: Region | null;
}

/** A product of two named values. */
export interface Term {
  readonly left: string;
  readonly a: number;
  readonly right: string;
  readonly b: number;
  readonly product: number;
}

/** A named number of the way to the result. */
export interface Line {
  readonly text: string;
  readonly value: number;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** The row in question. */
  readonly marked: number;
}

export interface Explanation {
  /** The value, for example "y[0, 3, 10, 11]". */
  readonly target: string;
  /** In the notation of maths.ts. */
  readonly formula: string;
  readonly overlays: readonly Overlay[];
  /** Products told one by one. */
  readonly terms: readonly Term[];
  /** Products that are only summed up. */
  readonly rest: { readonly count: number; readonly sum: number } | null;
  readonly table: Table | null;
  /** From the sum to the result, in order. */
  readonly lines: readonly Line[];
  readonly note: string | null;
  readonly result: number;
  readonly stored: number;
  /** result - stored */
  readonly difference: number;
  /** What sums in f32 may differ by. */
  readonly tolerance: number;
  readonly agrees: boolean;
}

/** An account of a value: the parts that a kernel has, and what its result is judged by. */
export interface Account {
  readonly formula: string;
  readonly overlays?: readonly Overlay[];
  readonly terms?: readonly Term[];
  readonly rest?: Explanation["rest"];
  readonly table?: Table;
  readonly lines?: readonly Line[];
  readonly note?: string;
  readonly result: number;
  readonly tolerance: number;
}

/** What an explaining function is asked: the kernel, its tensors, and which value of which output. */
export interface Question {
  readonly dispatch: DispatchView;
  readonly tensors: Tensors;
  readonly output: string;
  readonly index: readonly number[];
}

/** Half the distance from 1 to the next f32. */
const HALF_ULP = 2 ** -24;

/**
 * What an f32 sum may be off by: `count` terms whose magnitudes add up to `scale`, added in any order.
 * Rounding errors are independent enough to grow as the root of their number; the factor is for luck.
 */
export function sumTolerance(count: number, scale: number): number {
  return HALF_ULP * 2 * (3 + Math.sqrt(count)) * scale + 1e-37;
}

/** Compares an account with what the kernel stored. */
export function conclude(question: Question, account: Account): Explanation {
  const { tensors, output, index } = question;
  const stored = valueAt(tensors, output, ...index);
  const difference = account.result - stored;
  return {
    target: named(output, index),
    overlays: [],
    terms: [],
    rest: null,
    table: null,
    lines: [],
    note: null,
    ...account,
    stored,
    difference,
    agrees: Math.abs(difference) <= account.tolerance,
  };
}

/** y[0, 3, 10, 11] */
export function named(name: string, index: readonly number[]): string {
  return `${name}[${index.join(", ")}]`;
}

/** @throws RangeError when the tensor was not fetched */
export function tensorOf(tensors: Tensors, name: string): TensorView {
  const tensor = tensors.get(name);
  if (!tensor) throw new RangeError(`explain: there is no tensor ${name}`);
  return tensor;
}

/** A value by its index in every dimension. */
export function valueAt(tensors: Tensors, name: string, ...index: number[]): number {
  const { shape, values } = tensorOf(tensors, name);
  return values[flatten(shape, index)];
}

export function square(size: number, value: (i: number, j: number) => number): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => value(i, j)),
  );
}

/** Lays an input over a filter; both are functions of row and column. */
export function overlay(
  size: number,
  input: (i: number, j: number) => number,
  filter: (i: number, j: number) => number,
  labels: Pick<Overlay, "label" | "inputLabel" | "filterLabel" | "region">,
): Overlay {
  const products = square(size, (i, j) => input(i, j) * filter(i, j));
  const sum = products.flat().reduce((total, product) => total + product, 0);
  return { ...labels, input: square(size, input), filter: square(size, filter), products, sum };
}

/** Sum of all overlays, and what its rounding errors go with. */
export function totalOf(overlays: readonly Overlay[]): {
  count: number;
  sum: number;
  scale: number;
} {
  const products = overlays.flatMap((one) => one.products.flat());
  return {
    count: products.length,
    sum: products.reduce((total, product) => total + product, 0),
    scale: products.reduce((total, product) => total + Math.abs(product), 0),
  };
}

/** How many products are named: the first ones, to show the pattern, and the largest of the rest. */
const FIRST = 2;
const LARGEST = 5;

/** A sum of `count` products, of which the first and the largest are told one by one. */
export function sumOfProducts(
  count: number,
  pair: (k: number) => readonly [a: number, b: number],
  names: (k: number) => readonly [left: string, right: string],
): { terms: Term[]; rest: Explanation["rest"]; sum: number; scale: number } {
  const products = Float64Array.from({ length: count }, (_, k) => {
    const [a, b] = pair(k);
    return a * b;
  });
  const named = largest(products);
  const terms = named.map((k) => {
    const [a, b] = pair(k);
    const [left, right] = names(k);
    return { left, a, right, b, product: a * b };
  });
  const sum = products.reduce((total, product) => total + product, 0);
  const scale = products.reduce((total, product) => total + Math.abs(product), 0);
  const told = terms.reduce((total, { product }) => total + product, 0);
  const left = count - terms.length;
  return { terms, rest: left > 0 ? { count: left, sum: sum - told } : null, sum, scale };
}

/** Numbers of the first products and of the largest others, in order. */
function largest(products: Float64Array): number[] {
  const chosen = new Set(Array.from({ length: Math.min(FIRST, products.length) }, (_, k) => k));
  for (let n = 0; n < LARGEST; n++) {
    let best = -1;
    for (let k = 0; k < products.length; k++) {
      if (chosen.has(k)) continue;
      if (best < 0 || Math.abs(products[k]) > Math.abs(products[best])) best = k;
    }
    if (best >= 0) chosen.add(best);
  }
  return [...chosen].sort((a, b) => a - b);
}
