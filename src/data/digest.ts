/** SHA-256 as the platform computes it, in the browser and in Node alike. */

/** The SHA-256 of some bytes, as 64 lower-case hexadecimal digits. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  // A copy, because the digest takes no memory that could be shared between threads.
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
