/**
 * Memory of what a step needs for a while only: tensors whose live ranges don't overlap
 * share it. Planned once, when the lists of dispatches are known, before any of it is allocated.
 */
import type { DispatchSpec } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";
import { mebibytes, type Memory, type Tensor } from "./tensor.ts";

/** From which to which dispatch something is needed, both included, by the number of the list. */
export type LiveRanges = ReadonlyMap<number, readonly [first: number, last: number]>;

export interface MemoryPlan {
  /** Bytes of all the tensors that were placed, and what they take now that they share. */
  readonly apart: number;
  readonly shared: number;
}

/** What a device must hold for a model, in a sentence's words. */
export function describeMemory(bytes: number, plan: MemoryPlan | null): string {
  const whole = `${mebibytes(bytes)} on the GPU`;
  if (!plan) return whole;
  const { apart, shared } = plan;
  return `${whole}, ${mebibytes(shared)} of it shared by activations of ${mebibytes(apart)}`;
}

/**
 * Lets the scratch tensors of these lists share buffers.
 * @param lists each runs as a whole, one after another, and finds nothing in scratch that it did not write
 * @param kept tensors that are read after a list, so that they live to its end
 */
export function shareMemory(
  gpu: Gpu,
  lists: readonly (readonly DispatchSpec[])[],
  kept: readonly Tensor[],
): MemoryPlan {
  const liveRanges = liveRangesOf(lists, kept);
  const memories = [...liveRanges.keys()];
  const slots = assignSlots(
    memories.map((memory) => ({
      byteLength: memory.byteLength,
      liveRanges: liveRanges.get(memory)!,
    })),
  );
  const largest = new Map<number, Memory>();
  for (const [i, memory] of memories.entries()) {
    const known = largest.get(slots[i]);
    if (!known || known.byteLength < memory.byteLength) largest.set(slots[i], memory);
  }
  for (const memory of largest.values()) gpu.allocate(memory);
  for (const [i, memory] of memories.entries()) memory.buffer = largest.get(slots[i])!.buffer;
  const total = (some: Iterable<Memory>) =>
    [...some].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { apart: total(memories), shared: total(largest.values()) };
}

/** When each memory that has no buffer yet is needed. */
function liveRangesOf(
  lists: readonly (readonly DispatchSpec[])[],
  kept: readonly Tensor[],
): Map<Memory, LiveRanges> {
  const keptMemories = new Set(kept.map(({ memory }) => memory));
  const liveRanges = new Map<Memory, Map<number, [number, number]>>();
  for (const [l, list] of lists.entries()) {
    for (const [at, { reads, writes }] of list.entries()) {
      for (const { memory } of [...Object.values(reads), ...Object.values(writes)]) {
        if (memory.buffer) continue;
        const ofMemory = liveRanges.get(memory) ?? new Map<number, [number, number]>();
        liveRanges.set(memory, ofMemory);
        const known = ofMemory.get(l);
        if (!known && !Object.values(writes).some((tensor) => tensor.memory === memory)) {
          throw new Error(`${memory.label} is read before anything in its list has written it`);
        }
        const [first] = known ?? [at];
        ofMemory.set(l, [first, keptMemories.has(memory) ? list.length : at]);
      }
    }
  }
  return liveRanges;
}

/**
 * Gives each item a slot, so that no two whose live ranges overlap have the same one. The long ones choose
 * first: each takes the first slot that is free whenever it is needed, and so is long enough.
 * @returns numbers of slots, in the order of the items
 */
export function assignSlots(
  items: readonly { readonly byteLength: number; readonly liveRanges: LiveRanges }[],
): number[] {
  const assigned: number[] = [];
  /** What each slot is taken for by now. */
  const slots: LiveRanges[][] = [];
  const byLength = [...items.keys()].sort((a, b) => items[b].byteLength - items[a].byteLength);
  for (const i of byLength) {
    const { liveRanges } = items[i];
    const free = slots.findIndex((taken) => !taken.some((other) => overlap(liveRanges, other)));
    const slot = free < 0 ? slots.length : free;
    (slots[slot] ??= []).push(liveRanges);
    assigned[i] = slot;
  }
  return assigned;
}

function overlap(a: LiveRanges, b: LiveRanges): boolean {
  for (const [list, [first, last]] of a) {
    const other = b.get(list);
    if (other && first <= other[1] && other[0] <= last) return true;
  }
  return false;
}
