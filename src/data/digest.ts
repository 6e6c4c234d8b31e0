/** SHA-256 as the platform computes it, in the browser and in Node alike. */
import { toHex } from "./base64.ts";

/** The SHA-256 of some bytes, as 64 lower-case hexadecimal digits. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  // The digest takes no memory that could be shared between threads.
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : null;
  const digest = await crypto.subtle.digest("SHA-256", own ?? new Uint8Array(bytes));
  return toHex(new Uint8Array(digest));
}
