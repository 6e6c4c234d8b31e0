/** What the page makes of errors: they lose their class on the way out of a worker, not their name. */
import type { Message } from "./notice-list.ts";

/** The engine died with what was asked of it; its connection tells of it, and starts another. */
export function wasLost(error: unknown): boolean {
  return error instanceof Error && error.name === "EngineLost";
}

/** Something was ended of which there is nothing to say, or somebody else says it. */
export function wasCancelled(error: unknown): boolean {
  return (
    wasLost(error) || (error instanceof Error && ["Cancelled", "AbortError"].includes(error.name))
  );
}

/** A device was lost, or had no memory left. */
export function isGpuTrouble(error: unknown): boolean {
  return error instanceof Error && error.name === "GpuError";
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error as the page shows it. */
export function messageOf(error: unknown): Message {
  return { key: `error ${performance.now()}`, kind: "error", text: textOf(error) };
}
