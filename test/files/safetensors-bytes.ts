/** Files in the safetensors format, byte by byte, and why they are refused. */
import { expect } from "vitest";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { userError } from "../data/samples.ts";

/** A file with this header, as text or as what JSON makes of it, and `length` bytes of data. */
export function file(header: unknown, length = 0): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  return fileOfBytes(new TextEncoder().encode(text), length);
}

export function fileOfBytes(header: Uint8Array, length = 0): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

/** Why a file named "net" is refused. */
export async function refusal(bytes: Uint8Array): Promise<string> {
  const message = await userError(() => readSafetensors(bytes, "net"));
  expect(message).toMatch(/^net is not a usable safetensors file: .+\.$/s);
  return message.slice("net is not a usable safetensors file: ".length, -1);
}

/** A header entry for bytes `begin` to `end`. */
export function f32(shape: unknown, begin: unknown, end: unknown) {
  return { dtype: "F32", shape, data_offsets: [begin, end] };
}
