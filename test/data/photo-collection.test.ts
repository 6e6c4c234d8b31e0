/** Collections of photographs: every label format beside broken files. */
import { describe, expect, it } from "vitest";
import { mapClasses, boxNames } from "../../src/data/photo-collection.ts";
import { files, photo, read } from "./photo-samples.ts";

const lisa =
  "Filename;Annotation tag;Upper left corner X;Upper left corner Y;Lower right corner X;Lower right corner Y\n";

describe("a collection of photographs", () => {
  it("has boxes from texts beside or elsewhere, in the pixels of the reduced picture", async () => {
    const { photographs, report } = await read(
      files({
        "images/a.jpg": photo,
        "labels/a.txt": "1 0.5 0.5 0.2 0.4\n",
        "images/b.jpg": photo,
        "Annotations/b.xml":
          "<annotation><object><name>stopAhead</name><bndbox><xmin>20</xmin><ymin>10</ymin><xmax>60</xmax><ymax>50</ymax></bndbox></object></annotation>",
        "images/c.jpg": photo,
        "images/c.txt": "stop,0,0,20,20,a comment",
        "classes.names": "stop\nspeedLimit35\n",
      }),
    );
    expect(report).toEqual([]);
    expect(photographs.map(({ name, boxes }) => [name, boxes])).toEqual([
      ["images/a.jpg", [{ name: "speedLimit35", box: [40, 15, 60, 35] }]],
      ["images/b.jpg", [{ name: "stopAhead", box: [10, 5, 30, 25] }]],
      ["images/c.jpg", [{ name: "stop", box: [0, 0, 10, 10] }]],
    ]);
    expect([photographs[0].picture.width, photographs[0].picture.height]).toEqual([100, 50]);
  });

  it("reads LISA's table and the German benchmark's", async () => {
    const lisa = await read(
      files({
        "frames/x.jpg": photo,
        "all.csv":
          "Filename;Annotation tag;Upper left corner X;Upper left corner Y;Lower right corner X;Lower right corner Y;Occluded\nsome/x.jpg;stop;20;20;40;60;0\n",
      }),
    );
    expect(lisa.photographs[0].boxes).toEqual([{ name: "stop", box: [10, 10, 20, 30] }]);
    const german = await read(
      files({ "00001.jpg": photo, "gt.txt": "00001.ppm;136;80;272;160;1\n" }),
    );
    // 1360 x 800 in the text, 200 x 100 in the file, 100 x 50 as kept.
    expect(german.photographs[0].boxes).toEqual([{ name: "prohibitory", box: [10, 5, 20, 10] }]);
  });

  it("reports what cannot be used, file by file, and keeps the rest", async () => {
    const { photographs, report } = await read(
      files({
        "good.jpg": photo,
        "good.txt": "0 0.5 0.5 0.5 0.5\n0 1.5 0.5 0.1 0.1\n0 0.5 0.5 0 0.2\n",
        "cut.jpg": photo.subarray(0, photo.length / 2),
        "text.jpg": "no picture at all",
        "huge.jpg": bomb(),
        "alone.png": photo,
        "outside.jpg": photo,
        "outside.txt": "stop,500,500,600,600,far away",
        "classes.txt": "stop",
      }),
    );
    expect(photographs.map(({ name, boxes }) => [name, boxes.length])).toEqual([
      ["alone.png", 0],
      ["good.jpg", 1],
    ]);
    const of = (path: string) => report.filter((line) => line.startsWith(`${path}:`)).join("\n");
    expect(of("cut.jpg")).toMatch(/left out: cut\.jpg is damaged/);
    expect(of("text.jpg")).toMatch(/is no picture: JPEG, PNG, WebP, PPM are read/);
    expect(of("huge.jpg")).toMatch(/20000 x 20000 pixels; at most 64 million/);
    expect(of("alone.png")).toMatch(/no label file/);
    expect(of("outside.jpg")).toMatch(
      /left out: all of its boxes lie outside the image of 200 x 100/,
    );
    expect(of("good.jpg")).toMatch(/line 2: shares of the image/);
    expect(of("good.jpg")).toMatch(/line 3.*no area/);
  });

  it("is refused as a whole where it has no photograph, or none that can be used", async () => {
    await expect(read(files({ "a.txt": "" }))).rejects.toThrow(
      /holds no JPEG, PNG, WebP, PPM files/,
    );
    await expect(read(files({ "a.jpg": "x" }))).rejects.toThrow(
      /none of 1 photographs can be used: a\.jpg: left out/,
    );
  });

  it("has names, each taken for a class by a table that the reader may change", async () => {
    const collection = await read(
      files({
        "a.jpg": photo,
        "a.txt": "stop,0,0,20,20,\nyield,20,20,60,60,\nyield,60,60,80,80,\n",
      }),
    );
    const names = boxNames(collection, "us");
    expect(names).toEqual([
      { name: "yield", boxes: 2, label: null },
      { name: "stop", boxes: 1, label: 0 },
    ]);
    const table = new Map<string, number | null>([
      ["stop", null],
      ["yield", 2],
    ]);
    const { photographs, report } = mapClasses(collection, "us", table);
    expect(photographs[0].signs.map(({ label }) => label)).toEqual([2, 2]);
    expect(report).toEqual([
      '"stop": 1 boxes left out, as the name stands for none of stop, speed limit, warning',
    ]);
  });

  it("reports what concerns many photographs first, and single files behind it", async () => {
    const collection = await read(
      files({
        "a.jpg": photo,
        "all.csv": `${lisa}a.jpg;stop;20;20;40;60\na.jpg;yield;20;20;40;60\nb.jpg;stop;1;1;9;9\na.jpg;stop;500;1;600;9\n`,
        "broken.jpg": "no picture",
      }),
    );
    const table = new Map([["stop", 0]]);
    expect(mapClasses(collection, "us", table).report).toEqual([
      "all.csv: 1 images that it names are missing: b.jpg",
      "1 photographs have no labels, and count as photographs without signs: broken.jpg",
      '"yield": 1 boxes left out, as the name stands for none of stop, speed limit, warning',
      "a.jpg: a box lies outside the image of 200 x 100",
      expect.stringMatching(/^broken\.jpg: left out: broken\.jpg is no picture/),
    ]);
  });

  it("has as many signs of a photograph as the detector is given, and reports the others", async () => {
    const boxes = Array.from({ length: 19 }, (_, i) => `stop,0,0,${2 * (19 - i)},50,`);
    // What is left out for its name takes nobody's place.
    const text = [...boxes, "yield,0,0,190,90,"].toReversed().join("\n");
    const collection = await read(files({ "a.jpg": photo, "a.txt": text }));
    const { photographs, report } = mapClasses(collection, "us", new Map([["stop", 0]]));
    expect(photographs[0].signs.map(({ box }) => box[2])).toEqual(
      Array.from({ length: 16 }, (_, i) => 4 + i),
    );
    expect(report.at(-1)).toBe(
      "a.jpg: the 3 smallest of 19 signs are left out, as a photograph may have 16",
    );
  });
});

/** A JPEG's beginning that states 20,000 x 20,000 pixels. */
function bomb(): Uint8Array {
  const bytes = Uint8Array.from(photo);
  for (let i = 0; i + 9 < bytes.length; i++) {
    // The frame's header: length, precision, height, width.
    if (bytes[i] === 0xff && bytes[i + 1] === 0xc0) {
      new DataView(bytes.buffer).setUint16(i + 5, 20_000);
      new DataView(bytes.buffer).setUint16(i + 7, 20_000);
      return bytes;
    }
  }
  throw new Error("no frame found");
}
