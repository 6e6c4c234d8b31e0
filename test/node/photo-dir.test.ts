/** Photographs on disk: folders, zip files and links. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectionAt } from "../../src/node/photo-dir.ts";

const photo = new TextEncoder().encode("photo");

describe("photographs on disk", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "badnets-photos-"));
    await mkdir(join(folder, "images"));
    await writeFile(join(folder, "images", "a.jpg"), photo);
    await writeFile(join(folder, "set.zip"), zipSync({ "a.jpg": photo }));
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  it("are found in folders below, and in zip files", async () => {
    expect((await collectionAt(folder)).paths.toSorted()).toEqual(["images/a.jpg", "set.zip"]);
    expect((await collectionAt(join(folder, "set.zip"))).paths).toEqual(["a.jpg"]);
    await expect(collectionAt(join(folder, "nothing"))).rejects.toThrow(/cannot be read/);
  });

  it("are found behind links, which may lead back or nowhere", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "badnets-linked-"));
    try {
      await writeFile(join(elsewhere, "b.jpg"), photo);
      await symlink(elsewhere, join(elsewhere, "itself"));
      const top = await mkdtemp(join(folder, "links-"));
      await mkdir(join(top, "own"));
      await writeFile(join(top, "own", "a.jpg"), photo);
      await symlink(join(elsewhere, "b.jpg"), join(top, "b.jpg"));
      await symlink(elsewhere, join(top, "linked"));
      await symlink(top, join(top, "own", "up"));
      await symlink(join(top, "nothing"), join(top, "gone.jpg"));
      const { paths, links, problems, read, size } = await collectionAt(top);
      expect(paths).toEqual(["b.jpg", "linked/b.jpg", "own/a.jpg"]);
      expect([...links!]).toEqual([["b.jpg", "linked/b.jpg"]]);
      expect(await size!("b.jpg")).toBe(photo.length);
      expect(problems!.toSorted()).toEqual([
        "gone.jpg: left out: the link leads to nothing that can be read",
        "linked/itself: left out: the link leads to a folder that is read already",
        "own/up: left out: the link leads to a folder that is read already",
      ]);
      expect(await read("linked/b.jpg")).toEqual(photo);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it("of a folder of pictures alone have the labels of the folder beside it", async () => {
    const top = await mkdtemp(join(folder, "voc-"));
    const texts = {
      "JPEGImages/a.jpg": "",
      "Annotations/a.xml": "",
      "Annotations/b.png": "",
      "other/c.txt": "",
    };
    for (const [path, text] of Object.entries(texts)) {
      await mkdir(join(top, dirname(path)), { recursive: true });
      await writeFile(join(top, path), text);
    }
    const { paths, read } = await collectionAt(join(top, "JPEGImages"));
    expect(paths).toEqual(["a.jpg", "../Annotations/a.xml"]);
    expect(await read("../Annotations/a.xml")).toHaveLength(0);
    // Where it has texts of its own, it needs no others.
    await writeFile(join(top, "JPEGImages", "a.txt"), "");
    expect((await collectionAt(join(top, "JPEGImages"))).paths).toEqual(["a.jpg", "a.txt"]);
  });
});
