/**
 * A chain of another tool's steps as layers of ours: batch normalisation, constants and the normalisation of pixels are
 * folded into the weights beside them, and a step that cannot be becomes a convolution of one pixel.
 */
import { clip, UserError } from "../errors.ts";
import type { LayerDescription, NetworkDescription } from "../models/description.ts";
import { outputShapes } from "../models/description.ts";
import { budgets } from "./budgets.ts";
import {
  isImage,
  shapeAfter,
  type Affine,
  type Convolution,
  type Dense,
  type ForeignNetwork,
  type Normalisation,
  type Pads,
  type Pool,
  type Shape,
  type Step,
} from "./network.ts";
import { squareConvolution, squarePool } from "./squared.ts";

export interface Lowered {
  readonly description: NetworkDescription;
  /** By label, for example "conv1.w". */
  readonly parameters: Map<string, Float32Array<ArrayBuffer>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Row = Mutable<LayerDescription>;

/** A layer with its weights, which still change while they are folded into. */
interface Weighted {
  readonly row: Row & { readonly kind: "conv" | "dense" };
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** A factor and a term for each channel. */
interface Scaling {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** @throws UserError where a step has no layer of ours, or the whole is larger than what is looked at here */
export function lower(network: ForeignNetwork, normalisation: Normalisation | null): Lowered {
  checkInput(network.input);
  const lowering = new Lowering(
    network.input,
    normalisation && scalingOf(normalisation, network.input[0]),
  );
  for (const step of network.steps) {
    if (
      step.kind === "softmax" &&
      step !== network.steps.findLast(({ kind }) => kind !== "dropout" && kind !== "flatten")
    ) {
      throw new UserError(
        `the softmax ${clip(step.name)} stands before other layers, and only a last one is read.`,
      );
    }
    lowering.take(step);
  }
  return lowering.finish();
}

function checkInput(input: ForeignNetwork["input"]): void {
  const [channels, height, width] = input;
  if (channels <= budgets.channels && height <= budgets.side && width <= budgets.side) return;
  throw new UserError(
    `its images are ${input.join(" x ")}, and networks of 1 to ${budgets.channels} channels and up to ${budgets.side} x ${budgets.side} pixels are looked at here.`,
  );
}

/** (pixel - mean) / std as a factor and a term. @throws UserError where they are not one for each channel */
function scalingOf({ mean, std }: Normalisation, channels: number): Scaling {
  const of = (values: readonly number[], c: number) => values[values.length === 1 ? 0 : c];
  const isRight = [mean, std].every(({ length }) => length === 1 || length === channels);
  if (
    !isRight ||
    std.some((value) => !(value > 0)) ||
    mean.some((value) => !Number.isFinite(value))
  ) {
    throw new UserError(
      `the normalisation (mean ${mean.join(", ")}, std ${std.join(", ")}) should have one number for all channels or one for each of ${channels}, and spreads above 0.`,
    );
  }
  const all = Array.from({ length: channels }, (_, c) => c);
  return {
    scale: Float64Array.from(all, (c) => 1 / of(std, c)),
    shift: Float64Array.from(all, (c) => -of(mean, c) / of(std, c)),
  };
}

class Lowering {
  private readonly rows: (Weighted | { readonly row: Row & { readonly kind: "pool" } })[] = [];
  private readonly labels = new Set<string>();
  private count = 0;
  /** Zeros around the image, for the next step. */
  private padding: Pads | null = null;

  constructor(
    private readonly input: ForeignNetwork["input"],
    /** What is still to be done to the image as it stands. */
    private pending: Scaling | null,
    private shape: Shape = input,
  ) {}

  take(given: Step): void {
    if (given.kind === "padding") {
      this.padding = added(this.padding, given.pads);
      return;
    }
    const step = this.padded(given);
    const after = shapeAfter(this.shape, step);
    if (step.kind === "convolution") this.convolution(step);
    else if (step.kind === "dense") this.dense(step);
    else if (step.kind === "affine") this.affine(step);
    else if (step.kind === "pool") this.pool(step);
    else if (step.kind === "relu") this.relu();
    else if (step.kind === "flatten") this.flatten();
    this.shape = after;
  }

  /** A step with the zeros that stood before it. @throws UserError where it has no use for them */
  private padded(step: Step): Step {
    const { padding } = this;
    if (!padding) return step;
    this.padding = null;
    if (step.kind === "convolution") return { ...step, pads: added(step.pads, padding) };
    const window = step.kind === "pool" && step.by === "average" ? step.window : null;
    if (
      step.kind === "pool" &&
      window &&
      (window.countsPads || window.pads.every((pad) => pad === 0))
    ) {
      const pads = added(window.pads, padding);
      return { ...step, window: { ...window, pads, countsPads: true } };
    }
    throw new UserError(
      `zeros are put around an image before ${clip(step.name)}, and only convolutions and averages are padded here.`,
    );
  }

  finish(): Lowered {
    // The last layer's output are the classes, as they are.
    const last = this.rows.at(-1);
    if (this.pending || !last || last.row.kind !== "dense") {
      if (isImage(this.shape)) this.flatten();
      this.shape = [this.shape.reduce((product, size) => product * size, 1)];
      this.materialise("classes");
    }
    const [classes] = this.shape;
    if (classes < 2 || classes > budgets.classes) {
      throw new UserError(
        `it has ${classes} outputs, and networks of 2 to ${budgets.classes} classes are looked at here.`,
      );
    }
    const layers = fused(
      this.rows.map(({ row }) => row),
      this.input,
    );
    const weighted = this.rows.filter((one): one is Weighted => "weights" in one);
    const parameters = new Map(
      weighted.flatMap(({ row: { label }, weights, bias }) => [
        [`${label}.w`, Float32Array.from(weights)],
        [`${label}.b`, Float32Array.from(bias)],
      ]),
    );
    for (const [label, values] of parameters) {
      if (!values.every((value) => Number.isFinite(value))) {
        throw new UserError(`${label} holds a value that is not a finite number.`);
      }
    }
    return { description: { input: this.input, layers }, parameters };
  }

  private convolution(step: Convolution): void {
    const isPadded = step.pads.some((pad) => pad > 0);
    const { pending } = this;
    // Zeros around the image are not what a term would make of them.
    if (pending && isPadded && pending.shift.some((value) => value !== 0))
      this.materialise(this.rows.length === 0 ? "input" : "scaled");
    const [filters, channels] = step.shape;
    const { weights, ...form } = squareConvolution(step);
    const { kernel, stride, pad } = form;
    const row: Weighted["row"] = {
      kind: "conv",
      label: this.labelOf(step.name, "conv"),
      filters,
      kernel,
      ...(stride === 1 ? {} : { stride }),
      ...(pad === 0 ? {} : { pad }),
    };
    this.push({ row, weights, bias: biasOf(step.bias, filters) }, channels);
  }

  private dense(step: Dense): void {
    if (isImage(this.shape)) this.flatten();
    const label = this.labelOf(step.name, "fc");
    const row: Weighted["row"] = { kind: "dense", label, outputs: step.outputs };
    const bias = biasOf(step.bias, step.outputs);
    this.push({ row, weights: Float64Array.from(step.weights), bias }, step.inputs);
  }

  /** Puts a layer at the end, with what was pending before it in its weights. @param inputs channels or units that it reads */
  private push(layer: Weighted, inputs: number): void {
    this.count += layer.weights.length + layer.bias.length;
    if (this.count > budgets.parameters) {
      throw new UserError(
        `it has more than the ${budgets.parameters} parameters that are read here.`,
      );
    }
    const { weights, bias } = layer;
    if (this.pending) {
      const { scale, shift } = this.pending;
      const area = weights.length / bias.length / inputs;
      for (let at = 0; at < weights.length; at++) {
        const channel = Math.floor(at / area) % inputs;
        bias[Math.floor(at / (area * inputs))] += weights[at] * shift[channel];
        weights[at] *= scale[channel];
      }
      this.pending = null;
    }
    this.rows.push(layer);
  }

  private affine(step: Affine): void {
    const [channels] = this.shape;
    const own = (values: Float64Array) =>
      values.length === channels ? values : new Float64Array(channels).fill(values[0]);
    const scale = own(step.scale);
    const shift = own(step.shift);
    const last = this.open;
    if (last && last.bias.length === channels) {
      const size = last.weights.length / channels;
      for (const at of last.weights.keys()) last.weights[at] *= scale[Math.floor(at / size)];
      for (const c of last.bias.keys()) last.bias[c] = last.bias[c] * scale[c] + shift[c];
      return;
    }
    const before = this.pending;
    this.pending = {
      scale: before ? scale.map((value, c) => value * before.scale[c]) : scale.slice(),
      shift: before ? shift.map((value, c) => value + scale[c] * before.shift[c]) : shift.slice(),
    };
  }

  /** The last layer, where nothing came after its sums. */
  private get open(): Weighted | null {
    const last = this.rows.at(-1);
    return !this.pending && last && "weights" in last && !last.row.relu && !this.flattened
      ? last
      : null;
  }

  /** An image was flattened after the last layer: its channels are no units. */
  private get flattened(): boolean {
    return this.rows.at(-1)?.row.kind === "conv" && !isImage(this.shape);
  }

  private relu(): void {
    if (this.pending) this.materialise("scaled");
    // A maximum of what is cut off is the maximum, cut off: the layer below the pools does it.
    const below = this.rows.findLast(({ row }) => row.kind !== "pool" || row.by !== "max");
    if (below && "weights" in below) below.row.relu = true;
    else if (this.rows.length === 0 || !this.isAboveReLU()) {
      this.materialise("rectified");
      (this.rows.at(-1) as Weighted).row.relu = true;
    }
  }

  /** Nothing below zero is left, whatever pools made of it. */
  private isAboveReLU(): boolean {
    const below = this.rows.findLast(({ row }) => row.kind !== "pool");
    return below !== undefined && "weights" in below && below.row.relu === true;
  }

  private pool(step: Pool): void {
    const commutes =
      !this.pending ||
      (step.by === "max"
        ? this.pending.scale.every((value) => value > 0)
        : !step.window?.countsPads || this.pending.shift.every((value) => value === 0));
    if (!commutes) this.materialise("scaled");
    const row = squarePool(step, this.shape, this.labelOf("", "pool"));
    this.rows.push({ row: row as Row & { readonly kind: "pool" } });
  }

  private flatten(): void {
    const { shape, pending } = this;
    const area = shape.slice(1).reduce((product, size) => product * size, 1);
    this.shape = [shape[0] * area];
    if (!pending || area === 1) return;
    const spread = (values: Float64Array) =>
      Float64Array.from({ length: values.length * area }, (_, at) => values[Math.floor(at / area)]);
    this.pending = { scale: spread(pending.scale), shift: spread(pending.shift) };
  }

  /** What is pending, or nothing, as a layer of its own: one pixel, or unit, to one. */
  private materialise(name: string): void {
    const [size] = this.shape;
    if (size > 2048) {
      throw new UserError(
        `${size} units are scaled one by one where no layer beside them can do it, and up to 2048 are read.`,
      );
    }
    const weights = new Float64Array(size * size);
    for (let i = 0; i < size; i++) weights[i * size + i] = 1;
    const label = this.labelOf(name, isImage(this.shape) ? "conv" : "fc");
    const row: Weighted["row"] = isImage(this.shape)
      ? { kind: "conv", label, filters: size, kernel: 1 }
      : { kind: "dense", label, outputs: size };
    this.push({ row, weights, bias: new Float64Array(size) }, size);
  }

  /** The name, as far as it is letters, digits and "_", of one layer only, and with its kind before it. */
  private labelOf(name: string, kind: "conv" | "fc" | "pool"): string {
    const plain = name
      .replaceAll(/\W+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(-32);
    const own = plain.charAt(0).toLowerCase() + plain.slice(1);
    const alike = this.rows.filter(({ row }) => row.label.startsWith(kind)).length + 1;
    const first =
      plain === "" ? `${kind}${alike}` : own.startsWith(kind) ? own : `${kind}_${plain}`;
    let label = first;
    for (let i = 2; this.labels.has(label); i++) label = `${first}_${i}`;
    this.labels.add(label);
    return label;
  }
}

const biasOf = (bias: Float32Array | null, outputs: number): Float64Array =>
  bias ? Float64Array.from(bias) : new Float64Array(outputs);

const added = (a: Pads | null, b: Pads): Pads =>
  a ? [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]] : b;

/** An average over 2 x 2 that comes straight after a convolution, and before no other pool, goes into it. */
function fused(rows: readonly Row[], input: ForeignNetwork["input"]): LayerDescription[] {
  const sizes = [input, ...outputShapes({ input, layers: rows })];
  const goesIn = (i: number): boolean => {
    const row = rows[i];
    const [, height, width] = sizes[i];
    return (
      row?.kind === "pool" &&
      row.by === "average" &&
      row.kernel === 2 &&
      row.stride === 2 &&
      !row.pad &&
      !row.padEnd &&
      height % 2 === 0 &&
      width % 2 === 0 &&
      rows[i - 1]?.kind === "conv" &&
      rows[i + 1]?.kind !== "pool"
    );
  };
  return rows.flatMap((row, i) => {
    if (goesIn(i)) return [];
    return goesIn(i + 1) ? [{ ...row, pool: 2 } as LayerDescription] : [row];
  });
}
