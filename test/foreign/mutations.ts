/** Mutated files: bytes changed, cut out, doubled, or joined from two files, drawn from a number. */
import { Random, Stream } from "../../src/data/random.ts";
import { writeOnnx } from "../../src/foreign/onnx-write.ts";
import { writeStateDict } from "../../src/foreign/safetensors-write.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { decidingOnnx } from "../../scripts/deciding-onnx.ts";
import { bytesOf, expected } from "./elsewhere.ts";

export interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly input: [number, number, number] | null;
}

const own: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv1", filters: 3, kernel: 5, relu: true, pool: 2 },
    { kind: "pool", label: "pool1", by: "max", kernel: 3, stride: 2 },
    { kind: "dense", label: "fc1", outputs: 10 },
  ],
};

/** Files of a format that are as they should be. */
export function originals(extension: string): Original[] {
  const parameters = initialParameters(own, 1);
  const elsewhere = Object.entries(expected)
    .filter(([name]) => name.endsWith(`.${extension}`))
    .map(([name, { input }]) => ({ name, bytes: bytesOf(name), input }));
  const ours =
    extension === "onnx"
      ? [writeOnnx(own, parameters, { producer: ["a", "b"] }), decidingOnnx()]
      : [writeStateDict(own, parameters)];
  return [...elsewhere, ...ours.map((bytes) => ({ name: `own.${extension}`, bytes, input: null }))];
}

/** The mutation of this number. */
export function mutated(files: readonly Original[], number: number): Original {
  const random = new Random(number, Stream.shuffle);
  const below = (count: number) => Math.floor(random.next() * count);
  const file = files[below(files.length)];
  let bytes = new Uint8Array(file.bytes);
  // Headers and structure are a small part of the bytes, and get half of the changes.
  const place = () =>
    random.next() < 0.5 ? below(Math.min(bytes.length, 600)) : below(bytes.length);
  for (let times = 1 + below(4); times > 0 && bytes.length > 16; times--) {
    const at = place();
    const length = 1 + below(Math.min(64, bytes.length - at));
    switch (below(6)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] ^= 1 << below(8);
        break;
      case 2:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      case 4:
        bytes = bytes.slice(0, at + 1);
        break;
      default: {
        const other = files[below(files.length)].bytes;
        bytes = joined(bytes.subarray(0, at), other.subarray(below(other.length)));
      }
    }
  }
  return { ...file, bytes };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
