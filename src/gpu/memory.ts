/**
 * Memory of what a step needs for a while only: tensors whose lives don't overlap share it. Planned once,
 * when the lists of dispatches are known, before any of it is allocated.
 */
import type { DispatchSpec } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";
import { mebibytes, type Memory, type Tensor } from "./tensor.ts";

/** From which to which dispatch something is needed, both included, by the number of the list. */
export type Lives = ReadonlyMap<number, readonly [first: number, last: number]>;

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
  const lives = livesOf(lists, kept);
  const memories = [...lives.keys()];
  const places = placeByLives(
    memories.map((memory) => ({ byteLength: memory.byteLength, lives: lives.get(memory)! })),
  );
  const first = new Map<number, Memory>();
  for (const [i, memory] of memories.entries()) {
    const owner = first.get(places[i]);
    // The longest comes first in its place: see placeByLives.
    if (!owner || owner.byteLength < memory.byteLength) first.set(places[i], memory);
  }
  for (const owner of first.values()) gpu.allocate(owner);
  for (const [i, memory] of memories.entries()) memory.buffer = first.get(places[i])!.buffer;
  const total = (some: Iterable<Memory>) =>
    [...some].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { apart: total(memories), shared: total(first.values()) };
}

/** When each memory that has no buffer yet is needed. */
function livesOf(
  lists: readonly (readonly DispatchSpec[])[],
  kept: readonly Tensor[],
): Map<Memory, Map<number, [number, number]>> {
  const keptMemories = new Set(kept.map(({ memory }) => memory));
  const lives = new Map<Memory, Map<number, [number, number]>>();
  for (const [l, list] of lists.entries()) {
    for (const [at, { reads, writes }] of list.entries()) {
      for (const { memory } of [...Object.values(reads), ...Object.values(writes)]) {
        if (memory.buffer) continue;
        const ofMemory = lives.get(memory) ?? new Map<number, [number, number]>();
        lives.set(memory, ofMemory);
        const known = ofMemory.get(l);
        if (!known && !Object.values(writes).some((tensor) => tensor.memory === memory)) {
          throw new Error(`${memory.label} is read before anything in its list has written it`);
        }
        const [first] = known ?? [at];
        ofMemory.set(l, [first, keptMemories.has(memory) ? list.length : at]);
      }
    }
  }
  return lives;
}

/**
 * Gives each item a place, so that no two whose lives overlap in any list have the same one. The long
 * ones choose first: each takes the first place that is free all its life, and is long enough.
 * @returns numbers of places, in the order of the items
 */
export function placeByLives(
  items: readonly { readonly byteLength: number; readonly lives: Lives }[],
): number[] {
  const places: number[] = [];
  const tenants: Lives[][] = [];
  const byLength = [...items.keys()].sort((a, b) => items[b].byteLength - items[a].byteLength);
  for (const i of byLength) {
    const { lives } = items[i];
    const free = tenants.findIndex((others) => !others.some((other) => overlap(lives, other)));
    const place = free < 0 ? tenants.length : free;
    (tenants[place] ??= []).push(lives);
    places[i] = place;
  }
  return places;
}

function overlap(a: Lives, b: Lives): boolean {
  for (const [list, [first, last]] of a) {
    const other = b.get(list);
    if (other && first <= other[1] && other[0] <= last) return true;
  }
  return false;
}
