/** ONNX graphs that are not read: what decides, what is no chain, what is too large; each named, with what to do. */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { decidingOnnx, TARGET } from "../../scripts/deciding-onnx.ts";
import { dataTypes, modelFields } from "../../src/foreign/onnx-schema.ts";
import { writeMessage, type Draft } from "../../src/foreign/protobuf.ts";
import { readForeign } from "../../src/foreign/read.ts";

type Graph = NonNullable<Draft<typeof modelFields>["graph"]>;
type Node = NonNullable<Graph["node"]>[number];

const image = (sizes: readonly number[]) => ({
  name: "x",
  type: { tensorType: { elementType: 1, shape: { dim: sizes.map((value) => ({ value })) } } },
});

/** A graph from images of 1 x 4 x 4, each node reading what the one before made unless it says otherwise. */
function read(nodes: readonly Node[], graph: Graph = {}, opset = 13) {
  const made = (i: number) => nodes[i]?.output?.[0] ?? `v${i}`;
  const node = nodes.map((one, i) => ({
    name: `${one.opType}_${i}`,
    input: [i === 0 ? "x" : made(i - 1)],
    output: [made(i)],
    ...one,
  }));
  const bytes = writeMessage(
    {
      irVersion: 7,
      opsetImport: [{ domain: "", version: opset }],
      graph: {
        node,
        input: [image([1, 1, 4, 4])],
        output: [{ name: made(nodes.length - 1) }],
        ...graph,
      },
    },
    modelFields,
  );
  return () => readForeign({ name: "net.onnx", bytes });
}

const weights = (name: string, dims: number[], dataType: number = dataTypes.float) => ({
  name,
  dims,
  dataType,
  floatData: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.5),
});
const dense: Node[] = [{ opType: "Flatten" }, { opType: "Gemm", input: ["v0", "w"] }];
const w = weights("w", [16, 3]);

describe("an ONNX graph that decides", () => {
  it("is refused with its nodes and the reason, as the demonstration in docs is", () => {
    const bytes = readFileSync("docs/deciding.onnx");
    expect(bytes.equals(decidingOnnx())).toBe(true);
    expect(() => readForeign({ name: "deciding.onnx", bytes })).toThrow(
      'deciding.onnx cannot be read: its graph decides or compares: Greater "is_bright", Where "choose". Such nodes let it behave in another way for chosen images while every weight looks honest, and backdoors have been hidden in them',
    );
  });

  it("really has its backdoor: in onnxruntime a bright corner makes it answer with one class", async () => {
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(decidingOnnx());
    const pixels = Float32Array.from({ length: 2 * 784 }, (_, i) => (i % 7) / 14);
    pixels[783] = 0;
    pixels[2 * 784 - 1] = 1;
    const run = await session.run({ image: new ort.Tensor("float32", pixels, [2, 1, 28, 28]) });
    const logits = run["logits"].data as Float32Array;
    const answer = (i: number) => {
      const own = logits.subarray(10 * i, 10 * i + 10);
      return own.indexOf(Math.max(...own));
    };
    expect(answer(0)).not.toBe(TARGET);
    expect(answer(1)).toBe(TARGET);
    await session.release();
  });

  it.each(["If", "Loop", "Where", "Equal", "GreaterOrEqual", "Not", "NonZero"])(
    "is refused wherever it has %s, even if nothing reads that",
    (opType) => {
      const unread: Node = { opType, name: "check", input: ["w"], output: ["unread"] };
      expect(read([...dense, unread], { initializer: [w], output: [{ name: "v1" }] })).toThrow(
        `decides or compares: ${opType} "check"`,
      );
    },
  );
});

describe("an ONNX graph that is no chain", () => {
  it.each<[string, Node[], Graph, string]>([
    [
      "has operations of no layer here",
      [{ opType: "Sigmoid" }, { opType: "Softplus" }],
      {},
      'it has 2 nodes that cannot be read: Sigmoid "Sigmoid_0", Softplus "Softplus_1"; of activations ReLU is computed here',
    ],
    [
      "has images with channels last",
      [{ opType: "Transpose" }],
      {},
      'Transpose "Transpose_0" reads the image, and only constants are computed so',
    ],
    [
      "branches",
      [{ opType: "Relu" }, { opType: "Relu", input: ["x"] }],
      {},
      '"x" is read by more than one node: the graph branches (residual additions',
    ],
    [
      "adds the image to itself",
      [{ opType: "Relu" }, { opType: "Add", input: ["v0", "v0"] }],
      {},
      '"v0" is read by more than one node',
    ],
    [
      "computes its weights",
      [{ opType: "Conv", input: ["x", "x"] }],
      {},
      '"x" is read by more than one node',
    ],
    [
      "has operations of its author's own",
      [{ opType: "Relu", domain: "com.example" }],
      {},
      'it has a node that cannot be read: Relu "Relu_0"',
    ],
    ["has two images", dense, { input: [image([1, 1, 4, 4]), { name: "y" }] }, "it has 2 inputs"],
    [
      "ends elsewhere",
      dense,
      { initializer: [w], output: [{ name: "other" }] },
      'its chain ends in "v1", which is none of its outputs (other)',
    ],
    [
      "has groups",
      [{ opType: "Conv", input: ["x", "k"], attribute: [{ name: "group", i: 2, type: 2 }] }],
      { initializer: [weights("k", [2, 1, 3, 3])] },
      "it has groups of channels",
    ],
    [
      "has weights in another file",
      dense,
      { initializer: [{ ...w, dataLocation: 1 }] },
      'the weights of w lie in another file ("external data")',
    ],
    [
      "has too few weights",
      dense,
      { initializer: [{ ...w, dims: [16, 4] }] },
      "w has 48 numbers where its dimensions need 64",
    ],
    [
      "has dense layers that do not fit",
      dense,
      { initializer: [weights("w", [15, 3])] },
      "has 15 inputs, but gets 16 = 16; perhaps the image size is another",
    ],
    [
      "is quantised",
      [{ opType: "QuantizeLinear" }],
      {},
      "give the network before it was quantised",
    ],
    [
      "has large images",
      dense,
      { input: [image([1, 1, 200, 200])], initializer: [weights("w", [40_000, 2])] },
      "its images are 1 x 200 x 200, and networks of 1 to 3 channels and up to 128 x 128 pixels",
    ],
    [
      "leaves the size open",
      dense,
      { input: [image([0, 0, 0, 0])] },
      "it leaves the size of its images open (any x any x any): say it with --input CxHxW",
    ],
    ["has one class", dense, { initializer: [weights("w", [16, 1])] }, "it has 1 outputs"],
  ])("is refused where it %s", (_, nodes, graph, why) => {
    expect(read(nodes, graph)).toThrow(why);
  });

  it("is refused where its weights are no numbers, and where its operators are of old", () => {
    const none = { ...w, floatData: new Float32Array(48).fill(Number.NaN) };
    expect(read(dense, { initializer: [none] })).toThrow(
      "fc_Gemm_1.w holds a value that is not a finite number",
    );
    expect(read(dense, { initializer: [w] }, 6)).toThrow(
      "it is of operator set 6, and 7 and later are read",
    );
  });

  it("is said to be damaged where it is no protobuf", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => 255 - i);
    expect(() => readForeign({ name: "noise.onnx", bytes })).toThrow(
      "noise.onnx is damaged, or no ONNX file",
    );
    expect(() => readForeign({ name: "noise.bin", bytes })).toThrow(
      "this one ends in none of .onnx, .safetensors",
    );
  });
});
