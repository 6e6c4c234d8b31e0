/** The little of ASN.1's DER that keys and signatures need: elements read strictly, written, and ECDSA's pair of numbers. */

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

export const TAGS = { integer: 2, bits: 3, octets: 4, oid: 6, sequence: 0x30 } as const;

/**
 * The elements that some bytes consist of, one after the other.
 * @throws RangeError where they are not DER: a length of another form than the shortest, or bytes that are missing
 */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at];
    let length = bytes[at + 1];
    let begin = at + 2;
    if ((tag & 0x1f) === 0x1f || !(length < 0x85) || length === 0x80)
      throw new RangeError("no DER");
    if (length > 0x80) {
      const digits = bytes.subarray(begin, begin + length - 0x80);
      begin += digits.length;
      length = digits.reduce((sum, digit) => 256 * sum + digit, 0);
      if (digits[0] === 0 || length < 0x80) throw new RangeError("a length is not the shortest");
    }
    if (!(begin + length <= bytes.length)) throw new RangeError("bytes are missing");
    elements.push({ tag, content: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return elements;
}

/** The parts of a sequence that is all there is. @throws RangeError where there is anything else */
export function readSequence(bytes: Uint8Array): DerElement[] {
  const [{ tag, content }, ...more] = [...readDer(bytes), { tag: 0, content: bytes }];
  if (tag !== TAGS.sequence || more.length !== 1) throw new RangeError("no sequence");
  return readDer(content);
}

/** An element of that tag around some bytes. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + digits.length, ...digits];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * ECDSA's signature as other tools write it, out of what Web Crypto gives.
 * @param raw r and s, of one length, the highest byte first
 */
export function signatureToDer(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = raw.length / 2;
  const numbers = [raw.subarray(0, half), raw.subarray(half)].map((number) => {
    const first = number.findIndex((byte) => byte !== 0);
    const digits = first === -1 ? number.subarray(-1) : number.subarray(first);
    // A highest bit that is set would mean a negative number.
    const sign = digits[0] >= 0x80 ? [Uint8Array.of(0)] : [];
    return writeDer(TAGS.integer, ...sign, digits);
  });
  return writeDer(TAGS.sequence, ...numbers);
}

/**
 * And the other way round.
 * @param size bytes of each number
 * @returns null where it is no signature of that size
 */
export function signatureFromDer(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
  const raw = new Uint8Array(2 * size);
  try {
    const numbers = readSequence(der);
    if (numbers.length !== 2) return null;
    for (const [i, { tag, content }] of numbers.entries()) {
      const padded = content[0] === 0 && content.length > 1;
      const digits = padded ? content.subarray(1) : content;
      // Two forms of one number would be two signatures.
      const sole = padded ? content[1] >= 0x80 : content[0] < 0x80;
      if (tag !== TAGS.integer || !sole || digits.length > size) return null;
      raw.set(digits, (i + 1) * size - digits.length);
    }
    return raw;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
