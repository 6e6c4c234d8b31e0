/** The page's end of the sign engine's port. */
import type { Opened } from "../studies/port.ts";
import type { SignEngine } from "./sign-engine.ts";
import type { SignSnapshot } from "../studies/signs/port.ts";
import { SnapshotClient } from "./snapshot-client.ts";
// oxlint-disable-next-line import/default -- Vite makes it
import workerUrl from "./sign-worker.ts?worker&url";

export type SignClient = SnapshotClient<SignEngine, SignSnapshot>;

/** Starts the worker and opens a device in it. */
export async function openSignClient(): Promise<SignClient | Exclude<Opened, { ok: true }>> {
  return await SnapshotClient.open<SignEngine, SignSnapshot>(workerUrl);
}
