/** Numbers of 16 bits as other tools store weights: IEEE half precision, and the upper half of a float ("bfloat16"). */

/** @param data of little-endian half-precision numbers */
export function fromFloat16(data: Uint8Array): Float32Array<ArrayBuffer> {
  return each(data, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** @param data of little-endian bfloat16 numbers */
export function fromBfloat16(data: Uint8Array): Float32Array<ArrayBuffer> {
  const word = new DataView(new ArrayBuffer(4));
  return each(data, (bits) => {
    word.setUint16(0, bits);
    return word.getFloat32(0);
  });
}

function each(data: Uint8Array, value: (bits: number) => number): Float32Array<ArrayBuffer> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return Float32Array.from({ length: data.length / 2 }, (_, i) =>
    value(view.getUint16(2 * i, true)),
  );
}
