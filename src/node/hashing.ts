/** Hashes by Node's own OpenSSL, where it has them. */
import { createHash } from "node:crypto";
import { portableHasher, type MakeHasher } from "../signing/hashing.ts";

export const nodeHasher: MakeHasher = async (name) => {
  switch (name) {
    case "sha256":
      return createHash("sha256");
    case "blake2b":
      return createHash("blake2b512");
    case "blake3":
      return await portableHasher(name);
  }
};
