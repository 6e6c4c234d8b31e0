/** SHA-256 as the platform computes it, in the browser and in Node alike. */

/** The SHA-256 of some bytes, as 64 lower-case hexadecimal digits. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  // The digest takes no memory that could be shared between threads.
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : null;
  const digest = await crypto.subtle.digest("SHA-256", own ?? new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
