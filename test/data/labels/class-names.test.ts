/** Names of classes, in whatever file a collection keeps them. */
import { describe, expect, it } from "vitest";
import { files, photo, read } from "../photo-samples.ts";

/** The names of a photograph's boxes, in a collection with these files beside it. */
async function namesWith(content: Readonly<Record<string, string>>, labels = "a/1.txt") {
  const { photographs, summary, report } = await read(
    files({ "a/1.jpg": photo, [labels]: "0 0.5 0.5 0.2 0.4\n2 0.2 0.2 0.1 0.2\n", ...content }),
  );
  return { names: photographs[0].boxes.map(({ name }) => name), told: [...summary, ...report] };
}

describe("names of classes", () => {
  it.each([
    ["classes.txt", "stop\nyield\nmerge\n"],
    ["a/Classes.txt", "stop\r\nyield\r\nmerge"],
    ["labels.txt", "stop\nyield\nmerge"],
    ["predefined_classes.txt", "stop\nyield\nmerge"],
    ["class_names.txt", "stop\nyield\nmerge"],
    ["obj.names", "stop\nyield\nmerge"],
    ["Signs.names", "stop\nyield\nmerge"],
    ["a/_darknet.labels", "stop\nyield\nmerge"],
    ["data.yaml", "nc: 3\nnames: ['stop', 'yield', 'merge']\n"],
    ["data.yaml", 'nc: 3\nnames: [stop,\n  "yield", merge] # three\n'],
    ["data.yaml", "names:\n- stop\n- yield\n- merge\ntrain: x\n"],
    ["Data.yml", "names:\n  0: stop\n  1: yield\n  2: merge\n"],
    ["coco.yaml", "names: {2: merge, 0: stop}\n"],
  ])("are read from %s: %j", async (path, text) => {
    expect(await namesWith({ [path]: text })).toEqual({ names: ["stop", "merge"], told: [] });
  });

  it("are read from the list that darknet's settings or a YAML file name", async () => {
    const list = "stop\nyield\nmerge";
    const told: string[] = [];
    const collections: Record<string, string>[] = [
      { "obj.data": "classes = 3\ntrain = train.lst\nnames = ts.lst\n", "ts.lst": list },
      { "obj.data": "names=data/ts.txt", "ts.txt": list },
      { "obj.data": "names = data\\ts.txt\r\n", "x/data/ts.txt": list },
      { "data.yaml": "names: ../ts.lst", "ts.lst": list },
    ];
    for (const content of collections) {
      expect(await namesWith(content)).toEqual({ names: ["stop", "merge"], told });
    }
  });

  it("are the same in two lists, or unclear", async () => {
    const text = "stop\nyield\nmerge\n\n";
    const yaml = "names: [stop, yield, merge]";
    expect(await namesWith({ "classes.txt": text, "data.yaml": yaml })).toEqual({
      names: ["stop", "merge"],
      told: [],
    });
    const other = await namesWith({ "classes.txt": "stop", "data.yaml": yaml });
    expect(other.names).toEqual(["0", "2"]);
    expect(other.told).toEqual([
      expect.stringMatching(/numbers only, as their names may be in classes\.txt or data\.yaml/),
    ]);
  });

  it("are not read from what is about something else, or is damaged", async () => {
    const { names, told } = await namesWith({
      "hyp.yaml": "lr0: 0.01\n",
      "list.yaml": "- a\n- b\n",
      "odd.yaml": "names: 7\n",
      "gone.yaml": "names: nowhere.names\n",
      "bad.yaml": "names: [a, b\n  c: - d",
      "classes.txt": "stop\nyield\nmerge",
    });
    expect(names).toEqual(["stop", "merge"]);
    expect(told).toEqual([
      expect.stringMatching(/^bad\.yaml: these names are ignored: /),
      "gone.yaml: these names are ignored: there is no nowhere.names, which it names.",
    ]);
  });

  it("of a list that is called as a photograph is are its labels", async () => {
    const collection = await read(
      files({
        "labels.jpg": photo,
        "labels.txt": "stop,80,30,120,70,",
        "a.jpg": photo,
        "a.txt": "",
      }),
    );
    expect(collection.photographs.map(({ name, boxes }) => [name, boxes.length])).toEqual([
      ["a.jpg", 0],
      ["labels.jpg", 1],
    ]);
  });

  it("take no more than their time", async () => {
    const begun = performance.now();
    const { told } = await namesWith({
      "bomb.yaml":
        `a: &a [x,x,x,x,x,x,x,x,x]\n` +
        Array.from(
          { length: 20 },
          (_, i) =>
            `${"bcdefghijklmnopqrstu"[i]}: &${"bcdefghijklmnopqrstu"[i]} [${Array(9).fill(`*${"abcdefghijklmnopqrstu"[i]}`).join(",")}]\n`,
        ).join("") +
        "names: *u\n",
      "deep.yaml": `names: ${"[".repeat(50_000)}`,
      "long.yaml": `names: [${"x, ".repeat(100_000)}]`,
      "sparse.yaml": "names: {4000000000: stop}",
    });
    // The first is small as long as nobody writes it out.
    expect(told.slice(0, 2)).toEqual([
      expect.stringMatching(/^deep\.yaml: these names are ignored: nesting exceeded/),
      expect.stringMatching(/^long\.yaml: these names are ignored: it has \d+ letters/),
    ]);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
