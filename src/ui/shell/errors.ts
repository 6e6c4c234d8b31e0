/** What the page makes of errors: they lose their class on the way out of a worker, not their name. */
import type { Message } from "./notice-list.ts";

/** Something was ended because nobody wants it any more; nothing went wrong. */
export function wasCancelled(error: unknown): boolean {
  return error instanceof Error && ["Cancelled", "AbortError"].includes(error.name);
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
