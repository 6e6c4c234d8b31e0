/** Tables of labels: what they say of which image, and what of them cannot be used. */
import { describe, expect, it } from "vitest";
import { readGerman, readLisa } from "../../../src/data/labels/tables.ts";

describe("tables of labels", () => {
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
});
