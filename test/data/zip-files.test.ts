/** Zip files as collections: what they hold, and what of it is damaged, too large or there twice. */
import { strFromU8, strToU8, zipSync } from "fflate";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { zipFiles } from "../../src/data/zip-files.ts";
import { UserError } from "../../src/errors.ts";
import { photo, read } from "./photo-samples.ts";
import { onlyUserErrors, userError } from "./samples.ts";

/** The bytes with every number of 32 bits that is `from` as `to`. */
function changed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  for (let i = 0; i + 4 <= copy.length; i++) {
    if (view.getUint32(i, true) === from) view.setUint32(i, to, true);
  }
  return copy;
}

describe("a zip file of photographs", () => {
  it("holds what the folder holds", async () => {
    const zip = zipSync({ "set/a.jpg": photo, "set/a.txt": strToU8("stop,0,0,20,20,") });
    const { photographs } = await read(await zipFiles(zip, "set.zip"));
    expect(photographs.map(({ name, boxes }) => [name, boxes.length])).toEqual([["set/a.jpg", 1]]);
  });

  it("may be packed or not, have names in any language, and a comment at its end", async () => {
    for (const level of [0, 9] as const) {
      const zip = zipSync({ "straße.txt": strToU8("stop,0,0,20,20,") }, { level, comment: "x" });
      const files = await zipFiles(zip, "set.zip");
      expect(files.paths).toEqual(["straße.txt"]);
      expect(strFromU8(await files.read("straße.txt"))).toBe("stop,0,0,20,20,");
    }
  });

  it("is refused where it is none, or empty", async () => {
    await expect(zipFiles(strToU8("PK no zip at all"), "a.zip")).rejects.toThrow(UserError);
    await expect(zipFiles(zipSync({}), "a.zip")).rejects.toThrow(/empty/);
  });

  it("cannot unpack to more than a file may have", async () => {
    const zip = zipSync({ "a.jpg": new Uint8Array(120_000_000), "b.jpg": photo });
    expect(zip.length).toBeLessThan(1_000_000);
    const { photographs, report } = await read(await zipFiles(zip, "bomb.zip"));
    expect(photographs.map(({ name }) => name)).toEqual(["b.jpg"]);
    expect(report[0]).toMatch(/a\.jpg: left out: a\.jpg unpacks to 120 MB; at most 100/);
    // One that states less than it holds gets no more room than it states.
    const lying = changed(zip, 120_000_000, 1000);
    const again = await read(await zipFiles(lying, "lying.zip"));
    expect(again.photographs.map(({ name }) => name)).toEqual(["b.jpg"]);
    expect(again.report[0]).toMatch(/a\.jpg: left out: .* more bytes than the 1000 that it states/);
  });

  it("says so where a file has more bytes than it states, or fewer", async () => {
    const text = strToU8("stop,0,0,20,20,\nstop,30,30,50,50,\n");
    const zip = zipSync({ "a.txt": [text, { level: 9 }] });
    const reading = async (states: number) =>
      await userError(async () => {
        await (await zipFiles(changed(zip, text.length, states), "a.zip")).read("a.txt");
      });
    expect(await reading(16)).toMatch(/is damaged: it has more bytes than the 16 that it states/);
    expect(await reading(99)).toMatch(/is damaged: it has fewer bytes than the 99 that it states/);
  });

  it("says so where a single bit of a file is another", async () => {
    const zip = zipSync({ "a.txt": [strToU8("stop,10,10,20,20,"), { level: 0 }] });
    // 10 becomes 00: still a box, and another one.
    const at = strFromU8(zip, true).indexOf("10,10");
    zip[at] ^= 1;
    expect(await userError(async () => (await zipFiles(zip, "a.zip")).read("a.txt"))).toBe(
      "a.txt in a.zip is damaged: its checksum is another; get a fresh copy.",
    );
  });

  it("with a name twice is read by the first of the two, and says so", async () => {
    const zip = zipSync({
      "a.txt": strToU8("stop,0,0,20,20,"),
      "b.txt": strToU8("stop,0,0,40,40,"),
      "c.jpg": photo,
    });
    const twice = strFromU8(zip, true).replaceAll("b.txt", "a.txt");
    const files = await zipFiles(strToU8(twice, true), "a.zip");
    expect(files.paths).toEqual(["a.txt", "c.jpg"]);
    expect(strFromU8(await files.read("a.txt"))).toBe("stop,0,0,20,20,");
    const { report } = await read(files);
    expect(report).toContain("a.txt: a.zip holds several files of this name; the first is read");
  });

  it("says what is wrong with an entry that is encrypted, or packed otherwise", async () => {
    const zip = zipSync({ "a.txt": strToU8("stop") });
    const entry = strFromU8(zip, true).indexOf("PK\x01\x02");
    const reading = async (at: number, value: number) => {
      const copy = Uint8Array.from(zip);
      copy[entry + at] = value;
      return await userError(async () => (await zipFiles(copy, "a.zip")).read("a.txt"));
    };
    expect(await reading(8, 1)).toMatch(/a\.txt is encrypted: make a zip file without a password/);
    expect(await reading(10, 12)).toMatch(/a way that is not read \(12\): .* with Deflate/);
  });

  it("with more than 65,535 files has its numbers elsewhere, and is read as well", async () => {
    const zip = zipSync({ "a.txt": strToU8("stop") });
    const end = strFromU8(zip, true).indexOf("PK\x05\x06");
    const view = new DataView(zip.buffer, zip.byteOffset);
    // The end of 64 bits, its locator, and an end that refers to them.
    const wide = new Uint8Array(56 + 20 + 22);
    const to = new DataView(wide.buffer);
    to.setUint32(0, 0x06064b50, true);
    to.setBigUint64(32, 1n, true);
    to.setBigUint64(48, BigInt(view.getUint32(end + 16, true)), true);
    to.setUint32(56, 0x07064b50, true);
    to.setBigUint64(64, BigInt(end), true);
    wide.set(zip.subarray(end), 76);
    to.setUint16(86, 0xffff, true);
    to.setUint32(92, 0xffffffff, true);
    const files = await zipFiles(Uint8Array.from([...zip.subarray(0, end), ...wide]), "a.zip");
    expect(strFromU8(await files.read("a.txt"))).toBe("stop");
  });

  it("of Windows has its folders parted by backslashes", async () => {
    const zip = zipSync({
      "d\\images\\a.jpg": photo,
      "d\\labels\\a.txt": strToU8("0 0.5 0.5 0.2 0.4"),
      "d\\classes.txt": strToU8("stop"),
      "d\\empty\\": new Uint8Array(0),
    });
    const { photographs, summary, report } = await read(await zipFiles(zip, "a.zip"));
    expect(photographs.map(({ name, boxes }) => [name, boxes.map((box) => box.name)])).toEqual([
      ["d/images/a.jpg", ["stop"]],
    ]);
    expect([...summary, ...report]).toEqual([]);
  });

  it("is refused where its files share their bytes", async () => {
    const zip = zipSync({ "a.txt": strToU8("stop"), "b.txt": strToU8("stop") });
    // The second entry of the table of contents points at the first one's content.
    const table = strFromU8(zip, true).lastIndexOf("PK\x01\x02");
    new DataView(zip.buffer).setUint32(table + 42, 0, true);
    await expect(zipFiles(zip, "a.zip")).rejects.toThrow(/a\.zip is damaged: files in it overlap/);
  });

  it("is refused where it unpacks to many times its size, before anything is unpacked", async () => {
    const zeros = new Uint8Array(90_000_000);
    const packed = zipSync({ "0.ppm": zeros });
    const names = Array.from({ length: 6 }, (_, i) => `${i}.ppm`);
    // As if each were written out: their tables of contents, one behind the other.
    const content = strFromU8(packed, true);
    const [table, end] = [content.indexOf("PK\x01\x02"), content.indexOf("PK\x05\x06")];
    const own = content.slice(0, table);
    const tables = names.map((name, i) => {
      const copy = strToU8(content.slice(table, end).replace("0.ppm", name), true);
      new DataView(copy.buffer).setUint32(42, i * own.length, true);
      return strFromU8(copy, true);
    });
    const tail = strToU8(content.slice(end), true);
    const view = new DataView(tail.buffer);
    view.setUint16(8, names.length, true);
    view.setUint16(10, names.length, true);
    view.setUint32(12, tables.join("").length, true);
    view.setUint32(16, names.length * own.length, true);
    const whole = names.map((name) => own.replace("0.ppm", name)).join("") + tables.join("");
    const zip = strToU8(whole + strFromU8(tail, true), true);
    const begun = performance.now();
    await expect(zipFiles(zip, "a.zip")).rejects.toThrow(/a\.zip unpacks to 540 MB; at most 500/);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it("never fails but with a message, whatever byte of it is another", async () => {
    const zip = zipSync({ "a.txt": strToU8("stop,0,0,20,20,"), "b.jpg": photo });
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), fc.nat(50), async (at, value, cut) => {
        const copy = zip.slice(0, zip.length - (value % 2) * cut);
        copy[at] = value;
        await onlyUserErrors(async () => {
          const files = await zipFiles(copy, "a.zip");
          for (const path of files.paths) await onlyUserErrors(async () => await files.read(path));
        });
      }),
    );
  });
});
