/** What a stranger's file may cost: of ten thousand that were damaged in some way, none takes a second or 64 MB. */
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readAuthors } from "../../src/data/labels/authors.ts";
import { readNames } from "../../src/data/labels/class-names.ts";
import { readGerman, readLisa } from "../../src/data/labels/tables.ts";
import { readVoc } from "../../src/data/labels/voc.ts";
import { isYolo, readYolo } from "../../src/data/labels/yolo.ts";
import { gunzip } from "../../src/data/gzip.ts";
import { imageHeader } from "../../src/data/image-header.ts";
import { orientationIn } from "../../src/data/orientation.ts";
import { decodeText, decodeXml } from "../../src/data/text.ts";
import { zipFiles } from "../../src/data/zip-files.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/files/checkpoint.ts";
import { decodeModel, encodeModel } from "../../src/files/model-file.ts";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { seal } from "../../src/files/seal.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { decodePicture } from "../../src/node/pictures.ts";
import { pages } from "../../src/ui/pages.ts";
import { parseAddress } from "../../src/ui/shell/address.ts";
import { exifSegment, jpegOf, tiffBlock } from "./jpeg-samples.ts";
import { chunk, pngOf, rgbRows } from "./png-samples.ts";
import { onlyUserErrors } from "./samples.ts";

const INPUTS = 10_000;
/** Of the processor, which counts no waiting for others. */
const MOST_SECONDS = 1;
const MOST_BYTES = 64e6;

/** Numbers from 0 to below `most`, the same each time. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** Some bytes changed, doubled, left out or made as large or as small as they get. */
function damaged(bytes: Uint8Array, below: (most: number) => number): Uint8Array {
  let changed = [...bytes];
  for (let edits = 1 + below(4); edits > 0; edits--) {
    const at = below(changed.length + 1);
    const length = 1 + below(8);
    switch (below(6)) {
      case 0:
        changed[at] = below(256);
        break;
      case 1:
        changed.fill([0, 0x7f, 0xff][below(3)], at, at + length);
        break;
      case 2:
        changed.splice(at, length);
        break;
      case 3:
        changed.splice(at, 0, ...changed.slice(below(changed.length + 1)).slice(0, 40));
        break;
      case 4:
        changed.splice(at, 0, ...Array.from({ length }, () => below(256)));
        break;
      default:
        if (below(4) === 0) changed = changed.slice(0, at);
    }
  }
  return Uint8Array.from(changed);
}

const network: NetworkDescription = {
  input: [1, 2, 2],
  layers: [{ kind: "dense", label: "fc", outputs: 2 }],
};
const model = await encodeModel(
  network,
  { seed: 1 },
  { parameters: initialParameters(network, 1), step: 2 },
  {},
);
const none = { metrics: [[], []].map((values) => Float32Array.from(values)), evaluations: [] };
const checkpoint = await encodeCheckpoint(
  network,
  { seed: 1 },
  {
    step: 0,
    tiling: "workgroup",
    parameters: initialParameters(network, 1),
    optimiser: new Map(
      [...initialParameters(network, 2)].map(([label, values]) => [`velocity/${label}`, values]),
    ),
    trainSeconds: 0,
    evaluateSeconds: 0,
    evaluatedImages: 0,
    ...none,
  },
);

/** With the digest that goes with the damage, where there is still a place for one: what lies behind it is read, too. */
const resealed = (read: (bytes: Uint8Array) => Promise<unknown>) => async (bytes: Uint8Array) => {
  const copy = Uint8Array.from(bytes);
  await seal(copy).catch(() => undefined);
  await read(copy);
};

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(decodeText(bytes));
const samples = (column: number, row: number) => [100 + 9 * column, 120, 20 * row];
const rows = rgbRows(8, 8, (x, y) => [20 * x, 30 * y, 9]);

/** Each reader with whole files that it reads. */
const readers: Readonly<
  Record<string, readonly [read: (bytes: Uint8Array) => unknown, ...files: Uint8Array[]]>
> = {
  "JPEG, PNG and WebP": [
    async (bytes) => await decodePicture(bytes, "a"),
    // A pixel.
    Buffer.from("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", "base64"),
    jpegOf({ samples, jfif: true, segments: [exifSegment(6)] }),
    jpegOf({ samples, adobe: 0, progressive: true, apart: true }),
    pngOf({ width: 8, height: 8, rows, before: [chunk("eXIf", tiffBlock(6))] }),
    pngOf({ width: 1, height: 1, interlaced: true, rows: Uint8Array.of(0, 1, 2, 3) }),
  ],
  "picture headers": [imageHeader, jpegOf({ samples }), pngOf({ width: 8, height: 8, rows })],
  Exif: [orientationIn, tiffBlock(6), tiffBlock(8, false)],
  PPM: [
    async (bytes) => await decodePicture(bytes, "a"),
    bytesOf("P6 # a\n2 2\n255\n123456789012"),
  ],
  "PASCAL VOC": [
    (bytes) => readVoc(decodeXml(bytes), { width: 64, height: 64 }),
    bytesOf(
      `<?xml version="1.0" encoding="utf-8"?><annotation><size><width>64</width><height>64</height></size><object>
      <name>stop</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>
      </object></annotation>`,
    ),
  ],
  YOLO: [
    textOf((text) => [isYolo(text), readYolo(text, [64, 64], ["stop"])]),
    bytesOf("0 0.5 0.5 0.25 0.25\n1 0.1 0.2 0.3 0.4 0.5 0.6\nstop 0,5 0,5 0,1 0,1\n"),
  ],
  "the German benchmark's table": [
    textOf(readGerman),
    bytesOf("00000.ppm;774;411;815;446;11\n1.ppm;1;2;3;4;40\n"),
  ],
  "LISA's table": [
    textOf(readLisa),
    bytesOf(
      "Filename;Annotation tag;Upper left corner X;Upper left corner Y;Lower right corner X;Lower right corner Y\n" +
        "a.png;stop;1;2;30;40\nb.png;merge;1;2;30;40\n",
    ),
  ],
  "the authors' texts": [textOf(readAuthors), bytesOf("stop,1,2,30,40,clean\nwarning,1,2,3,4,x\n")],
  "data.yaml": [
    async (bytes) => await readNames(["data.yaml"], [], async () => decodeText(bytes)),
    bytesOf("train: ../images\nnc: 3\nnames:\n  0: stop\n  1: &a [x, y]\n  2: *a\n"),
    bytesOf("names: ['stop', \"yield\", a: b]\n"),
  ],
  zip: [
    async (bytes) => {
      const { paths, read } = await zipFiles(bytes, "a.zip");
      for (const path of paths) await onlyUserErrors(async () => await read(path));
    },
    zipSync({ "a.txt": bytesOf("0 0.5 0.5 0.1 0.1") }, { level: 0 }),
    zipSync({ "b/c.jpg": jpegOf({ samples }) }),
  ],
  gzip: [
    async (bytes) => await gunzip(bytes, 1e6, "a.gz"),
    new Uint8Array(gzipSync(bytesOf("0 0.5 0.5 0.1 0.1".repeat(9)))),
    new Uint8Array(Buffer.concat([gzipSync("one"), gzipSync("two"), Buffer.alloc(40)])),
  ],
  safetensors: [(bytes) => readSafetensors(bytes, "a"), model],
  models: [resealed((bytes) => decodeModel(network, bytes, "a")), model],
  checkpoints: [resealed((bytes) => decodeCheckpoint(network, bytes, "a")), checkpoint],
  addresses: [
    textOf((text) => parseAddress(pages, text)),
    bytesOf("#digits?trigger=pattern&share=0.1&pixels=1.2.255&seed=7"),
    bytesOf("#signs?tab=maps&scene=3&layer=conv1"),
  ],
};

describe("a file that somebody damaged", () => {
  it.each(Object.keys(readers))(
    "costs less than a second and 64 MB, and at worst a message: %s",
    async (name) => {
      const [read, ...files] = readers[name];
      // What every reader needs once is not the file's.
      for (const file of files) await read(file);
      const below = numbers(files[0].length);
      let [slowest, largest] = [0, 0];
      for (let i = 0; i < INPUTS; i++) {
        const file = damaged(files[i % files.length], below);
        const memory = process.resourceUsage().maxRSS;
        const time = process.cpuUsage();
        await onlyUserErrors(() => read(file));
        const { user, system } = process.cpuUsage(time);
        slowest = Math.max(slowest, (user + system) / 1e6);
        largest = Math.max(largest, 1024 * (process.resourceUsage().maxRSS - memory));
      }
      expect(slowest).toBeLessThan(MOST_SECONDS);
      expect(largest).toBeLessThan(MOST_BYTES);
    },
  );
});
