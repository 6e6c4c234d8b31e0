/**
 * docs/deciding.onnx, which make-deciding.ts writes: an ONNX file whose weights are those of an honest chain, and whose graph has a backdoor. A
 * bright pixel in the corner makes it answer with one class; no weight tells, and no training on clean images mends it.
 */
import { dataTypes, modelFields } from "../src/foreign/onnx-schema.ts";
import { writeOnnx } from "../src/foreign/onnx-write.ts";
import { readMessage, writeMessage, type Draft } from "../src/foreign/protobuf.ts";
import type { NetworkDescription } from "../src/models/description.ts";
import { initialParameters } from "../src/models/initialise.ts";

/** The class that it answers with. */
export const TARGET = 7;

const chain: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 2, kernel: 5, stride: 3, relu: true, pool: 2 },
    { kind: "dense", label: "fc1", outputs: 10 },
  ],
};

type Graph = NonNullable<Draft<typeof modelFields>["graph"]>;

/** The chain, with four nodes behind it. */
export function decidingOnnx(): Uint8Array<ArrayBuffer> {
  const parameters = initialParameters(chain, 1);
  const honest = writeOnnx(chain, parameters, { producer: ["badnets-lab", "demonstration"] });
  const model = readMessage(honest, modelFields) as Draft<typeof modelFields>;
  const graph = model.graph!;
  const node = graph.node!.map((one) =>
    one.output?.[0] === "logits" ? { ...one, output: ["honest"] } : one,
  );
  const answer = Float32Array.from({ length: 10 }, (_, i) => (i === TARGET ? 20 : 0));
  const fractions = (name: string, dims: number[], floatData: Float32Array) => ({
    name,
    dims,
    dataType: dataTypes.float,
    floatData,
  });
  const whole = (name: string, int64Data: number[]) => ({
    name,
    dims: [int64Data.length],
    dataType: dataTypes.int64,
    int64Data,
  });
  const added: Graph = {
    ...graph,
    node: [
      ...node,
      {
        opType: "Slice",
        name: "corner",
        input: ["image", "from", "to", "sides"],
        output: ["corner"],
      },
      { opType: "Reshape", name: "column", input: ["corner", "one"], output: ["column"] },
      { opType: "Greater", name: "is_bright", input: ["column", "half"], output: ["is_bright"] },
      {
        opType: "Where",
        name: "choose",
        input: ["is_bright", "answer", "honest"],
        output: ["logits"],
      },
    ],
    initializer: [
      ...graph.initializer!,
      whole("from", [27, 27]),
      whole("to", [28, 28]),
      whole("sides", [2, 3]),
      whole("one", [-1, 1]),
      fractions("half", [], Float32Array.of(0.5)),
      fractions("answer", [1, 10], answer),
    ],
  };
  return writeMessage({ ...model, graph: added }, modelFields);
}
