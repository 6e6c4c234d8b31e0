/** The photographs that a line of arguments names: read, with classes, split into halves. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as v from "valibot";
import { classify, namesIn, readCollection, type ClassTable } from "../data/photo-collection.ts";
import { signSets, type SignSet } from "../data/sign-atlas.ts";
import { presets } from "../models/detector-presets.ts";
import { collectionAt, decodePicture } from "../node/photo-dir.ts";
import { photoSet, type PhotoSet } from "../studies/sign-photos.ts";
import type { SignRecipe } from "../studies/signs.ts";
import { photoSide } from "../training/detector-pictures.ts";
import { UsageError, type Options } from "./usage.ts";

/** Reads the folders and zip files that --data names, each split into halves. */
export async function readPhotoSets(
  given: Options,
  { set, preset, seed }: Pick<SignRecipe, "set" | "preset" | "seed">,
): Promise<PhotoSet[]> {
  const words = ((given["data"] as string | undefined) ?? "scenes").split(",").filter(Boolean);
  const chosen = await ownTable(given, set);
  const sets: PhotoSet[] = [];
  for (const word of words) {
    if (word === "scenes") continue;
    // A class may stand behind the folder; folders of that very name come first.
    const cut = existsSync(word) ? -1 : word.lastIndexOf(":");
    const path = cut < 0 ? word : word.slice(0, cut);
    const as = cut < 0 ? undefined : word.slice(cut + 1);
    if (!existsSync(path)) throw new UsageError(`--data names ${path}, which does not exist.`);
    const all = as === undefined ? undefined : labelOf(set, as);
    const collection = await readCollection(await collectionAt(path), {
      decode: decodePicture,
      side: photoSide(presets[preset]),
    });
    const table = new Map(
      namesIn(collection, set).map(({ name, label }) => [
        name,
        all ?? classIn(chosen, name, label),
      ]),
    );
    const { photographs, report: lines } = classify(collection, set, table);
    for (const line of lines.slice(0, 20)) console.error(`${path}: ${line}`);
    if (lines.length > 20) console.error(`${path}: and ${lines.length - 20} more`);
    const hashes = collection.photographs.map(({ hash }) => hash);
    const own = photoSet(basename(path), photographs, hashes, seed);
    console.error(
      `${path}: ${photographs.length} photographs, ${photographs.reduce((n, { signs }) => n + signs.length, 0)} signs; ` +
        `${own.train.length} to train on, ${own.test.length} to measure on`,
    );
    sets.push(own);
  }
  return sets;
}

/** What the reader's table says of a name, even that it is left out, comes before what it looks like. */
function classIn(chosen: ClassTable, name: string, label: number | null): number | null {
  const own = chosen.get(name);
  return own === undefined ? label : own;
}

/** @throws UsageError when it is none of the set's */
function labelOf(set: SignSet, name: string): number {
  const classes: readonly string[] = signSets[set];
  const label = classes.indexOf(name);
  if (label >= 0) return label;
  throw new UsageError(`"${name}" is no class of the set ${set}: choose ${classes.join(", ")}.`);
}

/** The reader's own names, from --classes: a JSON object of names and classes, null to leave out. */
async function ownTable(given: Options, set: SignSet): Promise<ClassTable> {
  const path = given["classes"] as string | undefined;
  if (path === undefined) return new Map();
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(`--classes names ${path}, which cannot be read.`);
  });
  const table = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.nullable(v.string()))),
    text,
  );
  if (!table.success) {
    throw new UsageError(
      `${path} is expected to be a JSON object such as {"stopAhead": "warning", "yield": null}.`,
    );
  }
  return new Map(
    Object.entries(table.output).map(([name, as]) => [name, as === null ? null : labelOf(set, as)]),
  );
}
