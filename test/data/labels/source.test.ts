/** Collections with several tables and label files: each counts for what it labels, and nothing is lost unsaid. */
import { describe, expect, it } from "vitest";
import { mapClasses, type Collection } from "../../../src/data/photo-collection.ts";
import { UserError } from "../../../src/errors.ts";
import { files, photo, read } from "../photo-samples.ts";

const heading =
  "Filename;Annotation tag;Upper left corner X;Upper left corner Y;Lower right corner X;Lower right corner Y;Occluded\n";
const lisa = (...rows: string[]) => heading + rows.map((row) => `${row};0\n`).join("");
const voc = (name: string) =>
  `<annotation><object><name>${name}</name><bndbox><xmin>20</xmin><ymin>20</ymin><xmax>60</xmax><ymax>60</ymax></bndbox></object></annotation>`;

/** Names of boxes, by photographs. */
const namesOf = ({ photographs }: Collection) =>
  Object.fromEntries(photographs.map(({ name, boxes }) => [name, boxes.map((box) => box.name)]));

describe("tables of labels", () => {
  it("all count, one in every folder", async () => {
    const collection = await read(
      files({
        "b/0.jpg": photo,
        "a/0.jpg": photo,
        "b/frames.csv": lisa("0.png;stop;20;20;40;60"),
        "a/frames.csv": lisa("0.png;yield;20;20;40;60"),
      }),
    );
    expect(namesOf(collection)).toEqual({ "a/0.jpg": ["yield"], "b/0.jpg": ["stop"] });
    expect([...collection.summary, ...collection.report]).toEqual([]);
  });

  it("that say the same say it once", async () => {
    const collection = await read(
      files({
        "a/0.jpg": photo,
        "a/frames.csv": lisa("0.png;stop;20;20;40;60", "0.png;yield;20;20;40;60"),
        "all.csv": lisa("a/0.png;stop;20;20;40;60"),
      }),
    );
    expect(namesOf(collection)).toEqual({ "a/0.jpg": ["stop", "yield"] });
  });

  it("of another kind are ignored, and the label files beside them count", async () => {
    const collection = await read(
      files({
        "a.jpg": photo,
        "a.xml": voc("stop"),
        "b.jpg": photo,
        "b.txt": "0 0.5 0.5 0.2 0.4\r",
        "classes.txt": "yield\rstop",
        "stats.csv": "epoch,loss\n1,2\n",
        "gt.txt": "a.jpg 1 2 3 4\nb.jpg 1 2 3 4\n",
      }),
    );
    expect(namesOf(collection)).toEqual({ "a.jpg": ["stop"], "b.jpg": ["yield"] });
    expect(collection.report).toEqual([]);
    expect(collection.summary).toEqual([
      expect.stringMatching(/^gt\.txt: this table is ignored: line 1: at least 6 values/),
      expect.stringMatching(/^stats\.csv: this table is ignored: the first line is expected/),
    ]);
  });

  it("that cannot be read are ignored as well", async () => {
    const broken = files({
      "a.jpg": photo,
      "a.xml": voc("stop"),
      "all.csv": "",
      "classes.txt": "",
    });
    const collection = await read({
      ...broken,
      read: async (path) => {
        if (!path.startsWith("a.")) throw new UserError(`${path} is damaged.`);
        return await broken.read(path);
      },
    });
    expect(namesOf(collection)).toEqual({ "a.jpg": ["stop"] });
    expect(collection.summary).toEqual([
      "all.csv: this table is ignored: all.csv is damaged.",
      "classes.txt: these names are ignored: classes.txt is damaged.",
    ]);
  });

  it("count before label files, except where nothing of theirs can be used", async () => {
    const collection = await read(
      files({
        "00000.jpg": photo,
        "00001.jpg": photo,
        "00002.jpg": photo,
        "00000.txt": "stop,0,0,20,20,",
        "00001.txt": "stop,0,0,20,20,",
        "00002.txt": "stop,0,0,20,20,",
        "gt.txt": "00000.jpg;136;80;272;160;1\n00001.jpg;136;80;272;160;99\n",
      }),
    );
    expect(namesOf(collection)).toEqual({
      "00000.jpg": ["prohibitory"],
      "00001.jpg": ["stop"],
      "00002.jpg": ["stop"],
    });
    expect(collection.summary).toEqual([
      "1 label files are not read, as a table has their photographs: 00000.txt",
    ]);
    expect(collection.report).toEqual([
      'gt.txt: line 2: a class from 0 to 42 is expected, got "99"',
    ]);
  });

  it("of the German benchmark have its signs beside its photographs, which are left out", async () => {
    const collection = await read(
      files({
        "00001.jpg": photo,
        "00/00001.jpg": photo,
        "42/00002.jpg": photo,
        "gt.txt": "00001.ppm;136;80;272;160;1\n",
      }),
    );
    expect(namesOf(collection)).toEqual({ "00001.jpg": ["prohibitory"] });
    expect(collection.summary).toEqual([
      "2 pictures in folders 00 to 42 beside gt.txt are left out, as each is a sign and no street",
    ]);
  });
});

describe("photographs and labels without each other", () => {
  it("are reported, with how many there are", async () => {
    const collection = await read(
      files({
        "a.jpg": photo,
        "b.jpg": photo,
        "c.jpg": photo,
        "d.jpg": photo,
        "e.jpg": photo,
        "z.txt": "stop,0,0,20,20,",
        "all.csv": lisa("a.jpg;stop;20;20;40;60", "x.jpg;stop;20;20;40;60"),
      }),
    );
    expect(collection.photographs).toHaveLength(5);
    expect(collection.report).toEqual([]);
    expect(collection.summary).toEqual([
      "all.csv: 1 images that it names are missing: x.jpg",
      "1 text and XML files belong to no photograph: z.txt",
      "4 photographs have no labels, and count as photographs without signs: b.jpg, c.jpg, d.jpg and 1 more",
    ]);
  });

  it("are told from photographs that are damaged, and have labels", async () => {
    const { summary } = await read(
      files({ "a.jpg": photo, "a.xml": voc("stop"), "b.jpg": "broken", "b.xml": voc("stop") }),
    );
    expect(summary).toEqual([]);
  });
});

describe("photographs of the same name", () => {
  it("have the rows of a table that name their folders", async () => {
    const collection = await read(
      files({
        "a/0.jpg": photo,
        "b/0.jpg": photo,
        "all.csv": lisa("b/0.png;stop;20;20;40;60", "a/0.png;yield;20;20;40;60"),
      }),
    );
    expect(namesOf(collection)).toEqual({ "a/0.jpg": ["yield"], "b/0.jpg": ["stop"] });
    expect([...collection.summary, ...collection.report]).toEqual([]);
  });

  it("have the labels of their own folders", async () => {
    const collection = await read(
      files({
        "images/train/1.jpg": photo,
        "images/val/1.jpg": photo,
        "labels/train/1.txt": "0 0.5 0.5 0.2 0.4",
        "labels/val/1.txt": "1 0.5 0.5 0.2 0.4",
        "classes.txt": "stop\nyield",
      }),
    );
    expect(namesOf(collection)).toEqual({
      "images/train/1.jpg": ["stop"],
      "images/val/1.jpg": ["yield"],
    });
    expect([...collection.summary, ...collection.report]).toEqual([]);
  });

  it("are left out where it is unclear whose the labels are", async () => {
    const collection = await read(
      files({
        "a/1.jpg": photo,
        "b/1.jpg": photo,
        "c/2.jpg": photo,
        "d/2.jpg": photo,
        "e/3.jpg": photo,
        "far/away/2.xml": voc("stop"),
        "all.csv": lisa("1.jpg;stop;20;20;40;60", "3.jpg;stop;20;20;40;60"),
      }),
    );
    expect(namesOf(collection)).toEqual({ "e/3.jpg": ["stop"] });
    expect(collection.report).toEqual([
      "a/1.jpg: left out: all.csv has boxes of 1.jpg, which may be a/1 or b/1: name its folder there.",
      "b/1.jpg: left out: all.csv has boxes of 1.jpg, which may be a/1 or b/1: name its folder there.",
      "c/2.jpg: left out: far/away/2.xml may belong to it or to d/2: put it beside its photograph.",
      "d/2.jpg: left out: far/away/2.xml may belong to it or to c/2: put it beside its photograph.",
    ]);
    expect(collection.summary).toEqual([]);
  });
});

describe("names of classes", () => {
  it("are those nearest above a label file", async () => {
    const collection = await read(
      files({
        "a/1.jpg": photo,
        "a/1.txt": "0 0.5 0.5 0.2 0.4",
        "b/2.jpg": photo,
        "b/2.txt": "0 0.5 0.5 0.2 0.4",
        "classes.txt": "stop",
        "b/classes.txt": "yield",
      }),
    );
    expect(namesOf(collection)).toEqual({ "a/1.jpg": ["stop"], "b/2.jpg": ["yield"] });
  });

  it("that lie elsewhere count where there is one list, and are not guessed among two", async () => {
    const content = { "a/1.jpg": photo, "a/1.txt": "0 0.5 0.5 0.2 0.4", "x/obj.names": "stop" };
    expect(namesOf(await read(files(content)))).toEqual({ "a/1.jpg": ["stop"] });
    const two = await read(files({ ...content, "y/obj.names": "yield" }));
    expect(namesOf(two)).toEqual({ "a/1.jpg": ["0"] });
    expect(two.report).toEqual([
      "a/1.jpg: its classes have numbers only, as their names may be in x/obj.names or y/obj.names",
    ]);
  });
});

describe("labels that cannot be read", () => {
  it("leave their photograph out, as its signs would count as none", async () => {
    const { photographs, report, summary } = await read(
      files({
        "a.jpg": photo,
        "a.txt": "0 0.5 0.5 0.2 0.4",
        "pixels.jpg": photo,
        "pixels.txt": "0 140 120 80 80\n0 1 2 3 4",
        "flat.jpg": photo,
        "flat.txt": "0 0.5 0.5 0 0.2",
        "cut.jpg": photo,
        "cut.xml": "<annotation><object><name>stop</name>",
        "empty.jpg": photo,
        "empty.txt": "\n  \n",
        "none.jpg": photo,
        "none.xml": "<annotation></annotation>",
      }),
    );
    // An empty file says that there are no signs.
    expect(photographs.map(({ name, boxes }) => [name, boxes.length])).toEqual([
      ["a.jpg", 1],
      ["empty.jpg", 0],
      ["none.jpg", 0],
    ]);
    expect(report).toEqual([
      expect.stringMatching(/^cut\.jpg: left out: nothing in its labels can be used: object 1/),
      expect.stringMatching(/^flat\.jpg: left out: .*: line 1: the box .* has no area\.$/),
      expect.stringMatching(/^pixels\.jpg: left out: .*"0 140 120 80 80", and 1 more like it\.$/),
    ]);
    expect(summary).toEqual([]);
  });

  it("leave their photograph out in a table, too", async () => {
    const { photographs, report, summary } = await read(
      files({
        "0.jpg": photo,
        "1.jpg": photo,
        "2.jpg": photo,
        "gt.txt": "0.ppm;136;80;272;160;1\n1.ppm;136;80;272;160;99\n",
      }),
    );
    expect(photographs.map(({ name, boxes }) => [name, boxes.length])).toEqual([
      ["0.jpg", 1],
      ["2.jpg", 0],
    ]);
    expect(report).toEqual([
      'gt.txt: line 2: a class from 0 to 42 is expected, got "99"',
      expect.stringMatching(
        /^1\.jpg: left out: nothing in its labels can be used: gt\.txt: line 2/,
      ),
    ]);
    expect(summary).toEqual([expect.stringMatching(/^1 photographs have no labels.*: 2\.jpg$/)]);
  });

  it("are texts in another encoding no longer", async () => {
    const text = "\uFEFF0 0.5 0.5 0.2 0.4\r\n";
    const bytes = new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
    const { photographs } = await read(files({ "a.jpg": photo, "a.txt": bytes }));
    expect(photographs[0].boxes).toEqual([{ name: "0", box: [40, 15, 60, 35] }]);
  });
});

describe("a sign that is written twice", () => {
  it.each([
    ["YOLO", { "a.txt": "0 0.5 0.5 0.2 0.4\n0.0 0.50 .5 0.2 0.4\n" }],
    ["the authors'", { "a.txt": "0,80,30,120,70,one\n0,80.0,30,120,70,two" }],
    ["PASCAL VOC", { "a.xml": voc("0").replace(/(<object>.*<\/object>)/, "$1$1") }],
    ["LISA", { "all.csv": lisa("a.jpg;0;20;20;40;60", "a.jpg;0;20;20;40;60") }],
    ["the German benchmark", { "gt.txt": "a.ppm;136;80;272;160;1\na.ppm;136;80;272;160;2\n" }],
  ])("is one in labels of %s", async (_, labels: Record<string, string>) => {
    const { photographs } = await read(files({ "a.jpg": photo, ...labels }));
    expect(photographs[0].boxes).toHaveLength(1);
  });

  it("is one under two names of a class, and two under names of two", async () => {
    const text = "stop,80,30,120,70,\nStop,80,30,120,70,\nyield,80,30,120,70,";
    const collection = await read(files({ "a.jpg": photo, "a.txt": text }));
    const table = new Map([
      ["stop", 0],
      ["Stop", 0],
      ["yield", 2],
    ]);
    const { photographs } = mapClasses(collection, "us", table);
    expect(photographs[0].signs.map(({ label }) => label)).toEqual([0, 2]);
  });
});

describe("names of files", () => {
  const text = "stop,80,30,120,70,";

  it("are the same in either form of letters with marks", async () => {
    const [nfc, nfd] = (["NFC", "NFD"] as const).map((form) =>
      "Stra\u00dfe-\u00e9".normalize(form),
    );
    expect(nfc).not.toBe(nfd);
    for (const [picture, label] of [
      [nfc, nfd],
      [nfd, nfc],
    ]) {
      const beside = { [`${picture}.jpg`]: photo, [`${label}.txt`]: text };
      const apart = { [`${picture}/images/1.jpg`]: photo, [`${label}/labels/1.txt`]: text };
      const table = { [`${picture}.jpg`]: photo, "all.csv": lisa(`${label}.png;stop;20;20;40;60`) };
      for (const content of [beside, apart, table]) {
        const collection = await read(files(content));
        expect(Object.values(namesOf(collection))).toEqual([["stop"]]);
        expect([...collection.summary, ...collection.report]).toEqual([]);
      }
    }
  });

  it("are the same in capitals, unless others are the same without", async () => {
    const mixed = await read(
      files({ "Images/A.JPG": photo, "labels/a.txt": text, "b.Png": photo, "B.XML": voc("yield") }),
    );
    expect(namesOf(mixed)).toEqual({ "Images/A.JPG": ["stop"], "b.Png": ["yield"] });
    const apart = await read(
      files({
        "A.jpg": photo,
        "a.jpg": photo,
        "A.txt": text,
        "a.txt": text.replace("stop", "yield"),
      }),
    );
    expect(namesOf(apart)).toEqual({ "A.jpg": ["stop"], "a.jpg": ["yield"] });
  });
});
