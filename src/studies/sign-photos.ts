/** Photographs in the sign study: split into what is trained on and what measures, and laid out for the GPU. */
import { sha256Hex } from "../data/digest.ts";
import { splitAlike, type Photograph } from "../data/photographs.ts";
import { pictureEntry } from "../layers/scene.ts";
import type { DetectorPreset } from "../models/detector-presets.ts";
import { packFor, type Photographs } from "../training/detector-pictures.ts";

/** Share of the photographs that is trained on; the others measure. */
const TRAIN_SHARE = 0.5;

export interface PhotoSet {
  readonly name: string;
  readonly photographs: readonly Photograph[];
  /** Numbers within the set. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Splits photographs so that those which look alike stay together. */
export function photoSet(
  name: string,
  photographs: readonly Photograph[],
  hashes: readonly bigint[],
  seed: number,
): PhotoSet {
  return { name, photographs, ...splitAlike(hashes, TRAIN_SHARE, seed) };
}

export interface PackedSets {
  readonly packed: Photographs | null;
  /** Numbers of the packed photographs to train on. */
  readonly trainOn: readonly number[];
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
  if (all.length === 0) return { packed: null, trainOn: [], tests: new Map(), sha256: null };
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
  const content = new Blob([packed.pixels, packed.facts]);
  const sha256 = await sha256Hex(new Uint8Array(await content.arrayBuffer()));
  return { packed, trainOn, tests, sha256 };
}
