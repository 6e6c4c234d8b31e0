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
});
