/** What each kind of ONNX node does to an image: the steps of the chain that it becomes. */
import { clip, UserError } from "../errors.ts";
import { budgets } from "./budgets.ts";
import { isImage, type Affine, type Pair, type Plain, type Shape, type Step } from "./network.ts";
import { Attributes } from "./onnx-attributes.ts";
import type { OnnxNode } from "./onnx-schema.ts";
import { transposed, weightsOf, type Constant } from "./onnx-tensor.ts";

/** A node that reads the image's value, among constants. */
export interface ImageNode {
  readonly node: OnnxNode;
  /** The image's before it. */
  readonly shape: Shape;
  /** Which of its inputs is the image. */
  readonly place: number;
  /** Its inputs that are constants; null where an input is the image, or left out. */
  readonly constants: readonly (Constant | null)[];
  /** For people, and for names of layers: the weights', else its own. */
  readonly name: string;
}

type Reader = (given: ImageNode) => readonly Step[];

const nothing: Reader = () => [];
const plain =
  (kind: Plain["kind"]): Reader =>
  ({ name }) => [{ kind, name }];

const readers: Readonly<Record<string, Reader>> = {
  Conv: convolution,
  BatchNormalization: batchNormalisation,
  Relu: plain("relu"),
  MaxPool: (given) => pool(given, "max"),
  AveragePool: (given) => pool(given, "average"),
  GlobalMaxPool: ({ name }) => [{ kind: "pool", name, by: "max", window: null }],
  GlobalAveragePool: ({ name }) => [{ kind: "pool", name, by: "average", window: null }],
  ReduceMean: mean,
  Flatten: flatten,
  Reshape: reshape,
  Squeeze: squeeze,
  Gemm: gemm,
  MatMul: product,
  Pad: padding,
  Add: (given) => arithmetic(given, (value) => [1, value]),
  Sub: (given) => arithmetic(given, (value) => (given.place === 0 ? [1, -value] : [-1, value])),
  Mul: (given) => arithmetic(given, (value) => [value, 0]),
  Div: quotient,
  Softmax: plain("softmax"),
  LogSoftmax: plain("softmax"),
  Dropout: plain("dropout"),
  Identity: nothing,
  Cast: cast,
};

export const imageNodes: ReadonlySet<string> = new Set(Object.keys(readers));

/** @throws UserError where the node is not as it is read here */
export const stepsOf = (given: ImageNode): readonly Step[] => readers[given.node.opType!](given);

const cannot = ({ node, name }: ImageNode, why: string): UserError =>
  new UserError(`${node.opType} "${clip(name)}" cannot be read: ${why}.`);

function needed(given: ImageNode, place: number, what: string): Constant {
  const constant = given.constants[place];
  if (constant) return constant;
  throw cannot(given, `its ${what} is computed or missing, and has to be a constant`);
}

function imageSize(given: ImageNode): Pair {
  if (isImage(given.shape)) return [given.shape[1], given.shape[2]];
  throw cannot(given, "it reads what is flattened already");
}

function convolution(given: ImageNode): Step[] {
  const { node, name } = given;
  const attributes = new Attributes(node);
  const size = imageSize(given);
  if (attributes.int("group", 1) !== 1) {
    throw cannot(given, "it has groups of channels, and convolutions over all of them are read");
  }
  const filters = needed(given, 1, "kernel");
  const weights = weightsOf(filters, 4, "its kernel");
  const [O, C, height, width] = filters.dims;
  const dilation = attributes.pair("dilations", [1, 1]);
  const stride = attributes.pair("strides", [1, 1]);
  const extent: Pair = [(height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1];
  const pads = attributes.pads(size, extent, stride);
  const bias = given.constants[2] ? weightsOf(given.constants[2], 1, "its bias") : null;
  if (bias && bias.length !== O)
    throw cannot(given, `it has ${bias.length} biases for ${O} filters`);
  const shape = [O, C, height, width] as const;
  return [{ kind: "convolution", name, shape, weights, bias, stride, dilation, pads }];
}

function batchNormalisation(given: ImageNode): Step[] {
  const attributes = new Attributes(given.node);
  if (attributes.int("training_mode", 0) !== 0) throw cannot(given, "it was exported in training");
  const epsilon = attributes.float("epsilon", 1e-5);
  const [scale, bias, mean, variance] = ["scale", "bias", "mean", "variance"].map((what, i) =>
    weightsOf(needed(given, i + 1, what), 1, `its ${what}`),
  );
  return [normalisation(given.name, { scale, bias, mean, variance, epsilon })];
}

/** Batch normalisation as a factor and a term, in float64. @throws UserError where the lengths differ */
export function normalisation(
  name: string,
  {
    scale,
    bias,
    mean,
    variance,
    epsilon,
  }: Readonly<Record<"scale" | "bias" | "mean" | "variance", Float32Array>> & {
    readonly epsilon: number;
  },
): Affine {
  if (new Set([scale, bias, mean, variance].map(({ length }) => length)).size !== 1) {
    throw new UserError(`the batch normalisation ${clip(name)} has lists of different lengths.`);
  }
  const factor = Float64Array.from(scale, (value, i) => value / Math.sqrt(variance[i] + epsilon));
  const shift = factor.map((value, i) => bias[i] - mean[i] * value);
  return { kind: "affine", name, scale: factor, shift };
}

function pool(given: ImageNode, by: "max" | "average"): Step[] {
  const { node, name } = given;
  const attributes = new Attributes(node);
  const kernel = attributes.pair("kernel_shape", null);
  const stride = attributes.pair("strides", [1, 1]);
  const spread = attributes.pair("dilations", [1, 1]);
  if (spread.some((value) => value !== 1)) throw cannot(given, "its windows have gaps (dilations)");
  const pads = attributes.pads(imageSize(given), kernel, stride);
  const ceil = attributes.int("ceil_mode", 0) === 1;
  const countsPads = attributes.int("count_include_pad", 0) === 1;
  return [{ kind: "pool", name, by, window: { kernel, stride, pads, ceil, countsPads } }];
}

/** Zeros around the image. */
function padding(given: ImageNode): Step[] {
  const attributes = new Attributes(given.node);
  imageSize(given);
  const pads = [...(given.constants[1]?.data ?? attributes.ints("pads") ?? [])];
  const value = given.constants[2]?.data[0] ?? attributes.float("value", 0);
  const outside = [0, 1, 4, 5].map((i) => pads[i]);
  const [top, left, bottom, right] = [2, 3, 6, 7].map((i) => pads[i]);
  const isZeros = attributes.text("mode", "constant") === "constant" && value === 0;
  const isAround = pads.length === 8 && outside.every((pad) => pad === 0);
  if (!isZeros || !isAround || pads.some((pad) => pad < 0 || pad > budgets.kernel)) {
    throw cannot(given, "of paddings, zeros around the image are read");
  }
  if (pads.every((pad) => pad === 0)) return [];
  return [{ kind: "padding", name: given.name, pads: [top, left, bottom, right] }];
}

/** Over rows and columns: the mean of the whole image. */
function mean(given: ImageNode): Step[] {
  const attributes = new Attributes(given.node);
  imageSize(given);
  const axes = given.constants[1]?.data ?? attributes.ints("axes") ?? [];
  const isWhole = areSides(axes);
  if (!isWhole) throw cannot(given, "of means, those over rows and columns are read");
  const { name } = given;
  const whole: Step = { kind: "pool", name, by: "average", window: null };
  return attributes.int("keepdims", 1) === 1 ? [whole] : [whole, { kind: "flatten", name }];
}

/** Rows and columns, counted from either end. */
function areSides(axes: ArrayLike<number>): boolean {
  const from = Array.from(axes, (axis) => (axis + 4) % 4).sort((a, b) => a - b);
  return from.join() === "2,3";
}

function flatten(given: ImageNode): Step[] {
  const axis = new Attributes(given.node).int("axis", 1);
  if (axis !== 1 && axis !== -given.shape.length) {
    throw cannot(given, `it flattens from axis ${axis}, and images are flattened from 1`);
  }
  return [{ kind: "flatten", name: given.name }];
}

function reshape(given: ImageNode): Step[] {
  const { shape, name } = given;
  const target = [...needed(given, 1, "shape").data];
  const units = shape.reduce((product, size) => product * size, 1);
  const [, ...sizes] = target.map((size, i) => (size === 0 ? [1, ...shape][i] : size));
  const known = sizes.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const to = sizes.map((size) => (size === -1 ? units / known : size));
  if (to.join() === shape.join()) return [];
  if (to.length === 1 && to[0] === units) return [{ kind: "flatten", name }];
  throw cannot(given, `it turns ${shape.join(" x ")} into ${clip(target.join(" x "))}`);
}

/** Of what is one pixel high and wide. */
function squeeze(given: ImageNode): Step[] {
  const { shape, name } = given;
  const axes = given.constants[1]?.data ?? new Attributes(given.node).ints("axes") ?? [];
  const isWhole = areSides(axes);
  if (isWhole && shape[1] === 1 && shape[2] === 1) return [{ kind: "flatten", name }];
  throw cannot(given, "what is squeezed is the image after its whole was pooled");
}

function gemm(given: ImageNode): Step[] {
  const attributes = new Attributes(given.node);
  if (attributes.int("transA", 0) !== 0 || given.place !== 0)
    throw cannot(given, "it turns its input");
  const alpha = attributes.float("alpha", 1);
  const beta = attributes.float("beta", 1);
  const bias = given.constants[2];
  const step = denseOf(given, attributes.int("transB", 0) === 1);
  if (bias && bias.data.length !== step.outputs && bias.data.length !== 1) {
    throw cannot(given, `it has ${bias.data.length} biases for ${step.outputs} units`);
  }
  const weights = alpha === 1 ? step.weights : step.weights.map((value) => alpha * value);
  const term = (i: number) => beta * bias!.data[bias!.data.length === 1 ? 0 : i];
  return [
    {
      ...step,
      weights,
      bias: bias ? Float32Array.from({ length: step.outputs }, (_, i) => term(i)) : null,
    },
  ];
}

function product(given: ImageNode): Step[] {
  if (given.place !== 0) throw cannot(given, "it multiplies from the left");
  return [denseOf(given, false)];
}

/** @param turned the weights are [outputs, inputs] already */
function denseOf(given: ImageNode, turned: boolean) {
  if (given.shape.length !== 1) throw cannot(given, "what it reads is not flattened");
  const constant = needed(given, 1, "weights");
  const weights = weightsOf(constant, 2, "its weights");
  const [first, second] = constant.dims;
  const [outputs, inputs] = turned ? [first, second] : [second, first];
  return {
    kind: "dense",
    name: given.name,
    weights: turned ? weights : transposed(weights, first, second),
    outputs,
    inputs,
    bias: null,
  } as const;
}

/** A constant for each channel, or one for all, that is added or multiplied. */
function arithmetic(
  given: ImageNode,
  effect: (value: number) => readonly [number, number],
): Step[] {
  const { shape, name, place } = given;
  const { dims, data } = needed(given, 1 - place, "other number");
  const [channels, ...others] = shape;
  const last = dims.slice(-shape.length);
  const isByChannel =
    dims.slice(0, -shape.length).every((size) => size === 1) &&
    last.length === shape.length &&
    last[0] === channels &&
    last.slice(1).every((size) => size === 1);
  if (data.length !== 1 && !isByChannel) {
    throw cannot(
      given,
      `its constant of ${clip(dims.join(" x "))} is neither one for all nor one for each of ${channels} ${others.length > 0 ? "channels" : "units"}`,
    );
  }
  const effects = Array.from(data, effect);
  const scale = Float64Array.from(effects, ([factor]) => factor);
  const shift = Float64Array.from(effects, ([, term]) => term);
  return [{ kind: "affine", name, scale, shift }];
}

function quotient(given: ImageNode): Step[] {
  if (given.place !== 0) throw cannot(given, "it divides by the image");
  return arithmetic(given, (value) => [1 / value, 0]);
}

function cast(given: ImageNode): Step[] {
  const to = new Attributes(given.node).int("to", 1);
  if ([1, 10, 11, 16].includes(to)) return [];
  throw cannot(given, "it turns fractions into whole numbers");
}
