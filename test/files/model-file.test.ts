/** A model file gives back what was put in, and a file that is not one is refused in one sentence. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { describeParameters, type NetworkDescription } from "../../src/models/description.ts";
import { decodeModel, encodeModel } from "../../src/files/model-file.ts";
import { seal } from "../../src/files/seal.ts";
import { readSafetensors, type StoredTensor } from "../../src/files/safetensors.ts";
import { sealed } from "./sealed.ts";

const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 2, kernel: 5, relu: true, pool: 2 },
    { kind: "dense", label: "fc", outputs: 3 },
  ],
};
const recipe = { study: "digits", seed: 3, note: 'ä \u2028 "quoted"' };
const model = { parameters: initialParameters(network, 1), step: 12 };
const encoded = await encodeModel(network, recipe, model, { data: "MNIST" });

/** The model with its parts changed before it was written. */
async function changed(
  change: (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tensors, metadata } = readSafetensors(encoded, "model");
  change(tensors, metadata);
  return await sealed(tensors, metadata);
}

/** The message of the UserError, which must be one sentence on one line that names the file. */
async function refusal(bytes: Uint8Array, of = network): Promise<string> {
  try {
    await decodeModel(of, bytes, "a.safetensors");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toMatch(/^a\.safetensors\b.*[.]$/);
    return error.message;
  }
  throw new Error("expected a UserError, but the model was read");
}

describe("a model file", () => {
  it.each([
    ["a small network", network],
    ["the digit network", digitNet],
  ])("of %s gives back every bit", async (_, of) => {
    const original = { parameters: initialParameters(of, 4), step: 0 };
    const bytes = await encodeModel(of, recipe, original, { adapter: "{}" });
    const read = await decodeModel(of, bytes, "model");
    expect(read.model).toEqual(original);
    expect(read.recipe).toEqual(recipe);
    expect(read.metadata).toMatchObject({ adapter: "{}", format: "badnets-model", version: "2" });
  });

  it("holds the parameters and nothing that only training needs", async () => {
    expect([...readSafetensors(encoded, "model").tensors.keys()].sort()).toEqual([
      "conv1.b",
      "conv1.w",
      "fc.b",
      "fc.w",
    ]);
  });

  it("does not share its memory with what is read from it", async () => {
    const bytes = await encodeModel(network, recipe, model);
    const { model: read } = await decodeModel(network, bytes, "model");
    bytes.fill(0);
    expect(read).toEqual(model);
  });

  it("cannot be passed off as something else by further metadata", async () => {
    const bytes = await encodeModel(network, recipe, model, { format: "other", step: "none" });
    expect((await decodeModel(network, bytes, "model")).model.step).toBe(12);
  });
});

describe("what is refused", () => {
  it("is another format, or none", async () => {
    expect(
      await refusal(await changed((_, metadata) => (metadata["format"] = "badnets-checkpoint"))),
    ).toContain(
      'no model of this tool: its format is "badnets-checkpoint", expected "badnets-model"',
    );
    expect(await refusal(await changed((_, metadata) => delete metadata["format"]))).toContain(
      "not given",
    );
  });

  it("is another version", async () => {
    expect(await refusal(await changed((_, metadata) => (metadata["version"] = "3")))).toContain(
      "is a model of version 3, and this tool reads versions 1 and 2",
    );
  });

  it("is a model of another network", async () => {
    expect(await refusal(encoded, digitNet)).toContain(
      'tensor "conv1.w" is F32 [2, 1, 5, 5], expected F32 [16, 1, 5, 5]',
    );
    for (const { label } of describeParameters(network)) {
      expect(await refusal(await changed((tensors) => tensors.delete(label)))).toContain(
        `has no tensor "${label}"`,
      );
    }
  });

  it("is a recipe that is missing or no JSON", async () => {
    expect(await refusal(await changed((_, metadata) => delete metadata["recipe"]))).toContain(
      "its recipe is not valid JSON",
    );
    expect(await refusal(await changed((_, metadata) => (metadata["recipe"] = "{")))).toContain(
      "its recipe is not valid JSON",
    );
  });

  it.each(["-1", "2.5", '"5"', "null", "1e999"])("is %s steps", async (step) => {
    expect(await refusal(await changed((_, metadata) => (metadata["step"] = step)))).toContain(
      "its step is no whole number",
    );
  });

  it("is a file that is cut off, wherever", async () => {
    for (const length of [0, 7, 8, 100, encoded.length - 4, encoded.length - 1]) {
      expect(await refusal(encoded.subarray(0, length))).toContain(
        "is not a usable safetensors file",
      );
    }
  });
});

describe("damage at random", () => {
  const header = 8 + Number(new DataView(encoded.buffer).getBigUint64(0, true));
  const places = fc.oneof(fc.nat(header - 1), fc.nat(encoded.length - 1));

  it("yields a refusal or parameters of the right form", async () => {
    const damage = fc.array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(damage, async (edits) => {
        const bytes = encoded.slice();
        for (const [at, value] of edits) bytes[at] = value;
        // With a digest that is right, the damage is found where it lies, or can be lived with.
        await seal(bytes).catch(() => undefined);
        try {
          const { model: read } = await decodeModel(network, bytes, "model");
          expect(Number.isSafeInteger(read.step) && read.step >= 0).toBe(true);
          for (const { label, shape } of describeParameters(network)) {
            expect(read.parameters.get(label)).toHaveLength(sizeOf(shape));
          }
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
      { numRuns: 600 },
    );
  });
});
