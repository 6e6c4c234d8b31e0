/** Every file carries a digest of all that is in it: one changed bit is noticed, and what is wrong inside is refused. */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/files/checkpoint.ts";
import { decodeDetector, encodeDetector } from "../../src/files/detector-file.ts";
import { decodeModel, encodeModel } from "../../src/files/model-file.ts";
import { withoutDigest, type OwnFile } from "../../src/files/own-file.ts";
import { readSafetensors, writeSafetensors } from "../../src/files/safetensors.ts";
import { isSealed } from "../../src/files/seal.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { describeParameters, type NetworkDescription } from "../../src/models/description.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { scoreDetections } from "../../src/training/detection.ts";
import { tiny } from "../training/tiny-detector.ts";
import { sealed } from "./sealed.ts";

const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [{ kind: "dense", label: "fc", outputs: 3 }],
};
const described = describeParameters(network);
const detector = describeDetector(tiny, 4);
const recipe = { study: "any" };
const place = { step: 2, tiling: "registers", trainSeconds: 1 } as const;
const times = { evaluateSeconds: 1, evaluatedImages: 5 };
const ofParts = (parts: readonly { label: string; shape: readonly number[] }[], prefix = "") =>
  new Map(
    parts.map(({ label, shape }) => [prefix + label, new Float32Array(sizeOf(shape)).fill(0.5)]),
  );
const confusion = Array<number>(9).fill(1);
const score = scoreDetections([], 3);

interface Kind {
  readonly name: string;
  readonly encode: () => Promise<Uint8Array<ArrayBuffer>>;
  readonly decode: (bytes: Uint8Array) => Promise<OwnFile & { steps?: readonly number[] }>;
}

/** Each kind of file; of those that tell what was measured, the steps of that. */
const kinds: readonly Kind[] = [
  {
    name: "a checkpoint",
    encode: async () =>
      await encodeCheckpoint(network, recipe, {
        ...place,
        ...times,
        parameters: initialParameters(network, 1),
        optimiser: ofParts(described, "velocity/"),
        metrics: [Float32Array.of(1, 2), Float32Array.of(0, 1)],
        evaluations: [
          { step: 1, kind: "probe", clean: confusion, triggered: null },
          { step: 2, kind: "epoch", clean: confusion, triggered: confusion },
        ],
      }),
    decode: async (bytes) => {
      const { state, ...file } = await decodeCheckpoint(network, bytes, "f.safetensors");
      return { ...file, steps: state.evaluations.map(({ step }) => step) };
    },
  },
  {
    name: "a detector",
    encode: async () =>
      await encodeDetector(
        detector,
        recipe,
        {
          ...place,
          ...times,
          parameters: ofParts(detector),
          optimiser: ofParts(detector, "velocity/"),
          metrics: [1, 2, 3, 4].map((loss) => Float32Array.of(loss, loss)),
          evaluations: [1, 2].map((step) => ({
            step,
            kind: "epoch" as const,
            scenes: score,
            photographs: null,
            attack: null,
          })),
        },
        true,
        [7n],
      ),
    decode: async (bytes) => {
      const { state, ...file } = await decodeDetector(bytes, "f.safetensors", () => detector);
      return { ...file, steps: state.evaluations.map(({ step }) => step) };
    },
  },
  {
    name: "a model",
    encode: async () =>
      await encodeModel(network, recipe, { parameters: initialParameters(network, 1), step: 2 }),
    decode: async (bytes) => await decodeModel(network, bytes, "f.safetensors"),
  },
];

describe.each(kinds)("$name", ({ encode, decode }) => {
  let encoded: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    encoded = await encode();
  });

  const refusal = async (bytes: Uint8Array): Promise<string> => {
    const error: unknown = await decode(bytes).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    expect(message).toMatch(/^f\.safetensors\b[^\n]*[.]$/);
    return message;
  };

  it("carries the SHA-256 of its bytes, taken with zeros in the digest's place", async () => {
    const { metadata, verified } = await decode(encoded);
    expect(verified).toBe(true);
    const text = Buffer.from(encoded).toString("latin1");
    const sha256 = metadata["sha256"];
    expect(text.split(sha256)).toHaveLength(2);
    const blank = Buffer.from(text.replace(sha256, "0".repeat(64)), "latin1");
    expect(createHash("sha256").update(blank).digest("hex")).toBe(sha256);
  });

  it("is refused with any one bit flipped, wherever", async () => {
    const header = 8 + Number(new DataView(encoded.buffer).getBigUint64(0, true));
    const places = fc.oneof(fc.nat(header - 1), fc.nat(encoded.length - 1));
    await fc.assert(
      fc.asyncProperty(places, fc.nat(7), async (at, bit) => {
        const bytes = encoded.slice();
        bytes[at] ^= 1 << bit;
        await refusal(bytes);
      }),
      { numRuns: 400 },
    );
    const bytes = encoded.slice();
    bytes[header + 3] ^= 1;
    expect(await refusal(bytes)).toContain("does not have the SHA-256 that it carries");
  });

  it("is refused without its digest, and with that of another recipe", async () => {
    const { tensors, metadata } = readSafetensors(encoded, "f");
    const without = { ...metadata };
    delete without["sha256"];
    const other = { ...metadata, recipe: JSON.stringify({ study: "other" }) };
    for (const changed of [without, other]) {
      expect(await refusal(writeSafetensors(tensors, changed))).toContain("SHA-256");
    }
  });

  it("of before has none, opens, and what it tells of its last step is not believed", async () => {
    const { tensors, metadata } = readSafetensors(encoded, "f");
    const before: Record<string, string> = { ...metadata, version: "1" };
    delete before["sha256"];
    const { steps, verified } = await decode(writeSafetensors(tensors, before));
    expect(verified).toBe(false);
    if (steps) expect([(await decode(encoded)).steps, steps]).toEqual([[1, 2], [1]]);
    expect(withoutDigest("old.safetensors")).toMatch(/^old\.safetensors .*no digest.*[.]$/);
  });

  it.each([NaN, Infinity, -Infinity])(
    "is refused for a value of %s in any of its tensors, whatever its digest",
    async (value) => {
      for (const name of readSafetensors(encoded, "f").tensors.keys()) {
        const { tensors, metadata } = readSafetensors(encoded, "f");
        const { data } = tensors.get(name)!;
        if (!(data instanceof Float32Array)) continue;
        data[data.length - 1] = value;
        expect(await refusal(await sealed(tensors, metadata))).toContain(
          `tensor "${name}" holds a value that is not a finite number`,
        );
      }
    },
  );
});

describe("the digest's place", () => {
  it("is not what another text of the metadata makes look like it", async () => {
    const fake = `"sha256":"${"a".repeat(64)}"`;
    const bytes = await encodeModel(
      network,
      { fake, [fake]: fake },
      { parameters: initialParameters(network, 1), step: 0 },
      { aaa: fake, [fake]: "" },
    );
    expect(await isSealed(bytes)).toBe(true);
    const { metadata } = readSafetensors(bytes, "f");
    expect(metadata["aaa"]).toBe(fake);
    expect(metadata["sha256"]).not.toBe("a".repeat(64));
  });
});
