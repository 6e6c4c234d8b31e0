/** What holds for label files of all formats, whatever their text. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAuthors } from "../../../src/data/labels/authors.ts";
import { readGerman, readLisa } from "../../../src/data/labels/tables.ts";
import { readVoc } from "../../../src/data/labels/voc.ts";
import { readYolo } from "../../../src/data/labels/yolo.ts";

describe("label files", () => {
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
});
