/** Keys that were made in this browser: kept in it, and used by it, but never shown to anybody. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { generateKey, publicFrom, type PrivateKey } from "../../../signing/keys.ts";

interface Schema extends DBSchema {
  /** Under the key "own". */
  keys: { key: string; value: CryptoKeyPair };
}

const KEY = "own";

async function open(): Promise<IDBPDatabase<Schema>> {
  return await openDB<Schema>("badnets-lab-keys", 1, {
    upgrade: (fresh) => void fresh.createObjectStore("keys"),
  });
}

/** The key of before, if there is one. */
export async function ownKey(): Promise<PrivateKey | null> {
  const database = await open();
  const kept = await database.get("keys", KEY);
  database.close();
  return kept ? { key: kept.privateKey, public: await publicFrom(kept.publicKey, "P-256") } : null;
}

/** Makes a key that cannot be taken out of the browser, in the place of the one before. */
export async function makeOwnKey(): Promise<PrivateKey> {
  const key = await generateKey("P-256", false);
  const database = await open();
  await database.put("keys", { privateKey: key.key, publicKey: key.public.key }, KEY);
  database.close();
  return key;
}

export async function forgetOwnKey(): Promise<void> {
  const database = await open();
  await database.delete("keys", KEY);
  database.close();
}
