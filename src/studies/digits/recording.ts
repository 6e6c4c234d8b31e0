/** A look at a test image. */
export type RecordedLook = Look & { readonly image: number; readonly label: number };

/**
 * A recording: what the laboratory answered for one network, as one safetensors file, so that the page
 * has something true to show before, or without, a GPU.
 */
import * as v from "valibot";
import { UserError } from "../../errors.ts";
import { sizeOf } from "../../gpu/tensor.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../models/digit-net.ts";
import { readOwn, writeOwn } from "../../files/own-file.ts";
import type { StoredTensor } from "../../files/safetensors.ts";
import type { LayerMaps, Look, NeuronReport, NeuronResponse, Predictions } from "./port.ts";

const KIND = { what: "recording", format: "badnets-recording" } as const;

export interface Recording {
  /** Name of the adapter that it was made on. */
  readonly adapter: string;
  readonly looks: readonly RecordedLook[];
  /** Over the whole test set. */
  readonly report: NeuronReport;
  readonly predictions: Predictions;
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Contents = v.object({
  adapter: v.string(),
  images: v.array(v.object({ image: Count, label: Count })),
  layers: v.array(
    v.object({
      label: v.string(),
      kind: v.picklist(["conv", "dense"]),
      shape: v.tuple([Count, Count, Count]),
    }),
  ),
  reportImages: Count,
  neurons: v.array(v.object({ layer: v.string(), channels: Count })),
});

const sides = ["clean", "triggered"] as const;

/** Maps of convolutions are kept in 256 levels of their largest value; everything else as it is. */
export async function encodeRecording(recording: Recording): Promise<Uint8Array<ArrayBuffer>> {
  const { adapter, looks, report, predictions } = recording;
  const tensors = new Map<string, StoredTensor>();
  const floats = (name: string, data: Float32Array) =>
    tensors.set(name, { dtype: "F32", shape: [data.length], data: new Float32Array(data) });
  const bytes = (name: string, data: Uint8Array) =>
    tensors.set(name, { dtype: "U8", shape: [data.length], data: new Uint8Array(data) });
  for (const { image, pixels, layers, probabilities } of looks) {
    for (const side of sides) {
      const at = `${image}/${side}`;
      bytes(
        `${at}/pixels`,
        Uint8Array.from(pixels[side], (value) => Math.round(255 * value)),
      );
      floats(`${at}/probabilities`, probabilities[side]);
      for (const layer of layers) {
        const values = layer[side];
        if (layer.kind === "dense") {
          floats(`${at}/${layer.label}`, values);
          continue;
        }
        const largest = values.reduce((a, b) => Math.max(a, b), 0);
        bytes(
          `${at}/${layer.label}`,
          Uint8Array.from(values, (value) => (largest === 0 ? 0 : (255 * value) / largest)),
        );
        floats(`${at}/${layer.label}/largest`, Float32Array.of(largest));
      }
    }
  }
  const { neurons } = report;
  for (const key of ["clean", "triggered", "effect"] as const) {
    floats(
      `neurons/${key}`,
      Float32Array.from(neurons, (neuron) => neuron[key]),
    );
  }
  bytes("predictions/labels", predictions.labels);
  for (const side of sides) bytes(`predictions/${side}`, predictions[side]);
  const names = [...new Set(neurons.map(({ layer }) => layer))];
  const contents: v.InferOutput<typeof Contents> = {
    adapter,
    images: looks.map(({ image, label }) => ({ image, label })),
    layers: looks[0].layers.map(({ label, kind, shape }) => ({ label, kind, shape: [...shape] })),
    reportImages: report.images,
    neurons: names.map((layer) => ({
      layer,
      channels: neurons.filter((neuron) => neuron.layer === layer).length,
    })),
  };
  return await writeOwn(KIND, tensors, { contents: JSON.stringify(contents) });
}

/** @throws UserError when the file is damaged, was changed, or is of another version */
export async function decodeRecording(bytes: Uint8Array, name: string): Promise<Recording> {
  const { tensors, metadata } = await readOwn(bytes, name, KIND);
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Contents), metadata["contents"]);
  if (!read.success) throw new UserError(`${name} is damaged: its contents are not as expected.`);
  const { adapter, images, layers, reportImages, neurons } = read.output;
  const missing = (key: string) =>
    new UserError(`${name} is damaged: it has no ${key} of the right form.`);
  const floats = (key: string, length: number): Float32Array => {
    const data = tensors.get(key)?.data;
    if (!(data instanceof Float32Array) || data.length !== length) throw missing(key);
    return data;
  };
  const levels = (key: string, length: number): Uint8Array => {
    const data = tensors.get(key)?.data;
    if (!(data instanceof Uint8Array) || data.length !== length) throw missing(key);
    return data;
  };
  const looks = images.map(({ image, label }): RecordedLook => {
    const both = <T>(make: (at: string) => T) => ({
      clean: make(`${image}/clean`),
      triggered: make(`${image}/triggered`),
    });
    return {
      image,
      label,
      version: 0,
      pixels: both((at) =>
        Float32Array.from(levels(`${at}/pixels`, DIGIT_SIZE ** 2), (value) => value / 255),
      ),
      probabilities: both((at) => floats(`${at}/probabilities`, DIGIT_CLASSES)),
      layers: layers.map((layer): LayerMaps => {
        const map = (at: string) => {
          const length = sizeOf(layer.shape);
          if (layer.kind === "dense") return floats(`${at}/${layer.label}`, length);
          const [largest] = floats(`${at}/${layer.label}/largest`, 1);
          return Float32Array.from(
            levels(`${at}/${layer.label}`, length),
            (level) => (level * largest) / 255,
          );
        };
        return { ...layer, ...both(map) };
      }),
    };
  });
  const [clean, triggered, effect] = (["clean", "triggered", "effect"] as const).map((key) =>
    floats(
      `neurons/${key}`,
      neurons.reduce((sum, { channels }) => sum + channels, 0),
    ),
  );
  const ids = neurons.flatMap(({ layer, channels }) =>
    Array.from({ length: channels }, (_, channel) => ({ layer, channel })),
  );
  return {
    adapter,
    looks,
    report: {
      version: 0,
      images: reportImages,
      label: null,
      neurons: ids.map((id, i): NeuronResponse => ({
        ...id,
        clean: clean[i],
        triggered: triggered[i],
        difference: triggered[i] - clean[i],
        effect: effect[i],
      })),
    },
    predictions: {
      version: 0,
      labels: levels("predictions/labels", reportImages),
      clean: levels("predictions/clean", reportImages),
      triggered: levels("predictions/triggered", reportImages),
    },
  };
}
