/** Label files of five formats: what they say, and what of them cannot be used. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  classOf,
  readAuthors,
  readGerman,
  readLisa,
  readVoc,
  readYolo,
} from "../../src/data/label-files.ts";

describe("label files", () => {
  it("of YOLO give shares of the image, with names where there are some", () => {
    const { boxes, problems } = readYolo(
      "0 0.5 0.5 0.2 0.4\n\n1 0.1 0.1 0.1 0.1\n",
      [100, 50],
      ["stop"],
    );
    expect(problems).toEqual([]);
    expect(boxes.map(({ name }) => name)).toEqual(["stop", "1"]);
    boxes[0].box.forEach((value, i) => expect(value).toBeCloseTo([40, 15, 60, 35][i], 9));
  });

  it("of YOLO are told apart from pixels and from another format", () => {
    const { boxes, problems } = readYolo(
      "0 50 20 10 10\nstop,1,2,3,4\n0 0.5 0.5 0 0.1",
      [100, 50],
      [],
    );
    expect(boxes).toEqual([]);
    expect(problems).toEqual([
      'line 1: shares of the image from 0 to 1 are expected, got "0 50 20 10 10"',
      'line 2: "class cx cy w h" is expected, got "stop,1,2,3,4"',
      "line 3: the box 50.0, 22.5, 50.0, 27.5 has no area",
    ]);
  });

  it("of PASCAL VOC give each object", () => {
    const text =
      "<annotation><object><name>stop</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax>" +
      "<ymax>40</ymax></bndbox></object><object><name>x</name><bndbox><xmin>1</xmin></bndbox></object></annotation>";
    const { boxes, problems } = readVoc(text);
    expect(boxes).toEqual([{ name: "stop", box: [1, 2, 30, 40] }]);
    expect(problems[0]).toMatch(/^object 2: four numbers are expected/);
    expect(readVoc("{}").problems).toEqual(["an <annotation> is expected, as PASCAL VOC has it"]);
  });

  it("of PASCAL VOC may be cut short, which is reported", () => {
    const object = (name: string) =>
      `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>`;
    const text = `<annotation>${object("stop")}${object("merge")}</annotation>`;
    expect(readVoc(text)).toMatchObject({
      boxes: [{ name: "stop" }, { name: "merge" }],
      problems: [],
    });
    const missing = "</annotation> is missing: the file is cut short, and may have had more";
    const within = readVoc(text.slice(0, -20));
    expect(within.boxes.map(({ name }) => name)).toEqual(["stop"]);
    expect(within.problems).toEqual([
      "object 2: is left out, as its </object> is missing",
      missing,
    ]);
    expect(readVoc(`<annotation>${object("stop")}`)).toMatchObject({
      boxes: [{ name: "stop" }],
      problems: [missing],
    });
    const unclosed = readVoc(text.replace("</object>", ""));
    expect(unclosed.boxes.map(({ name }) => name)).toEqual(["merge"]);
    expect(unclosed.problems).toHaveLength(1);
  });

  it("of PASCAL VOC may have attributes and parts, and what is in comments counts for nothing", () => {
    const box = (at: number) =>
      `<bndbox><xmin unit="px">${at}</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>`;
    const { boxes, problems } = readVoc(
      `<annotation><object id="1"><part><name>plate</name>${box(9)}</part>` +
        `<name>stop</name>${box(1)}<part id="2"><name>post</name>${box(8)}</part></object>` +
        `<!-- <object><name>merge</name>${box(5)}</object> --></annotation>`,
    );
    expect(problems).toEqual([]);
    expect(boxes).toEqual([{ name: "stop", box: [1, 2, 30, 40] }]);
  });

  it("may end their lines as old Macs did", () => {
    expect(readYolo("0 0.5 0.5 0.2 0.4\r1 0.1 0.1 0.1 0.1\r", [100, 50], []).boxes).toHaveLength(2);
    expect(readAuthors("stop,1,2,3,4,\rstop,5,6,7,8,").boxes).toHaveLength(2);
    const german = readGerman("00000.ppm;774;411;815;446;11\r00001.ppm;1;2;30;40;38");
    expect([...german.images.keys()]).toEqual(["00000.ppm", "00001.ppm"]);
  });

  it("of the authors give a line a box", () => {
    const { boxes, problems } = readAuthors(
      "stop,10,20,30,40,by hand\nstop,10,20\nwarning,5,5,1,9",
    );
    expect(boxes).toEqual([{ name: "stop", box: [10, 20, 30, 40] }]);
    expect(problems).toHaveLength(2);
  });

  it("of LISA give images by name, by the columns of the heading", () => {
    const heading =
      "Filename;Annotation tag;Upper left corner X;Upper left corner Y;Lower right corner X;Lower right corner Y;Occluded,On another road";
    const { images, problems } = readLisa(
      `${heading}\nvid0/a.png;stop;1;2;30;40;0,0\nvid0/a.png;merge;5;5;9;9;0,0\n`,
    );
    expect(problems).toEqual([]);
    expect(images.get("vid0/a.png")!.boxes.map(({ name }) => name)).toEqual(["stop", "merge"]);
    expect(readLisa("a,b,c\n1,2,3").problems[0]).toMatch(
      /the first line is expected to name Filename/,
    );
  });

  it("of the German benchmark fold its 43 classes", () => {
    const { images, problems } = readGerman(
      "00000.ppm;774;411;815;446;11\n00000.ppm;1;2;30;40;38\nbroken",
    );
    expect(images.get("00000.ppm")!.boxes).toEqual([
      { name: "danger", box: [774, 411, 815, 446] },
      { name: "mandatory", box: [1, 2, 30, 40] },
    ]);
    expect(problems).toHaveLength(1);
  });

  it("of the German benchmark have classes from 0 to 42, and corners that are numbers", () => {
    const { images } = readGerman(
      "0.ppm;1;2;30;40;42\n0.ppm;1;2;30;40;43\n0.ppm;1;2;30;40;stop\n0.ppm;1;2;30;40;\n0.ppm;;2;30;40;1",
    );
    expect(images.get("0.ppm")).toEqual({
      boxes: [{ name: "other", box: [1, 2, 30, 40] }],
      problems: [
        'line 2: a class from 0 to 42 is expected, got "43"',
        'line 3: a class from 0 to 42 is expected, got "stop"',
        'line 4: a class from 0 to 42 is expected, got ""',
        'line 5: four numbers are expected for a box, got "NaN 2 30 40"',
      ],
    });
  });

  it("never throw, and give boxes with an area only, whatever the text", () => {
    const readers = [
      (text: string) => [readYolo(text, [64, 48], [])],
      (text: string) => [readVoc(text)],
      (text: string) => [readAuthors(text)],
      (text: string) => [...readLisa(text).images.values()],
      (text: string) => [...readGerman(text).images.values()],
    ];
    const number = fc.oneof(fc.double(), fc.integer());
    const line = fc.array(fc.oneof(number.map(String), fc.string()), { maxLength: 7 });
    const joined = fc.tuple(fc.array(line), fc.constantFrom(" ", ",", ";"));
    fc.assert(
      fc.property(joined, ([lines, separator]) => {
        const text = lines.map((cells) => cells.join(separator)).join("\n");
        for (const read of readers) {
          for (const { boxes } of read(text)) {
            for (const { box } of boxes) expect(box[2] > box[0] && box[3] > box[1]).toBe(true);
          }
        }
      }),
    );
  });

  it("name signs that fold into our classes", () => {
    const us = (name: string) => classOf("us", name);
    expect(us("stop")).toBe(0);
    expect(us("speedLimit25")).toBe(1);
    expect(us("speedLimitUrdbl")).toBe(1);
    for (const name of [
      "stopAhead",
      "merge",
      "pedestrianCrossing",
      "signalAhead",
      "schoolSpeedLimit25",
    ])
      expect(us(name)).toBe(2);
    expect(us("keepRight")).toBeUndefined();
    expect(
      ["information", "mandatory", "prohibitory", "danger", "other"].map((name) =>
        classOf("eu", name),
      ),
    ).toEqual([0, 1, 2, 3, 4]);
  });
});
