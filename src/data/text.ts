/** Texts of unknown encoding: label files come from every editor and every system. */
import { UserError } from "../errors.ts";

/** How a text's first bytes tell its encoding. */
const MARKS: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** A text's encoding by its mark, or by where zeros stand in a text of mostly plain letters. */
function encodingOf(bytes: Uint8Array): string | null {
  const marked = MARKS.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte));
  if (marked) return marked[0];
  if (bytes.length < 2 || bytes.length % 2 !== 0) return null;
  const [first, second] = [bytes[0] === 0, bytes[1] === 0];
  if (first === second) return null;
  return first ? "utf-16be" : "utf-16le";
}

/**
 * A text in UTF-8 or UTF-16, with or without a mark; what is neither is taken for Windows' Western
 * alphabet, in which every byte means something.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The declaration at the beginning of an XML file, whose letters are the same in almost all encodings. */
const DECLARED = /^<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})["']/;

/** An XML file in the encoding that it has or declares. @throws UserError where that is not known */
export function decodeXml(bytes: Uint8Array): string {
  if (encodingOf(bytes)) return decodeText(bytes);
  const beginning = new TextDecoder("windows-1252").decode(bytes.subarray(0, 512));
  const declared = DECLARED.exec(beginning.trimStart())?.[1];
  if (declared === undefined || /^utf-?(8|16)$/i.test(declared)) return decodeText(bytes);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(declared);
  } catch {
    throw new UserError(`the encoding ${declared} is not known: save the file in UTF-8.`);
  }
  return decoder.decode(bytes);
}
