/** Hashes of streams, which Web Crypto has none of: the registry's three algorithms, piece by piece. */

/** As the OpenSSF's registry of algorithms names them, with the bytes of a digest. */
export const hashSizes = { sha256: 32, blake2b: 64, blake3: 32 } as const;
export type HashName = keyof typeof hashSizes;

export interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Begins a hash. Node's own is several times as fast as the portable one. */
export type MakeHasher = (name: HashName) => Promise<Hasher>;

/** In plain JavaScript, for browsers. */
export const portableHasher: MakeHasher = async (name) => {
  switch (name) {
    case "sha256":
      return (await import("@noble/hashes/sha2.js")).sha256.create();
    case "blake2b":
      return (await import("@noble/hashes/blake2.js")).blake2b.create({ dkLen: hashSizes.blake2b });
    case "blake3":
      return (await import("@noble/hashes/blake3.js")).blake3.create({});
  }
};
