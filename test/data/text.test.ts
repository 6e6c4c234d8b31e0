/** Texts come out the same in whatever encoding they were written. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { decodeText, decodeXml } from "../../src/data/text.ts";

const TEXT = "stop 1\nÜberholverbot é\n";
const utf8 = new TextEncoder().encode(TEXT);
const utf16 = (little: boolean) => {
  const view = new DataView(new ArrayBuffer(2 * TEXT.length));
  for (let i = 0; i < TEXT.length; i++) view.setUint16(2 * i, TEXT.charCodeAt(i), little);
  return new Uint8Array(view.buffer);
};
const latin1 = Uint8Array.from(TEXT, (letter) => letter.charCodeAt(0));
const marked = (mark: number[], bytes: Uint8Array) => new Uint8Array([...mark, ...bytes]);

describe("a text", () => {
  it.each([
    ["UTF-8", utf8],
    ["UTF-8 with a mark", marked([0xef, 0xbb, 0xbf], utf8)],
    ["UTF-16 with a mark", marked([0xff, 0xfe], utf16(true))],
    ["UTF-16 with a mark, high bytes first", marked([0xfe, 0xff], utf16(false))],
    ["UTF-16 without a mark", utf16(true)],
    ["UTF-16 without a mark, high bytes first", utf16(false)],
    ["Windows' Western alphabet", latin1],
  ])("is read in %s", (_, bytes) => {
    expect(decodeText(bytes)).toBe(TEXT);
  });

  it("may be empty or a single byte", () => {
    expect(decodeText(new Uint8Array(0))).toBe("");
    expect(decodeText(new Uint8Array([65]))).toBe("A");
  });
});

describe("an XML file", () => {
  const head = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
  const plain = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

  it("is read in the encoding that it declares", () => {
    // 0xa4 is the euro sign in ISO-8859-15, and another sign in its elder sister.
    expect(decodeXml(plain(`${head("ISO-8859-15")}\xa4`))).toMatch(/€$/);
    expect(decodeXml(plain(`${head("ISO-8859-1")}\xdc`))).toMatch(/Ü$/);
    // Koi8: 0xc1 is the Cyrillic a.
    expect(decodeXml(plain(`${head("KOI8-R")}\xc1`))).toMatch(/а$/);
  });

  it("is read in the encoding that it has, where it declares another", () => {
    const bytes = marked([0xff, 0xfe], utf16(true));
    expect(decodeXml(bytes)).toBe(TEXT);
    expect(decodeXml(new TextEncoder().encode(`${head("utf-16")}Ü`))).toMatch(/Ü$/);
  });

  it("is refused in an encoding that nobody knows", () => {
    expect(() => decodeXml(plain(head("klingon-1")))).toThrow(UserError);
  });
});
