/** The table of contents of a zip file, which stands at its end: where each entry lies, and what it states. */
import { strFromU8 } from "fflate";

export interface ZipEntry {
  readonly name: string;
  /** How it is compressed: 0 not at all, 8 as Deflate has it. */
  readonly method: number;
  readonly encrypted: boolean;
  /** Of what it unpacks to. */
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  /** Where its own header stands, before its content. */
  readonly offset: number;
}

/** Signatures, as the bytes "PK" and two more are read. */
const END = 0x06054b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** The end's own length, and of the longest comment behind it. */
const END_BYTES = 22;
const COMMENT_BYTES = 0xffff;

/** In place of a number that has 64 bits elsewhere. */
const ELSEWHERE_16 = 0xffff;
const ELSEWHERE_32 = 0xffffffff;

/** @throws RangeError or TypeError where the bytes are no zip file, or a damaged one */
export function readDirectory(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEnd(view);
  let count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === ELSEWHERE_16 || at === ELSEWHERE_32) {
    // A locator before the end says where the numbers of 64 bits stand.
    const end64 = Number(view.getBigUint64(end - 12, true));
    mustBe(view, end64, END_64);
    count = Number(view.getBigUint64(end64 + 32, true));
    at = Number(view.getBigUint64(end64 + 48, true));
  }
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    mustBe(view, at, ENTRY);
    const flags = view.getUint16(at + 8, true);
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const wide = wideNumbers(view, at + 46 + name, extra);
    const number = (field: number) => {
      const value = view.getUint32(at + field, true);
      return value === ELSEWHERE_32 ? (wide.shift() ?? value) : value;
    };
    // In this order, as that is the order of the numbers elsewhere.
    const unpacked = number(24);
    const packed = number(20);
    entries.push({
      name: strFromU8(bytes.subarray(at + 46, at + 46 + name), (flags & 0x800) === 0),
      method: view.getUint16(at + 10, true),
      encrypted: (flags & 1) !== 0,
      crc: view.getUint32(at + 16, true),
      packed,
      unpacked,
      offset: number(42),
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}

/** An entry's content as it is packed. @throws RangeError where it is cut short */
export function packedContent(bytes: Uint8Array, { offset, packed }: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  mustBe(view, offset, LOCAL);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw new RangeError("an entry goes on after the end");
  return bytes.subarray(start, start + packed);
}

function mustBe(view: DataView, at: number, signature: number): void {
  if (view.getUint32(at, true) !== signature) throw new RangeError(`no signature at ${at}`);
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new RangeError("no end of a zip file");
}

/** The numbers of 64 bits among an entry's extra fields. */
function wideNumbers(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length;) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      return Array.from({ length: Math.floor(size / 8) }, (_, i) =>
        Number(view.getBigUint64(at + 4 + 8 * i, true)),
      );
    }
    at += 4 + size;
  }
  return [];
}
