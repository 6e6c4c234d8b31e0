/** A network as other tools describe it: a chain of steps with their weights, before it is made into layers of ours. */
import { UserError } from "../errors.ts";
import { budgets } from "./budgets.ts";

/** Rows and columns, or height and width. */
export type Pair = readonly [number, number];
/** Rows above, columns to the left, rows below, columns to the right. */
export type Pads = readonly [number, number, number, number];

export interface Convolution {
  readonly kind: "convolution";
  /** As the file has it. */
  readonly name: string;
  /** [filters, channels, kernel height, kernel width] */
  readonly shape: readonly [number, number, number, number];
  readonly weights: Float32Array;
  /** [filters]; null: none. */
  readonly bias: Float32Array | null;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pads: Pads;
}

export interface Dense {
  readonly kind: "dense";
  readonly name: string;
  /** [outputs, inputs]; channels, rows, columns in that order where an image is flattened */
  readonly weights: Float32Array;
  readonly outputs: number;
  readonly inputs: number;
  /** [outputs]; null: none. */
  readonly bias: Float32Array | null;
}

/** Each channel times a factor, plus a term: batch normalisation, or constants that are added or multiplied. */
export interface Affine {
  readonly kind: "affine";
  readonly name: string;
  /** [channels] each; of a flattened image, [units]; one value goes for all */
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

export interface Pool {
  readonly kind: "pool";
  readonly name: string;
  readonly by: "max" | "average";
  /** null: the whole image. */
  readonly window: {
    readonly kernel: Pair;
    readonly stride: Pair;
    readonly pads: Pads;
    /** Windows that reach beyond the padded image count, too. */
    readonly ceil: boolean;
    /** An average counts the zeros around the image. */
    readonly countsPads: boolean;
  } | null;
}

/** Zeros around the image, of which the next step makes its own. */
export interface Padding {
  readonly kind: "padding";
  readonly name: string;
  readonly pads: Pads;
}

export interface Plain {
  readonly kind: "relu" | "flatten" | "softmax" | "dropout";
  readonly name: string;
}

export type Step = Convolution | Dense | Affine | Pool | Padding | Plain;

/** [channels, height, width], or [units]. */
export type Shape = readonly number[];

export interface ForeignNetwork {
  /** Such as "ONNX" . */
  readonly format: string;
  /** Who wrote the file, as far as it says. */
  readonly producer: string | null;
  /** [channels, height, width] of an image. */
  readonly input: readonly [number, number, number];
  readonly steps: readonly Step[];
  /** What the reader of the network should know, in sentences. */
  readonly notes: readonly string[];
}

/** What the pixels are before the network sees them: (pixel / 255 - mean) / spread, by channel. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export const isImage = (shape: Shape): boolean => shape.length === 3;

const inWords = (shape: Shape): string => shape.join(" x ");

/** Output size along one side of windows, `ceil` as of Pool. */
export function windowsAlong(
  size: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
  ceil = false,
): number {
  const steps = (size + before + after - kernel) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const all = Math.ceil(steps) + 1;
  // The last window must begin within the image or the padding before it.
  return (all - 1) * stride >= size + before ? all - 1 : all;
}

/**
 * What a step makes of such an input.
 * @throws UserError where it does not fit
 */
export function shapeAfter(shape: Shape, step: Step): Shape {
  switch (step.kind) {
    case "convolution":
      return convolvedShape(shape, step);
    case "pool":
      return pooledShape(shape, step);
    case "dense": {
      const units = shape.reduce((product, size) => product * size, 1);
      if (units === step.inputs) return [step.outputs];
      throw new UserError(
        `the dense layer ${step.name} has ${step.inputs} inputs, but gets ${inWords(shape)} = ${units}; perhaps the image size is another.`,
      );
    }
    case "affine": {
      const [channels] = shape;
      const { length } = step.scale;
      if (length === 1 || length === channels) return shape;
      throw new UserError(`${step.name} is of ${length} channels, but gets ${inWords(shape)}.`);
    }
    case "padding": {
      const [channels, height, width] = shape;
      const [top, left, bottom, right] = step.pads;
      const sides = [height + top + bottom, width + left + right];
      if (isImage(shape)) return [channels, ...fitting(sides, step.name, shape)];
      throw new UserError(`${step.name} pads what is flattened already.`);
    }
    case "flatten":
      return [shape.reduce((product, size) => product * size, 1)];
    case "relu":
    case "softmax":
    case "dropout":
      return shape;
  }
}

function convolvedShape(shape: Shape, step: Convolution): Shape {
  const { name, stride, dilation, pads } = step;
  const [filters, channels, ...kernel] = step.shape;
  if (!isImage(shape) || shape[0] !== channels) {
    throw new UserError(
      `the convolution ${name} reads ${channels} channels, but gets ${inWords(shape)}.`,
    );
  }
  const sides = [0, 1].map((side) => {
    const extent = (kernel[side] - 1) * dilation[side] + 1;
    return windowsAlong(shape[side + 1], extent, stride[side], pads[side], pads[side + 2]);
  });
  return [filters, ...fitting(sides, `the kernel of ${name}`, shape)];
}

function pooledShape(shape: Shape, { name, window }: Pool): Shape {
  if (!isImage(shape)) {
    throw new UserError(`the pool ${name} reads images, but gets ${inWords(shape)} units.`);
  }
  if (!window) return [shape[0], 1, 1];
  const { kernel, stride, pads, ceil } = window;
  const sides = [0, 1].map((side) =>
    windowsAlong(shape[side + 1], kernel[side], stride[side], pads[side], pads[side + 2], ceil),
  );
  return [shape[0], ...fitting(sides, `the window of ${name}`, shape)];
}

function fitting(sides: readonly number[], what: string, shape: Shape): readonly number[] {
  if (sides.every((side) => Number.isInteger(side) && side >= 1 && side <= 4 * budgets.side))
    return sides;
  throw new UserError(`${what} does not fit its input of ${inWords(shape)}.`);
}
