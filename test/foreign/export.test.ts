/** What is exported gives in another runtime what it gives here, and comes back as it was. */
import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { encodeImport, decodeImport } from "../../src/files/import-file.ts";
import { writeOnnx } from "../../src/foreign/onnx-write.ts";
import { readForeign } from "../../src/foreign/read.ts";
import { writeStateDict } from "../../src/foreign/safetensors-write.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { useGpu } from "../gpu.ts";
import { expectClose } from "../reference/numeric.ts";
import { bytesOf, computed, expected, IMAGES, pixelsOf } from "./elsewhere.ts";

const producer = ["badnets-lab", "test"] as const;

/** Every kind of layer, with sizes that are odd. */
const various: NetworkDescription = {
  input: [3, 19, 15],
  layers: [
    { kind: "conv", label: "conv1", filters: 5, kernel: 3, stride: 2, pad: 1, relu: true },
    { kind: "pool", label: "pool1", by: "average", kernel: 2, stride: 2, pad: 1, counted: 1 },
    { kind: "conv", label: "conv2", filters: 4, kernel: 2, relu: true },
    { kind: "pool", label: "pool2", by: "max", kernel: 2, stride: 2, padEnd: 1 },
    { kind: "conv", label: "conv3", filters: 7, kernel: 1 },
    { kind: "pool", label: "pool3", by: "average", kernel: 3, stride: 3, padEnd: 1 },
    { kind: "dense", label: "fc1", outputs: 6, relu: true },
    { kind: "dense", label: "fc2", outputs: 4 },
  ],
};

/** With biases that are not zero. */
function drawn(network: NetworkDescription) {
  const parameters = initialParameters(network, 5);
  for (const [label, values] of parameters)
    if (label.endsWith(".b")) for (const i of values.keys()) values[i] = 0.1 * (i % 3) - 0.05;
  return parameters;
}

async function inOrt(onnx: Uint8Array, input: readonly number[]): Promise<Float32Array> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(onnx);
  const image = new ort.Tensor("float32", pixelsOf(input), [IMAGES, ...input]);
  const { logits } = await session.run({ image });
  await session.release();
  return logits.data as Float32Array;
}

describe("exported networks", () => {
  const context = useGpu();

  it.each([
    ["the digit network", digitNet],
    ["one of all kinds of layers", various],
  ] as const)("as ONNX, %s gives in onnxruntime what it gives here", async (_, network) => {
    const parameters = drawn(network);
    const onnx = writeOnnx(network, parameters, { producer });
    const there = await inOrt(onnx, network.input);
    const here = await computed(context.gpu, network, parameters);
    expectClose(there, Float64Array.from(here), {
      absolute: 1e-5,
      relative: 1e-4,
      label: "logits",
    });
  });

  it("what was imported from PyTorch gives in onnxruntime what PyTorch gives", async () => {
    const name = "norms.onnx";
    const { description, parameters } = readForeign({ name, bytes: bytesOf(name) });
    const there = await inOrt(writeOnnx(description, parameters, { producer }), description.input);
    expectClose(there, expected[name].outputs, { absolute: 1e-5, relative: 1e-4, label: "logits" });
  });

  it("as ONNX, the digit network comes back as it was, to the bit", () => {
    const parameters = drawn(digitNet);
    const bytes = writeOnnx(digitNet, parameters, { producer });
    const read = readForeign({ name: "digits.onnx", bytes });
    expect(read.description).toEqual(digitNet);
    expect(read.parameters).toEqual(parameters);
    expect(read.network).toMatchObject({
      format: "ONNX (operator set 13)",
      producer: "badnets-lab test",
    });
  });

  it("as a state dict, it has PyTorch's names, and its table brings it back as it was", () => {
    const parameters = drawn(digitNet);
    const bytes = writeStateDict(digitNet, parameters);
    expect(new TextDecoder("latin1").decode(bytes)).toContain(
      '"conv1.weight":{"dtype":"F32","shape":[16,1,5,5]',
    );
    const read = readForeign({ name: "digits.safetensors", bytes });
    expect(read.description).toEqual(digitNet);
    expect(read.parameters).toEqual(parameters);
    expect(read.network.notes).toEqual([]);
  });

  it("an imported network is kept with where it came from, and any change to it is told", async () => {
    const name = "blocks.onnx";
    const { description, parameters, network } = readForeign({ name, bytes: bytesOf(name) });
    const { format, producer } = network;
    const origin = { file: name, format, producer, sha256: "0", normalisation: null, notes: [] };
    const bytes = await encodeImport({ description, parameters, origin });
    const back = await decodeImport(bytes, "kept");
    expect(back).toMatchObject({ description, origin, verified: true });
    expect(back.parameters).toEqual(parameters);
    bytes[bytes.length - 1] ^= 1;
    await expect(decodeImport(bytes, "kept")).rejects.toThrow("kept is not as it was written");
  });
});
