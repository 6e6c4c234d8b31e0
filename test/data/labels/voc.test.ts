/** PASCAL VOC's label files: what they say, and what of them cannot be used. */
import { describe, expect, it } from "vitest";
import { readVoc } from "../../../src/data/labels/voc.ts";

describe("label files", () => {
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

  const object = (name: string, fields = "") =>
    `<object>${name}<bndbox><xmin>100</xmin><ymin>80</ymin><xmax>180</xmax><ymax>160</ymax></bndbox>${fields}</object>`;
  const file = (content: string, head = "") => `${head}<annotation>${content}</annotation>`;

  it.each([
    ["<name>speedLimit &amp; advisory</name>", "speedLimit & advisory"],
    ["<name>a &lt;b&gt; &quot;c&quot; &apos;d&apos;</name>", "a <b> \"c\" 'd'"],
    ["<name>stop&#32;ahead</name>", "stop ahead"],
    ["<name>stop&#x20;&#97;head</name>", "stop ahead"],
    ["<name><![CDATA[stop]]></name>", "stop"],
    ["<name><![CDATA[a & <b>]]></name>", "a & <b>"],
    ['<name lang="en" note="a > b">stop</name>', "stop"],
    ["<name\n>\n  stop\n</name\n>", "stop"],
    ["<name>st<!-- not <name>this</name> -->op</name>", "stop"],
    ["<attributes><name>lit</name></attributes><name>stop</name>", "stop"],
    ["<name>Tom & Jerry</name>", "Tom & Jerry"],
    ["<name>&#xdc;berholverbot</name>", "Überholverbot"],
  ])("of PASCAL VOC are XML: %s", (xml, name) => {
    const { boxes, problems } = readVoc(file(object(xml)));
    expect(problems).toEqual([]);
    expect(boxes).toEqual([{ name, box: [100, 80, 180, 160] }]);
  });

  it("of PASCAL VOC may declare what they are, and need not expand what they define", () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
    const { boxes } = readVoc(file(object("<name>&b;</name>"), bomb));
    expect(boxes.map(({ name }) => name)).toEqual(["&b;"]);
  });

  it("of PASCAL VOC have their boxes scaled where they speak of a picture of another size", () => {
    const size = (width: number, height: number) =>
      file(
        `<size><width>${width}</width><height>${height}</height><depth>3</depth></size>` +
          object("<name>stop</name>"),
      );
    const boxOf = (text: string) => readVoc(text, { width: 320, height: 240 }).boxes[0]?.box;
    expect(boxOf(size(320, 240))).toEqual([100, 80, 180, 160]);
    expect(boxOf(size(640, 480))).toEqual([50, 40, 90, 80]);
    expect(boxOf(size(160, 120))).toEqual([200, 160, 360, 320]);
    // A photograph of 1023 x 767 reduced to 320 x 240.
    expect(boxOf(size(1023, 767))?.[0]).toBeCloseTo(31.28, 2);
    // Some tools write no size.
    expect(boxOf(size(0, 0))).toEqual([100, 80, 180, 160]);
    expect(boxOf(file(object("<name>stop</name>")))).toEqual([100, 80, 180, 160]);
  });

  it("of PASCAL VOC are refused where they speak of a picture of another form", () => {
    const read = (width: number, height: number) =>
      readVoc(
        file(
          `<size><width>${width}</width><height>${height}</height></size>` +
            object("<name>stop</name>"),
        ),
        { width: 320, height: 240 },
      );
    for (const [width, height] of [
      [240, 320],
      [320, 320],
      [340, 240],
    ]) {
      const { boxes, problems } = read(width, height);
      expect(boxes).toEqual([]);
      expect(problems).toEqual([
        `its labels are of an image of ${width} x ${height}, and the photograph has 320 x 240: it was cut or turned since`,
      ]);
    }
  });

  it("of PASCAL VOC tell what counts neither way", () => {
    const { boxes } = readVoc(
      file(
        object("<name>a</name>", "<difficult>1</difficult>") +
          object("<name>b</name><difficult>0</difficult>") +
          object("<name>c</name><ignore>true</ignore>") +
          object("<name>d</name>", "<part><difficult>1</difficult></part>"),
      ),
    );
    expect(boxes.map(({ name, ignored = false }) => [name, ignored])).toEqual([
      ["a", true],
      ["b", false],
      ["c", true],
      ["d", false],
    ]);
  });

  it("of PASCAL VOC without a box are refused by their reason", () => {
    const polygon = "<object><name>stop</name><polygon><x1>1</x1><y1>2</y1></polygon></object>";
    expect(readVoc(file(polygon)).problems).toEqual([
      "object 1: a <bndbox> with xmin, ymin, xmax and ymax is expected",
    ]);
  });

  it("of PASCAL VOC are read in a time that grows with their length", () => {
    const begun = performance.now();
    const spaces = " ".repeat(200_000);
    readVoc(file(object(`<name>${spaces}x${spaces}`)));
    readVoc(file(object(`<name ${spaces}`)));
    readVoc(`<annotation>${"<object>".repeat(50_000)}`);
    readVoc("<part>".repeat(100_000));
    readVoc(file(object(`<name>${"<!--".repeat(50_000)}</name>`)));
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
