/** Nodes of an ONNX graph that no image has to do with: constants, and the shapes that exporters compute with. */
import { clip, UserError } from "../errors.ts";
import { Attributes } from "./onnx-attributes.ts";
import type { OnnxNode } from "./onnx-schema.ts";
import { constantOf, sizeOf, transposed, type Constant } from "./onnx-tensor.ts";

type Fold = (node: OnnxNode, inputs: readonly Constant[]) => Constant;

const folds: Readonly<Record<string, Fold>> = {
  Constant: constantNode,
  Identity: (_, [given]) => given,
  Cast: (_, [given]) => given,
  Reshape: (_, [given, shape]) => reshaped(given, [...shape.data]),
  Unsqueeze: unsqueezed,
  Squeeze: squeezed,
  Transpose: turned,
  Concat: joined,
  Gather: gathered,
};

export const foldedNodes: ReadonlySet<string> = new Set([...Object.keys(folds), "Shape"]);

/** @throws UserError where the node is of no kind that is computed ahead */
export function fold(node: OnnxNode, inputs: readonly Constant[]): Constant {
  const found = Object.hasOwn(folds, node.opType!) ? folds[node.opType!] : undefined;
  const least =
    node.opType === "Constant" ? 0 : ["Reshape", "Gather"].includes(node.opType!) ? 2 : 1;
  if (found && inputs.length >= least) return found(node, inputs);
  throw unread(node, "it computes with constants alone; simplify the graph first (onnxsim)");
}

const unread = ({ opType, name, output }: OnnxNode, why: string): UserError =>
  new UserError(`${opType} "${clip(name || output[0] || "")}" cannot be read: ${why}.`);

function constantNode(node: OnnxNode): Constant {
  const attributes = new Attributes(node);
  const tensor = attributes.get("value")?.t;
  if (tensor) return constantOf(tensor);
  const whole = attributes.get("value_int")?.i;
  if (whole !== undefined) return { dims: [], data: [whole] };
  const fraction = attributes.get("value_float")?.f;
  if (fraction !== undefined) return { dims: [], data: Float32Array.of(fraction) };
  const list = attributes.ints("value_ints") ?? attributes.get("value_floats")?.floats;
  if (list) return { dims: [list.length], data: list };
  throw unread(node, "it holds no numbers");
}

function reshaped({ dims, data }: Constant, target: readonly number[]): Constant {
  const copied = target.map((size, i) => (size === 0 ? (dims[i] ?? 0) : size));
  const known = sizeOf(copied.filter((size) => size !== -1));
  const to = copied.map((size) => (size === -1 ? data.length / known : size));
  if (sizeOf(to) === data.length && to.every((size) => Number.isInteger(size) && size > 0)) {
    return { dims: to, data };
  }
  throw new UserError(
    `a constant of ${data.length} numbers is reshaped to ${clip(target.join(" x "))}.`,
  );
}

const axesOf = (node: OnnxNode, given: Constant | undefined): readonly number[] =>
  given ? [...given.data] : (new Attributes(node).ints("axes") ?? []);

function unsqueezed(node: OnnxNode, [{ dims, data }, given]: readonly Constant[]): Constant {
  const axes = axesOf(node, given);
  const to = [...dims];
  for (const axis of axes) to.splice(axis < 0 ? axis + to.length + 1 : axis, 0, 1);
  return { dims: to, data };
}

function squeezed(node: OnnxNode, [{ dims, data }, given]: readonly Constant[]): Constant {
  const axes = axesOf(node, given).map((axis) => (axis < 0 ? axis + dims.length : axis));
  return {
    dims: dims.filter((size, i) => size !== 1 || (axes.length > 0 && !axes.includes(i))),
    data,
  };
}

/** Of weights: rows and columns exchanged. */
function turned(node: OnnxNode, [{ dims, data }]: readonly Constant[]): Constant {
  const order = new Attributes(node).ints("perm") ?? dims.map((_, i) => dims.length - 1 - i);
  if (order.every((axis, i) => axis === i)) return { dims, data };
  if (dims.length === 2 && data instanceof Float32Array) {
    return { dims: [dims[1], dims[0]], data: transposed(data, dims[0], dims[1]) };
  }
  throw unread(node, "of constants, matrices are turned");
}

function joined(node: OnnxNode, inputs: readonly Constant[]): Constant {
  if (inputs.some(({ dims }) => dims.length !== 1))
    throw unread(node, "of constants, lists are joined");
  const data = inputs.flatMap(({ data }) => [...data]);
  return { dims: [data.length], data };
}

function gathered(node: OnnxNode, [from, which]: readonly Constant[]): Constant {
  if (from.dims.length !== 1) throw unread(node, "of constants, entries of lists are taken");
  const at = (index: number) => from.data[index < 0 ? index + from.data.length : index];
  const data = Array.from(which.data, at);
  if (data.some((value) => value === undefined))
    throw unread(node, "it takes an entry that is not there");
  return { dims: which.dims, data };
}
