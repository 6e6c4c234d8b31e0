/** Which labels belong to which photographs, in the folders that collections have. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchFiles, matchImages } from "../../../src/data/labels/match.ts";

/** Label files by photographs, and of whom it is unclear. */
function matched(keys: string[], labels: string[]) {
  const { own, unclear, left } = matchFiles(keys, labels);
  return { own: Object.fromEntries(own), unclear: [...unclear.keys()], left };
}

describe("label files", () => {
  it("of photographs of the same name lie in folders of the same names", () => {
    for (const [photos, labels] of [
      ["images/*/1", "labels/*/1.txt"],
      ["*/images/1", "*/labels/1.txt"],
      ["*/JPEGImages/1", "*/Annotations/1.xml"],
      ["*/1", "*/1.txt"],
      ["*/1", "*/labels/1.txt"],
      ["*/1", "labels/*/1.txt"],
      ["set/*/images/1", "set/*/1.txt"],
    ]) {
      const parts = ["train", "val", "test"];
      expect(
        matched(
          parts.map((part) => photos.replace("*", part)),
          parts.map((part) => labels.replace("*", part)),
        ),
      ).toEqual({
        own: Object.fromEntries(
          parts.map((part) => [photos.replace("*", part), labels.replace("*", part)]),
        ),
        unclear: [],
        left: [],
      });
    }
  });

  it("lie beside their photographs before anywhere else, and in labels before another folder", () => {
    const labels = ["Annotations/1.xml", "Annotations/2.xml", "images/1.txt", "labels/2.txt"];
    expect(matched(["images/1", "images/2"], labels)).toEqual({
      own: { "images/1": "images/1.txt", "images/2": "labels/2.txt" },
      unclear: [],
      left: ["Annotations/1.xml", "Annotations/2.xml"],
    });
  });

  it("may lie anywhere where the name is the only one", () => {
    expect(matched(["a/b/1", "a/b/2"], ["x/y/z/1.txt", "2.txt"]).own).toEqual({
      "a/b/1": "x/y/z/1.txt",
      "a/b/2": "2.txt",
    });
  });

  it("of a folder that has some are not looked for elsewhere", () => {
    expect(
      matched(["images/train/1", "images/train/2"], ["labels/train/2.txt", "labels/val/1.txt"]),
    ).toEqual({
      own: { "images/train/2": "labels/train/2.txt" },
      unclear: [],
      left: ["labels/val/1.txt"],
    });
    expect(matched(["a/1", "a/2", "b/2"], ["a/2.txt", "b/1.txt", "b/2.txt"])).toEqual({
      own: { "a/2": "a/2.txt", "b/2": "b/2.txt" },
      unclear: [],
      left: ["b/1.txt"],
    });
  });

  it("that may belong to several photographs, or one of several that may, are nobody's", () => {
    const flat = matchFiles(["images/train/1", "images/val/1"], ["labels/1.txt"]);
    expect(flat.own.size).toBe(0);
    expect(flat.unclear.get("images/train/1")).toBe(
      "labels/1.txt may belong to it or to images/val/1: put it beside its photograph",
    );
    const two = matchFiles(["1"], ["1.txt", "1.xml"]);
    expect(two.own.size).toBe(0);
    expect(two.unclear.get("1")).toBe("its labels may be in 1.txt or 1.xml: keep one of them");
  });

  it("are each somebody's, unclear, or left, whatever the paths", () => {
    const path = fc
      .array(fc.constantFrom("images", "labels", "a", "b"), { minLength: 1, maxLength: 4 })
      .map((names) => names.join("/"));
    const paths = fc.uniqueArray(path, { maxLength: 12 });
    fc.assert(
      fc.property(paths, paths, (keys, labels) => {
        const { own, unclear, left } = matchFiles(
          keys,
          labels.map((one) => `${one}.txt`),
        );
        const used = [...own.values()];
        expect(new Set([...used, ...left]).size).toBe(used.length + left.length);
        for (const [key, label] of own) {
          expect(unclear.has(key)).toBe(false);
          expect(label.slice(0, -4).split("/").at(-1)).toBe(key.split("/").at(-1));
          // Nobody's file is taken from beside its photograph.
          const beside = keys.find((other) => `${other}.txt` === label);
          expect(beside ?? key).toBe(key);
        }
      }),
    );
  });
});

describe("images of a table", () => {
  const matches = (table: string, image: string, keys: string[]) =>
    matchImages(table, [image], keys).get(image);

  it("are found by their names, whatever their endings and the disk they lay on", () => {
    expect(matches("gt.txt", "00001.ppm", ["00001"])).toEqual(["00001"]);
    expect(matches("all.csv", "/home/me/x.png", ["frames/x"])).toEqual(["frames/x"]);
    expect(matches("all.csv", "C:\\me\\x.png", ["frames/x"])).toEqual(["frames/x"]);
    expect(matches("labels/all.csv", "a.avi_image0.png", ["frames/a.avi_image0"])).toHaveLength(1);
  });

  it("are those of the table's folder, and of the folder that it names", () => {
    const keys = ["a/0", "b/0", "b/c/0"];
    expect(matches("a/x.csv", "0.png", keys)).toEqual(["a/0"]);
    expect(matches("b/x.csv", "0.png", keys)).toEqual(["b/0"]);
    expect(matches("x.csv", "b/c/0.png", keys)).toEqual(["b/c/0"]);
    expect(matches("x.csv", "c/0.png", keys)).toEqual(["b/c/0"]);
    expect(matches("x.csv", "a\\0.png", keys)).toEqual(["a/0"]);
    // Of these folders there are photographs, and not this one.
    expect(matches("b/x.csv", "1.png", [...keys, "a/1"])).toEqual([]);
    expect(matches("x.csv", "b/1.png", [...keys, "a/1"])).toEqual([]);
  });

  it("are several where nothing tells them apart", () => {
    expect(matches("x.csv", "0.png", ["a/0", "b/0"])).toEqual(["a/0", "b/0"]);
  });
});
