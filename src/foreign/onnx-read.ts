/** Reads ONNX: a graph that is a chain, from its one image to its classes. */
import { clip, UserError } from "../errors.ts";
import { budgets } from "./budgets.ts";
import { shapeAfter, type ForeignNetwork, type Shape, type Step } from "./network.ts";
import { fold, foldedNodes } from "./onnx-fold.ts";
import { imageNodes, stepsOf } from "./onnx-nodes.ts";
import { branched, refuseNodes } from "./onnx-refused.ts";
import { modelFields, type OnnxGraph, type OnnxNode, type OnnxValue } from "./onnx-schema.ts";
import { constantOf, type Constant } from "./onnx-tensor.ts";
import { readMessage } from "./protobuf.ts";

const known: ReadonlySet<string> = new Set([...imageNodes, ...foldedNodes]);

/**
 * @param size of the images, [channels, height, width], where the file leaves it open
 * @throws UserError, without the file's name, where it is no such chain, or an Error where it is damaged
 */
export function readOnnx(
  data: Uint8Array,
  size: readonly [number, number, number] | null,
): ForeignNetwork {
  const model = readMessage(data, modelFields);
  const { graph, producerName, producerVersion, opsetImport } = model;
  if (!graph || graph.node.length === 0) throw new Error("it holds no graph");
  if (graph.node.length > budgets.nodes) {
    throw new UserError(
      `it has ${graph.node.length} nodes, and networks of up to ${budgets.nodes} are read.`,
    );
  }
  refuseNodes(graph.node, known);
  const opset = opsetImport.find(({ domain = "" }) => domain === "")?.version ?? 0;
  if (opset < 7) {
    throw new UserError(
      `it is of operator set ${opset}, and 7 and later are read; convert it (onnx.version_converter).`,
    );
  }
  const constants = new Map(graph.initializer.map((one) => [one.name ?? "", constantOf(one)]));
  const inputs = graph.input.filter(({ name = "" }) => !constants.has(name));
  if (inputs.length !== 1) {
    throw new UserError(`it has ${inputs.length} inputs, and networks of one image are read.`);
  }
  const input = imageOf(inputs[0], size);
  const { steps } = new Chain(graph, constants, inputs[0].name ?? "", input).walk();
  const producer = producerName ? clip(`${producerName} ${producerVersion ?? ""}`.trim()) : null;
  return { format: `ONNX (operator set ${opset})`, producer, input, steps, notes: [] };
}

/** The image's size, of the file's own statement or as it is told. */
function imageOf(
  { type }: OnnxValue,
  told: ForeignNetwork["input"] | null,
): ForeignNetwork["input"] {
  const dims = type?.tensorType?.shape?.dim ?? [];
  const stated = dims.slice(1).map(({ value = 0 }) => value);
  if (dims.length !== 4 && !told) {
    throw new UserError(
      `its input has ${dims.length} dimensions, where images have four: number, channels, rows, columns; say their size with --input CxHxW.`,
    );
  }
  const [channels, height, width] = (told ?? stated) as ForeignNetwork["input"];
  const differs = told && stated.some((one, i) => one > 0 && one !== told[i]);
  if (differs && dims.length === 4) {
    throw new UserError(
      `its images are ${stated.map((one) => one || "any").join(" x ")}, not ${told.join(" x ")}.`,
    );
  }
  if (!(channels > 0 && height > 0 && width > 0)) {
    throw new UserError(
      `it leaves the size of its images open (${stated.map((one) => one || "any").join(" x ")}): say it with --input CxHxW, such as 1x28x28.`,
    );
  }
  return [channels, height, width];
}

/** Follows the image through the graph. */
class Chain {
  private readonly steps: Step[] = [];
  private shape: Shape;
  /** Values that the image had before. */
  private readonly past = new Set<string>();

  constructor(
    private readonly graph: OnnxGraph,
    private readonly constants: Map<string, Constant>,
    /** The value that the image has by now. */
    private image: string,
    input: Shape,
  ) {
    this.shape = input;
  }

  walk(): { readonly steps: readonly Step[] } {
    for (const node of this.graph.node) this.follow(node);
    const outputs = this.graph.output.map(({ name = "" }) => name);
    if (!outputs.includes(this.image)) {
      throw new UserError(
        `its chain ends in "${clip(this.image)}", which is none of its outputs (${clip(outputs.join(", "))}).`,
      );
    }
    return { steps: this.steps };
  }

  private follow(node: OnnxNode): void {
    const { input, output, opType } = node;
    const [made = ""] = output;
    const old = input.find((name) => this.past.has(name));
    if (old !== undefined && opType !== "Shape") throw branched(old);
    const place = input.indexOf(this.image);
    if (opType === "Shape" && (place === 0 || old !== undefined)) {
      if (place !== 0) throw branched(old!);
      this.constants.set(made, { dims: [this.shape.length + 1], data: [1, ...this.shape] });
      return;
    }
    const given = input.map((name) => this.constants.get(name) ?? null);
    if (place === -1) {
      const missing = input.find((name, i) => name !== "" && given[i] === null);
      if (missing !== undefined) {
        throw new UserError(
          `"${clip(missing)}" is read before it is made: its nodes are out of order.`,
        );
      }
      this.constants.set(
        made,
        fold(
          node,
          given.filter((one) => one !== null),
        ),
      );
      return;
    }
    if (!imageNodes.has(opType!)) {
      throw new UserError(
        `${opType} "${clip(titleOf(node))}" reads the image, and only constants are computed so.`,
      );
    }
    if (input.lastIndexOf(this.image) !== place) throw branched(this.image);
    const { shape } = this;
    for (const step of stepsOf({ node, shape, place, constants: given, name: titleOf(node) })) {
      this.shape = shapeAfter(this.shape, step);
      this.steps.push(step);
    }
    this.past.add(this.image);
    this.image = made;
  }
}

/** What a layer is called: as its weights are, else as its node, else as what it makes. */
function titleOf({ opType, name, input, output }: OnnxNode): string {
  const weights = input.find((one) => one.endsWith(".weight"));
  if (weights !== undefined && opType !== "Add") return weights.replace(/\.weight$/, "");
  return name || output[0] || opType!;
}
