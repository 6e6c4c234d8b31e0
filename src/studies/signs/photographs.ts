/** Photographs in the sign study: split into what is trained on and what measures, and laid out for the GPU. */
import { sha256Hex } from "../../data/digest.ts";
import { groupSplit, nearDuplicateGroups } from "../../data/near-duplicates.ts";
import type { Photograph } from "../../data/photographs.ts";
import { pictureEntry } from "../../layers/scene.ts";
import type { DetectorPreset } from "../../models/detector-presets.ts";
import { packFor, type Photographs } from "../../training/detector-pictures.ts";

/** Share of the photographs that is trained on; the others measure. */
const TRAIN_SHARE = 0.5;

/** A folder's photographs before they are split. */
export interface NamedPhotographs {
  readonly name: string;
  readonly photographs: readonly Photograph[];
  /** What each looks like: see differenceHash. */
  readonly hashes: readonly bigint[];
}

export interface PhotoSet extends NamedPhotographs {
  /** Numbers within the set. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Splits photographs so that those which look alike stay together, in whatever sets they are. */
export function splitSets(sets: readonly NamedPhotographs[], seed: number): PhotoSet[] {
  // A set alone keeps its list, by which the groups of what looks alike are remembered.
  const hashes = sets.length === 1 ? sets[0].hashes : sets.flatMap((set) => set.hashes);
  const { train } = groupSplit(hashes, TRAIN_SHARE, seed);
  const trained = new Set(train);
  let first = 0;
  return sets.map((set) => {
    const start = first;
    first += set.photographs.length;
    const numbers = [...set.photographs.keys()];
    return {
      ...set,
      train: numbers.filter((i) => trained.has(start + i)),
      test: numbers.filter((i) => !trained.has(start + i)),
    };
  });
}

/** A single set, split. */
export function photoSet(
  name: string,
  photographs: readonly Photograph[],
  hashes: readonly bigint[],
  seed: number,
): PhotoSet {
  return splitSets([{ name, photographs, hashes }], seed)[0];
}

/**
 * Finds what a detector must not be measured on.
 * @param seen hashes of the photographs that it was trained on
 * @returns for each set, the numbers of the photographs that are among those, or look like one of them
 */
export function nearDuplicatesOf(
  sets: readonly NamedPhotographs[],
  seen: readonly bigint[],
): ReadonlySet<number>[] {
  if (seen.length === 0) return sets.map(() => new Set());
  const groups = nearDuplicateGroups([...seen, ...sets.flatMap(({ hashes }) => hashes)]);
  const known = new Set(groups.filter((group) => group.some((i) => i < seen.length)).flat());
  let first = seen.length;
  return sets.map(({ photographs }) => {
    const start = first;
    first += photographs.length;
    return new Set([...photographs.keys()].filter((i) => known.has(start + i)));
  });
}

export interface PackedSets {
  readonly packed: Photographs | null;
  /** Numbers of the packed photographs to train on. */
  readonly trainOn: readonly number[];
  /** What those look like: see differenceHash. */
  readonly seen: readonly bigint[];
  /** Entries to measure on, by the set's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
  /** Of everything packed; null where there is nothing. */
  readonly sha256: string | null;
}

/** Lays sets out for the GPU. */
export async function packSets(
  sets: readonly PhotoSet[],
  preset: DetectorPreset,
): Promise<PackedSets> {
  const all = sets.flatMap(({ photographs }) => photographs);
  if (all.length === 0) {
    return { packed: null, trainOn: [], seen: [], tests: new Map(), sha256: null };
  }
  const packed = packFor(preset, all);
  const trainOn: number[] = [];
  const tests = new Map<string, number[]>();
  let first = 0;
  for (const { name, photographs, train, test } of sets) {
    const start = first;
    trainOn.push(...train.map((i) => start + i));
    tests.set(
      name,
      test.map((i) => pictureEntry("plain", start + i)),
    );
    first += photographs.length;
  }
  const seen = sets.flatMap(({ hashes, train }) => train.map((i) => hashes[i]));
  const content = new Blob([packed.pixels, packed.annotations]);
  const sha256 = await sha256Hex(new Uint8Array(await content.arrayBuffer()));
  return { packed, trainOn, seen, tests, sha256 };
}
