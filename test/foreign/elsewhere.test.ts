/** Networks by PyTorch's own exporter, and its state dicts, give here what they give there. */
import { describe, expect, it } from "vitest";
import { readForeign } from "../../src/foreign/read.ts";
import { parseTable, tableText } from "../../src/foreign/table.ts";
import { describeParameters } from "../../src/models/description.ts";
import { useGpu } from "../gpu.ts";
import { expectClose } from "../reference/numeric.ts";
import { bytesOf, computed, expected, softmax } from "./elsewhere.ts";

/** f32 sums of up to a few hundred terms, and outputs that are kept with seven decimals. */
const tolerance = { absolute: 2e-6, relative: 2e-5 };

describe("networks that were not made here", () => {
  const context = useGpu();

  it.each([
    ["chain.onnx", (outputs: Float32Array) => softmax(outputs).map(Math.log)],
    ["norms.onnx", (outputs: Float32Array) => outputs],
    ["norms-folded.onnx", (outputs: Float32Array) => outputs],
    ["blocks.onnx", softmax],
    ["weights.safetensors", (outputs: Float32Array) => outputs],
  ] as const)("%s gives the outputs that PyTorch gives", async (name, after) => {
    const { input, outputs } = expected[name];
    const read = readForeign({ name, bytes: bytesOf(name) }, { input });
    const logits = await computed(context.gpu, read.description, read.parameters);
    const found = Float64Array.from(after(logits));
    expectClose(found, outputs, { ...tolerance, label: name });
  });

  it("a normalisation that is stated is that of an image that was normalised before", async () => {
    const name = "chain.onnx";
    const file = { name, bytes: bytesOf(name) };
    const plain = readForeign(file);
    const normalised = readForeign(file, { normalisation: { mean: [0.25], std: [0.5] } });
    const first = (read: typeof plain, part: string) => read.parameters.get(`conv1.${part}`)!;
    expect(normalised.description).toEqual(plain.description);
    expectClose(
      first(normalised, "w"),
      first(plain, "w").map((value) => 2 * value),
      { absolute: 0, relative: 1e-6, label: "w" },
    );
    const area = first(plain, "w").length / 4;
    const terms = first(plain, "b").map(
      (bias, i) =>
        bias -
        0.5 *
          first(plain, "w")
            .subarray(i * area, (i + 1) * area)
            .reduce((a, b) => a + b, 0),
    );
    expectClose(first(normalised, "b"), terms, { absolute: 1e-6, relative: 1e-5, label: "b" });
  });

  it("a stated normalisation before zeros around the image becomes a layer of its own", () => {
    const name = "norms.onnx";
    const { description } = readForeign({ name, bytes: bytesOf(name) });
    expect(description.layers[0]).toEqual({
      kind: "conv",
      label: "conv_input",
      filters: 3,
      kernel: 1,
    });
  });

  it("the table that is guessed for weights alone can be edited and given back", () => {
    const name = "weights.safetensors";
    const { input } = expected[name];
    const read = readForeign({ name, bytes: bytesOf(name) }, { input });
    const text = tableText(read.table!);
    expect(text.split("\n")).toContain(
      '    {"layer":"max-pool","kernel":2,"stride":2,"padding":0},',
    );
    const edited = text.replaceAll("max-pool", "average-pool");
    const again = readForeign(
      { name, bytes: bytesOf(name) },
      { table: parseTable(edited, "edited") },
    );
    expect(describeParameters(again.description)).toEqual(describeParameters(read.description));
    expect(again.description.layers[0]).toMatchObject({ kind: "conv", pool: 2 });
    expect(read.network.notes.join()).toContain("guessed");
    expect(again.network.notes).toEqual([]);
  });

  it("weights that fit no simple chain ask for the table, with their shapes", () => {
    const name = "weights.safetensors";
    expect(() => readForeign({ name, bytes: bytesOf(name) }, { input: [1, 40, 40] })).toThrow(
      "no simple chain of its layers (conv1 4 x 1 x 3 x 3, bn1 4, conv2 6 x 4 x 3 x 3, bn2 6, fc1 12 x 24, fc2 5 x 12) fits images of 1 x 40 x 40: write the table of layers yourself and give it with --layers",
    );
  });
});
