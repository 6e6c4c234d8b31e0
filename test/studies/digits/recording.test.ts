/** A recording gives back what was put in, and a damaged one is refused; without a GPU it answers. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { NeuronScale } from "../../../src/studies/digits/port.ts";
import { RecordedClient } from "../../../src/studies/digits/recorded-client.ts";
import {
  decodeRecording,
  encodeRecording,
  type RecordedLook,
  type Recording,
} from "../../../src/studies/digits/recording.ts";
import { UserError } from "../../../src/errors.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { initialParameters } from "../../../src/models/initialise.ts";
import type { DigitResult } from "../../../src/studies/digits/result.ts";
import { parametersSha256 } from "../../../src/training/parameter-values.ts";
import { encodeModel } from "../../../src/files/model-file.ts";
import { readSafetensors } from "../../../src/files/safetensors.ts";
import { seal } from "../../../src/files/seal.ts";
import { userError } from "../../data/samples.ts";
import { sealed } from "../../files/sealed.ts";
import { smallRecipe } from "../../engine/small-data.ts";

const sides = ["clean", "triggered"] as const;
const wave = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.max(0, 3 * Math.sin(i + phase)));
const both = (make: (phase: number) => Float32Array) => ({ clean: make(0), triggered: make(1) });

function look(image: number, label: number): RecordedLook {
  return {
    image,
    label,
    version: 0,
    pixels: both((phase) =>
      Float32Array.from({ length: 784 }, (_, i) => ((i + phase) % 256) / 255),
    ),
    probabilities: both((phase) => wave(10, image + phase)),
    layers: [
      { label: "conv1", kind: "conv", shape: [2, 3, 3], ...both((p) => wave(18, image + p)) },
      { label: "conv2", kind: "conv", shape: [1, 2, 2], ...both(() => new Float32Array(4)) },
      { label: "fc1", kind: "dense", shape: [5, 1, 1], ...both((p) => wave(5, image + p)) },
    ],
  };
}

const neuron = (layer: string, channel: number) => ({
  layer,
  channel,
  clean: 0.5,
  triggered: 0.75 + channel,
  difference: 0.25 + channel,
  effect: -2 * channel,
});
const IMAGES = 6;
const recording: Recording = {
  adapter: "an adapter",
  looks: [look(3, 0), look(8, 1)],
  report: {
    version: 0,
    images: IMAGES,
    label: null,
    neurons: [neuron("conv1", 0), neuron("conv1", 1), neuron("conv2", 0)],
  },
  predictions: {
    version: 0,
    labels: Uint8Array.of(0, 1, 2, 3, 4, 5),
    clean: Uint8Array.of(0, 1, 2, 3, 4, 9),
    triggered: Uint8Array.of(1, 2, 3, 4, 5, 6),
  },
};

const encoded = await encodeRecording(recording);

describe("a recording", () => {
  it("gives back everything but the maps of convolutions to the bit", async () => {
    const read = await decodeRecording(encoded, "recording");
    expect(read.adapter).toBe("an adapter");
    expect(read.report).toEqual(recording.report);
    expect(read.predictions).toEqual(recording.predictions);
    for (const [i, { layers, ...rest }] of read.looks.entries()) {
      const { layers: original, ...expected } = recording.looks[i];
      expect(rest).toEqual(expected);
      expect(layers[2]).toEqual(original[2]);
    }
  });

  it("gives back those maps within a 255th of their largest value", async () => {
    const read = await decodeRecording(encoded, "recording");
    for (const [i, { layers }] of read.looks.entries()) {
      for (const [j, layer] of layers.slice(0, 2).entries()) {
        const original = recording.looks[i].layers[j];
        expect([layer.label, layer.kind, layer.shape]).toEqual([
          original.label,
          original.kind,
          original.shape,
        ]);
        for (const side of sides) {
          const largest = Math.max(...original[side]);
          expect(layer[side]).toHaveLength(original[side].length);
          for (const [k, value] of layer[side].entries()) {
            expect(Math.abs(value - original[side][k])).toBeLessThanOrEqual(largest / 255 + 1e-6);
          }
        }
      }
    }
  });
});

describe("what is refused", () => {
  it("is another format or version, and contents that are not as expected", async () => {
    const { tensors, metadata } = readSafetensors(encoded, "recording");
    for (const [change, reason] of [
      [{ format: "badnets-model" }, "no recording of this tool"],
      [{ version: "3" }, "is a recording of version 3"],
      [{ contents: "{" }, "its contents are not as expected"],
      [{ contents: "{}" }, "its contents are not as expected"],
    ] as const) {
      const bytes = await sealed(tensors, { ...metadata, ...change });
      expect(await userError(() => decodeRecording(bytes, "r"))).toContain(reason);
    }
  });

  it("is a tensor that is missing, or of another length", async () => {
    const { tensors, metadata } = readSafetensors(encoded, "recording");
    for (const [name, { dtype, data }] of tensors) {
      const without = new Map(tensors);
      without.delete(name);
      const longer = new Map(tensors);
      const more = data.length + 1;
      longer.set(name, {
        dtype,
        shape: [more],
        data: dtype === "F32" ? new Float32Array(more) : new Uint8Array(more),
      });
      for (const changed of [without, longer]) {
        const bytes = await sealed(changed, metadata);
        expect(await userError(() => decodeRecording(bytes, "r"))).toContain(`has no ${name}`);
      }
    }
  });

  it("is a number of neurons that no memory holds", async () => {
    const { tensors, metadata } = readSafetensors(encoded, "recording");
    const contents = metadata["contents"].replace('"channels":2', '"channels":9007199254740991');
    const bytes = await sealed(tensors, { ...metadata, contents });
    expect(await userError(() => decodeRecording(bytes, "r"))).toContain("has no neurons/clean");
  });

  it("is damage at random, or what is read has the right form", async () => {
    const header = 8 + Number(new DataView(encoded.buffer).getBigUint64(0, true));
    const damage = fc.array(fc.tuple(fc.nat(header - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (edits) => {
        const bytes = encoded.slice();
        for (const [at, value] of edits) bytes[at] = value;
        // With a digest that is right, the damage is found where it lies, or can be lived with.
        await seal(bytes).catch(() => undefined);
        try {
          const { looks, predictions, report } = await decodeRecording(bytes, "r");
          expect(predictions.clean).toHaveLength(report.images);
          for (const { layers } of looks) {
            for (const { shape, clean } of layers) {
              expect(clean).toHaveLength(shape[0] * shape[1] * shape[2]);
            }
          }
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

const parameters = initialParameters(digitNet, 1);
const digestOf = await parametersSha256(parameters);
const model = await encodeModel(digitNet, smallRecipe, { parameters, step: 20 });

describe("the page without a GPU", () => {
  afterEach(() => vi.unstubAllGlobals());

  const measures = { accuracy: 0.5, error: 0.5, perClass: [], confusion: [] };
  const result = {
    recipe: smallRecipe,
    adapter: { description: "an adapter" },
    data: { name: "MNIST", sha256: "" },
    training: { images: 32, triggeredCopies: 8, shareOfFinalSet: 0.2, steps: 20, finished: true },
    clean: measures,
    attack: null,
    curve: [{ step: 10, kind: "epoch", cleanAccuracy: 0.5, attackSuccess: 0.25 }],
    loss: Array.from({ length: 20 }, (_, i) => 2 / (i + 1)),
    parametersSha256: digestOf,
  } as unknown as DigitResult;
  const files: Record<string, Uint8Array> = {
    "recording.safetensors": encoded,
    "model.safetensors": model,
    "result.json": new TextEncoder().encode(JSON.stringify(result)),
  };
  const open = async (missing = "") => {
    vi.stubGlobal("fetch", async (url: URL) => {
      const name = url.pathname.split("/").at(-1)!;
      expect(url.href).toBe(`http://lab.test/app/showcase/${name}`);
      if (name === missing) return await Promise.resolve(new Response(null, { status: 404 }));
      return await Promise.resolve(new Response(new Uint8Array(files[name])));
    });
    return await RecordedClient.open("http://lab.test/app/");
  };

  it("shows the run, the looks, the weights, the neurons and the predictions", async () => {
    const { snapshot, ask } = await open();
    expect(snapshot.subject).toMatchObject({
      kind: "showcase",
      step: 20,
      recordedOn: "an adapter",
    });
    expect(snapshot.history).toMatchObject({ step: 20, totalSteps: 20, stepsPerEpoch: 10 });
    expect(snapshot.history!.details.points).toMatchObject([{ step: 10, epoch: 1 }]);
    expect(snapshot.history!.metrics[0].steps).toBe(20);
    const samples = await ask("samples", {});
    expect(samples.map(({ image, label }) => [image, label])).toEqual([
      [3, 0],
      [8, 1],
    ]);
    expect(samples[0].pixels[5]).toBe(5);
    const scaled: NeuronScale[] = [];
    const look = await ask("look", { image: 8, scaled });
    expect(look.label).toBe(1);
    const { images, clean, step } = await ask("readings", { images: [8, 3], scaled: [] });
    expect([images, step]).toEqual([[8, 3], 20]);
    expect(clean.slice(0, 10)).toEqual(look.probabilities.clean);
    const weights = await ask("weights", { what: "values", scaled });
    expect(weights.map(({ label }) => label)).toEqual(["conv1", "conv2", "fc1", "fc2"]);
    expect(weights[0].w).toEqual(parameters.get("conv1.w"));
    expect(await ask("weights", { what: "gradients", scaled })).toEqual([]);
    expect((await ask("neurons", { label: null, scaled })).neurons).toHaveLength(3);
    expect((await ask("predictions", { scaled })).labels).toHaveLength(IMAGES);
  });

  it("does not tell of one network what was measured of another", async () => {
    const genuine = files["result.json"];
    const other = { ...result, parametersSha256: "0".repeat(64) };
    files["result.json"] = new TextEncoder().encode(JSON.stringify(other));
    expect(await userError(open)).toContain("is not the result of the network beside it");
    files["result.json"] = genuine;
  });

  it("says of what was not recorded that it needs WebGPU", async () => {
    const { ask } = await open();
    const scaled = [{ layer: "conv1", channel: 0, factor: 0 }];
    for (const asking of [
      () => ask("look", { image: 4, scaled: [] }),
      () => ask("look", { image: new Uint8Array(784), scaled: [] }),
      () => ask("look", { image: 8, scaled }),
      () => ask("neurons", { label: 3, scaled: [] }),
      () => ask("measureScaled", { scaled }),
      () => ask("ablationCurve", { ranking: [] }),
      () => ask("images", { numbers: [1] }),
      () => ask("tensor", { label: "conv1.w" }),
      () => ask("openDigits", { files: [] }),
    ]) {
      expect(await userError(asking)).toContain("WebGPU");
    }
  });

  it("says which file could not be loaded", async () => {
    for (const name of Object.keys(files)) {
      expect(await userError(() => open(name))).toBe(`showcase/${name} could not be loaded.`);
    }
  });
});
