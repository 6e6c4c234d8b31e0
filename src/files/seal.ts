/** The digest that a file of this tool carries: SHA-256 of all its bytes, with the digest's own digits as zeros. */
import { sha256Hex } from "../data/digest.ts";

/** The metadata's key, and what stands there while the digest is computed. */
export const SEAL = "sha256";
export const BLANK = "0".repeat(64);

/** Writes the digest into a safetensors file whose metadata has a blank one. */
export async function seal(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const at = placeOf(bytes);
  if (at === null) throw new Error("the file has no place for its digest");
  fill(bytes, at, BLANK);
  fill(bytes, at, await sha256Hex(bytes));
}

/** Whether a file's digest is there and is that of its bytes. */
export async function isSealed(bytes: Uint8Array): Promise<boolean> {
  const at = placeOf(bytes);
  if (at === null) return false;
  const blank = new Uint8Array(bytes);
  fill(blank, at, BLANK);
  const digest = await sha256Hex(blank);
  fill(blank, at, digest);
  return blank.subarray(at, at + BLANK.length).every((digit, i) => digit === bytes[at + i]);
}

/** Where the digest's digits begin: no text in JSON can look like that key, since its quotes would be escaped. */
function placeOf(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = bytes.subarray(8, 8 + Number(view.getBigUint64(0, true)));
  // A character for each byte, whatever it is.
  const match = /"sha256":"[0-9a-f]{64}"/.exec(new TextDecoder("latin1").decode(header));
  return match && 8 + match.index + `"${SEAL}":"`.length;
}

function fill(bytes: Uint8Array, at: number, digits: string): void {
  for (let i = 0; i < digits.length; i++) bytes[at + i] = digits.charCodeAt(i);
}
