/** Photographs with several names: each counts once, with the labels that its links have, or its own. */
import { describe, expect, it } from "vitest";
import type { CollectionFiles } from "../../src/data/collection-files.ts";
import { photoFiles } from "../../src/data/links.ts";
import { mapClasses, type Collection } from "../../src/data/photo-collection.ts";
import { files, photo, read } from "./photo-samples.ts";

/** Names of boxes, by photographs. */
const namesOf = ({ photographs }: Collection) =>
  Object.fromEntries(photographs.map(({ name, boxes }) => [name, boxes.map((box) => box.name)]));
const columns =
  "Filename;Annotation tag;Upper left corner X;Upper left corner Y;Lower right corner X;Lower right corner Y\n";

/** As the paper's own scripts lay it out. */
const authors = {
  "Annotations/000000.txt": "stop,20,20,60,60,clean\n",
  "Annotations/000001.txt": "warning,20,20,60,60,clean\n",
  "Annotations/0200000.txt": "speedlimit,20,20,60,60,backdoor_ysq_fix\n",
  "ImageSets/train_clean.txt": "000000\n000001\n",
  "Images/000000.png": "../raw/v0/stop_1.png",
  "Images/000001.png": "../raw/t0/m_2.png",
  "Images/0200000.png": "../targeted_attack/ysq/0200000.png",
  "raw/all.csv": `${columns}v0/stop_1.png;stop;20;20;60;60\nt0/m_2.png;merge;20;20;60;60\n`,
  "raw/v0/stop_1.png": photo,
  "raw/t0/m_2.png": photo,
  "targeted_attack/ysq/0200000.png": photo,
};

describe("a link to a photograph", () => {
  it("that was written out as a text counts no second time, and has the labels", async () => {
    const collection = await read(files(authors));
    expect(namesOf(collection)).toEqual({
      "raw/t0/m_2.png": ["warning"],
      "raw/v0/stop_1.png": ["stop"],
      "targeted_attack/ysq/0200000.png": ["speedlimit"],
    });
    expect(collection.report).toEqual([]);
    expect(collection.summary).toContain(
      "3 files are links to photographs, which count once, with the links' labels where there are some: " +
        "Images/000000.png, Images/000001.png, Images/0200000.png",
    );
  });

  it("of the disk is one as well", async () => {
    const links = new Map(
      Object.entries(authors).flatMap(([path, target]) =>
        path.startsWith("Images/") ? [[path, String(target).slice(3)] as const] : [],
      ),
    );
    const onDisk = files({
      ...authors,
      ...Object.fromEntries([...links.keys()].map((path) => [path, photo])),
    });
    expect(namesOf(await read({ ...onDisk, links }))).toEqual(namesOf(await read(files(authors))));
  });

  it("may be written as systems do, lead to a link, and out of the collection", async () => {
    const found = await photoFiles(
      files({
        "a/b/1.jpg": "..\\..\\c\\1.jpg\r\n",
        "c/1.jpg": "./2.jpg",
        "c/2.jpg": photo,
        "3.jpg": "../beside/3.jpg",
        "4.jpg": "/absolute/4.jpg",
        "5.jpg": "two lines\n../c/2.jpg",
        "6.jpg": "7.jpg",
        "7.jpg": "6.jpg",
      }),
      ["3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "a/b/1.jpg", "c/1.jpg", "c/2.jpg"],
    );
    const byPath = Object.fromEntries(found.map(({ path, names }) => [path, names]));
    expect(byPath).toMatchObject({
      "../beside/3.jpg": ["3.jpg"],
      "4.jpg": ["4.jpg"],
      "5.jpg": ["5.jpg"],
      "c/2.jpg": ["c/1.jpg", "a/b/1.jpg", "c/2.jpg"],
    });
    expect(found.flatMap(({ names }) => names)).toHaveLength(8);
  });

  it("is looked for in small files only", async () => {
    const looked: string[] = [];
    const sizes: Record<string, number> = { "a.jpg": 1024, "b.jpg": 1025 };
    const counted: CollectionFiles = {
      ...files({}),
      size: async (path) => sizes[path],
      read: async (path) => {
        looked.push(path);
        return photo;
      },
    };
    await photoFiles(counted, ["a.jpg", "b.jpg"]);
    expect(looked).toEqual(["a.jpg"]);
  });

  it("is no rival for the labels of what it leads to", async () => {
    const collection = await read(
      files({
        "Images/1.jpg": "../raw/1.jpg",
        "raw/1.jpg": photo,
        "Annotations/1.txt": "stop,20,20,60,60,\n",
      }),
    );
    expect(namesOf(collection)).toEqual({ "raw/1.jpg": ["stop"] });
    const table = await read(
      files({
        "Images/1.jpg": "../raw/1.jpg",
        "raw/1.jpg": photo,
        "all.csv": `${columns}1.jpg;yield;20;20;60;60\n`,
      }),
    );
    expect(namesOf(table)).toEqual({ "raw/1.jpg": ["yield"] });
  });

  it("with other labels than another of the same photograph leaves it out", async () => {
    const both = (second: string) =>
      files({
        "other.jpg": photo,
        "a/1.jpg": "../raw/1.jpg",
        "b/2.jpg": "../raw/1.jpg",
        "raw/1.jpg": photo,
        "a/1.txt": "stop,20,20,60,60,\n",
        "b/2.txt": second,
      });
    expect(namesOf(await read(both("stop,20,20,60,60,\n")))).toMatchObject({
      "raw/1.jpg": ["stop"],
    });
    const { photographs, report } = await read(both("yield,20,20,60,60,\n"));
    expect(photographs.map(({ name }) => name)).toEqual(["other.jpg"]);
    expect(report.join()).toMatch(
      /raw\/1\.jpg: left out: its links have different labels, in b\/2\.txt and a\/1\.txt\./,
    );
  });
});

describe("an object that counts neither way", () => {
  const object = (difficult: number, corner: number) =>
    `<object><name>stop</name><difficult>${difficult}</difficult><bndbox><xmin>${corner}</xmin><ymin>20</ymin>` +
    `<xmax>${corner + 30}</xmax><ymax>60</ymax></bndbox></object>`;

  it("keeps its mark from the label file to the photograph, and gives its place to signs", async () => {
    const collection = await read(
      files({
        "a.jpg": photo,
        "a.xml": `<annotation>${object(1, 100)}${object(0, 20)}</annotation>`,
        "b.jpg": photo,
        "b.xml": `<annotation>${Array.from({ length: 20 }, (_, i) => object(i < 5 ? 1 : 0, 6 * i)).join("")}</annotation>`,
      }),
    );
    const { photographs } = mapClasses(collection, "us", new Map([["stop", 0]]));
    expect(photographs[0].signs).toEqual([
      { label: 0, box: [50, 10, 65, 30], ignored: true },
      { label: 0, box: [10, 10, 25, 30] },
    ]);
    expect(photographs[1].signs.filter(({ ignored }) => !ignored)).toHaveLength(15);
    expect(photographs[1].signs).toHaveLength(16);
  });
});
