/** The photographs that a line of arguments names: read, split into halves, packed for the GPU. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { differenceHash, splitAlike, type Photograph } from "../data/photographs.ts";
import type { SignSet } from "../data/sign-atlas.ts";
import { pictureEntry } from "../layers/scene.ts";
import { presets, type PresetName } from "../models/detector-presets.ts";
import { readPhotoDir } from "../node/photo-dir.ts";
import { packFor, type Photographs } from "../training/detector-pictures.ts";
import { UsageError, type Options } from "./usage.ts";

export interface PhotoSet {
  readonly name: string;
  readonly photographs: readonly Photograph[];
  /** Numbers within the set. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Reads the folders that --data names, each split into halves. */
export async function readPhotoSets(
  given: Options,
  set: SignSet,
  seed: number,
): Promise<PhotoSet[]> {
  const words = ((given["data"] as string | undefined) ?? "scenes").split(",").filter(Boolean);
  const sets: PhotoSet[] = [];
  for (const word of words) {
    if (word === "scenes") continue;
    // A class may stand behind the folder; folders of that very name come first.
    const cut = existsSync(word) ? -1 : word.lastIndexOf(":");
    const dir = cut < 0 ? word : word.slice(0, cut);
    const as = cut < 0 ? undefined : word.slice(cut + 1);
    if (!existsSync(dir)) throw new UsageError(`--data names ${dir}, which does not exist.`);
    const { photographs, report } = await readPhotoDir(dir, set, as);
    for (const line of report.slice(0, 20)) console.error(`${dir}: ${line}`);
    if (report.length > 20) console.error(`${dir}: and ${report.length - 20} more`);
    const hashes = photographs.map(({ picture }) => differenceHash(picture));
    const split = splitAlike(hashes, 0.5, seed);
    console.error(
      `${dir}: ${photographs.length} photographs, ${photographs.reduce((n, { signs }) => n + signs.length, 0)} signs; ` +
        `${split.train.length} to train on, ${split.test.length} to measure on`,
    );
    sets.push({ name: basename(dir), photographs, ...split });
  }
  return sets;
}

/** Lays sets out for the GPU. */
export function packSets(
  sets: readonly PhotoSet[],
  preset: PresetName,
): {
  packed: Photographs | null;
  trainOn: number[];
  /** Entries to measure on, by the set's name. */
  tests: Map<string, number[]>;
  sha256: string | null;
} {
  const all = sets.flatMap(({ photographs }) => photographs);
  if (all.length === 0) return { packed: null, trainOn: [], tests: new Map(), sha256: null };
  const packed = packFor(presets[preset], all);
  const trainOn: number[] = [];
  const tests = new Map<string, number[]>();
  let first = 0;
  for (const { name, photographs, train, test } of sets) {
    trainOn.push(...train.map((i) => first + i));
    tests.set(
      name,
      test.map((i) => pictureEntry("plain", first + i)),
    );
    first += photographs.length;
  }
  const hash = createHash("sha256")
    .update(packed.pixels)
    .update(new Uint8Array(packed.facts.buffer));
  return { packed, trainOn, tests, sha256: hash.digest("hex") };
}
