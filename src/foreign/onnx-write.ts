/** Writes a network as ONNX of operator set 13: images of any number, 0 to 1, to one number a class before any softmax. */
import { UserError } from "../errors.ts";
import {
  describeParameters,
  outputShapes,
  type LayerDescription,
  type NetworkDescription,
  type PoolDescription,
} from "../models/description.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import { windowsAlong } from "./network.ts";
import { attributeTypes, dataTypes, modelFields, tensorFields } from "./onnx-schema.ts";
import { writeMessage, type Draft } from "./protobuf.ts";

/** The operator set that files are written for, and the version of the format. */
export const OPSET = 13;
const IR_VERSION = 7;

type Model = Draft<typeof modelFields>;
type Graph = NonNullable<Model["graph"]>;
type Node = NonNullable<Graph["node"]>[number];
type Attribute = NonNullable<Node["attribute"]>[number];

export interface OnnxOptions {
  /** Who writes it: name and version. */
  readonly producer: readonly [string, string];
  /** Free texts by key. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** @throws UserError where a pool has no operation of ONNX */
export function writeOnnx(
  network: NetworkDescription,
  parameters: ParameterValues,
  { producer, metadata = {} }: OnnxOptions,
): Uint8Array<ArrayBuffer> {
  const shapes = outputShapes(network);
  let value = "image";
  const node: Node[] = [];
  /** A node that takes the image further; the last of all makes the logits. */
  const put = (opType: string, name: string, attribute: Attribute[], weights: string[] = []) => {
    const output = `${name}_out`;
    node.push({ opType, name, input: [value, ...weights], output: [output], attribute });
    value = output;
  };
  for (const [i, layer] of network.layers.entries()) {
    const below = i === 0 ? network.input : shapes[i - 1];
    if (layer.kind === "dense" && network.layers[i - 1]?.kind !== "dense") {
      put("Flatten", `${layer.label}_flat`, [whole("axis", 1)]);
    }
    putLayer(layer, below, put);
  }
  const last = node.at(-1)!;
  node[node.length - 1] = { ...last, output: ["logits"] };
  const { 0: classes } = shapes.at(-1)!;
  const model: Model = {
    irVersion: IR_VERSION,
    producerName: producer[0],
    producerVersion: producer[1],
    graph: {
      node,
      name: "network",
      initializer: initializers(network, parameters),
      input: [valueOf("image", network.input)],
      output: [valueOf("logits", [classes])],
    },
    opsetImport: [{ domain: "", version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, text]) => ({ key, value: text })),
  };
  return writeMessage(model, modelFields);
}

type Put = (opType: string, name: string, attribute: Attribute[], weights?: string[]) => void;

function putLayer(layer: LayerDescription, [, height, width]: readonly number[], put: Put): void {
  const { label } = layer;
  const weights = [`${label}.weight`, `${label}.bias`];
  if (layer.kind === "pool") {
    putPool(layer, height, width, put);
    return;
  }
  if (layer.kind === "conv") {
    const { kernel, stride = 1, pad = 0 } = layer;
    const form = [
      many("kernel_shape", [kernel, kernel]),
      many("strides", [stride, stride]),
      many("pads", [pad, pad, pad, pad]),
    ];
    put("Conv", label, form, weights);
  } else put("Gemm", label, [whole("transB", 1)], weights);
  if (layer.relu) put("Relu", `${label}_relu`, []);
  if (layer.kind === "conv" && layer.pool === 2) {
    put("AveragePool", `${label}_pool`, [many("kernel_shape", [2, 2]), many("strides", [2, 2])]);
  }
}

function putPool(layer: PoolDescription, height: number, width: number, put: Put): void {
  const { label, by, kernel, stride, pad = 0, padEnd = pad, counted = 0 } = layer;
  const name = by === "max" ? "MaxPool" : "AveragePool";
  if (pad === 0 && counted === 0 && kernel >= Math.max(height, width)) {
    put(`Global${name}`, label, []);
    return;
  }
  const form = [many("kernel_shape", [kernel, kernel]), many("strides", [stride, stride])];
  if (counted === 0) {
    put(name, label, [...form, many("pads", [pad, pad, padEnd, padEnd])]);
    return;
  }
  const isCeil = padEnd !== pad;
  const isSame = [height, width].every(
    (size) =>
      windowsAlong(size, kernel, stride, pad, pad, isCeil) ===
      windowsAlong(size, kernel, stride, pad, padEnd),
  );
  if (counted !== pad || !isSame) {
    throw new UserError(
      `the pool ${label} counts zeros beyond the image in a way that ONNX has no operation for.`,
    );
  }
  const counting = [many("pads", [pad, pad, pad, pad]), whole("count_include_pad", 1)];
  put(name, label, [...form, ...counting, ...(isCeil ? [whole("ceil_mode", 1)] : [])]);
}

const whole = (name: string, i: number): Attribute => ({ name, i, type: attributeTypes.int });
const many = (name: string, ints: number[]): Attribute => ({
  name,
  ints,
  type: attributeTypes.ints,
});

/** A stack of images, or of rows of numbers, as many as one likes. */
function valueOf(name: string, sizes: readonly number[]) {
  const dim = [{ parameter: "images" }, ...sizes.map((value) => ({ value }))];
  return { name, type: { tensorType: { elementType: dataTypes.float, shape: { dim } } } };
}

function initializers(
  network: NetworkDescription,
  parameters: ParameterValues,
): Draft<typeof tensorFields>[] {
  return describeParameters(network).map(({ label, shape }) => {
    const { buffer, byteOffset, byteLength } = parameters.get(label)!;
    return {
      dims: [...shape],
      dataType: dataTypes.float,
      name: torchName(label),
      rawData: new Uint8Array(buffer, byteOffset, byteLength),
    };
  });
}

/** "conv1.w" as PyTorch calls it: "conv1.weight". */
export const torchName = (label: string): string =>
  label.replace(/\.w$/, ".weight").replace(/\.b$/, ".bias");
