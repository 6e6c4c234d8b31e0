/** The photographs that a line of arguments names: read, and with classes. */
import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import {
  mapClasses,
  boxNames,
  readCollection,
  type ClassMapping,
} from "../../data/photo-collection.ts";
import { signSets, type SignSet } from "../../data/sign-atlas.ts";
import { UserError } from "../../errors.ts";
import { presets } from "../../models/detector-presets.ts";
import { collectionAt } from "../../node/photo-dir.ts";
import { decodePicture } from "../../node/pictures.ts";
import { ensureWritableDir, writeOutput } from "../../node/write-output.ts";
import type { NamedPhotographs } from "../../studies/signs/photographs.ts";
import type { SignRecipe } from "../../studies/signs/recipe.ts";
import { photoSide } from "../../training/detector-pictures.ts";
import { shortNames } from "./short-names.ts";
import { textOf, UsageError, wholeNumber, type Options } from "../shared/options.ts";
import { filesOf, type InputUse } from "../shared/output.ts";
import { terminalLines } from "../../text/terminal.ts";
import { note } from "../shared/say.ts";

/** Lines of what was left out that are printed; a file has all of them. */
const PRINTED = 20;

/** What --data names. */
export interface SignData {
  /** Whether drawn scenes are among it. */
  readonly scenes: boolean;
  readonly folders: readonly {
    readonly path: string;
    /** Unlike the others', and not "scenes". */
    readonly name: string;
    /** The class of all its boxes, where one is given. */
    readonly as: string | undefined;
  }[];
}

/** Folders and zip files, perhaps with classes, and the word "scenes". @throws UsageError for what is not there */
export function readData(given: Options): SignData {
  const words = wordsOf(textOf(given, "data") ?? "scenes");
  const folders = words
    .filter((word) => word !== "scenes")
    .map((word) => {
      const { path, as } = withClass(word);
      if (!existsSync(path)) throw new UsageError(`--data names ${path}, which does not exist.`);
      return { path, as };
    });
  if (words.length === 0) {
    throw new UsageError("--data names nothing: give scenes, folders or zip files of photographs.");
  }
  const places = folders.map(({ path }) => realpathSync(path));
  const twice = places.findIndex((place, i) => places.indexOf(place) < i);
  if (twice >= 0) throw new UsageError(`--data names ${folders[twice].path} twice.`);
  const names = shortNames(
    folders.map(({ path }) => path),
    "/",
    ["scenes"],
  );
  return {
    scenes: words.includes("scenes"),
    folders: folders.map((folder, i) => ({ ...folder, name: names[i] })),
  };
}

/** Words with commas between them; a folder that exists and has commas in its name is one of them. */
function wordsOf(list: string): string[] {
  const parts = list.split(",");
  const words: string[] = [];
  for (let begin = 0; begin < parts.length;) {
    let end = parts.length;
    const word = () => parts.slice(begin, end).join(",");
    const isThere = ({ path, as }: ReturnType<typeof withClass>) =>
      existsSync(path) && !as?.includes(",");
    while (end > begin + 1 && !isThere(withClass(word()))) end--;
    words.push(word());
    begin = end;
  }
  return words.filter(Boolean);
}

/** A class may stand behind the folder; folders of that very name come first. */
function withClass(word: string): { path: string; as: string | undefined } {
  const cut = existsSync(word) ? -1 : word.lastIndexOf(":");
  return cut < 0
    ? { path: word, as: undefined }
    : { path: word.slice(0, cut), as: word.slice(cut + 1) };
}

/** The files that are read of photographs and of --classes, for ensureOutputs. */
export function photographInputs(given: Options, { folders }: SignData): InputUse[] {
  return [
    ...filesOf(given, "classes"),
    ...folders.flatMap(({ path }) => [
      { name: "--data", path },
      { name: "--data", path, reads: (file: string) => READ.test(file) },
    ]),
  ];
}

/** Photographs, labels and names of classes. */
const READ = /\.(jpe?g|png|ppm|txt|xml|csv|names|data|ya?ml|zip)$/i;

/** How many unseen scenes are measured on, beside photographs. */
export function readScenes(given: Options, { folders }: SignData): number {
  const scenes = wholeNumber(given, "scenes", 0, 1_000_000) ?? 300;
  if (scenes === 0 && folders.length === 0) {
    throw new UsageError("--scenes 0 leaves nothing to measure on: name photographs with --data.");
  }
  return scenes;
}

/**
 * Reads the folders and zip files, and tells what was left out.
 * @param keep folder for a list of all that was left out, where it is long
 * @param detail at which they will be read, if not at that of the detector's input
 */
export async function readPhotographs(
  given: Options,
  { folders }: SignData,
  { set, preset }: Pick<SignRecipe, "set" | "preset">,
  { keep, detail }: { keep: string | undefined; detail?: number | undefined },
): Promise<NamedPhotographs[]> {
  const chosen = await ownTable(given, set);
  if (given["classes"] !== undefined && folders.length === 0) {
    throw new UsageError("--classes is of no use without photographs: name them with --data.");
  }
  const labels = folders.map(({ as }) => (as === undefined ? undefined : labelOf(set, as)));
  const unmet = new Set(chosen.keys());
  const skipped: string[] = [];
  const sets: NamedPhotographs[] = [];
  for (const [i, { path, name }] of folders.entries()) {
    const collection = await readCollection(await collectionAt(path), {
      decode: decodePicture,
      side: Math.max(photoSide(presets[preset]), photoSide(presets[preset], detail)),
    });
    const names = boxNames(collection, set);
    for (const one of names) unmet.delete(one.name);
    const table = new Map(
      names.map((one) => [one.name, labels[i] ?? classIn(chosen, one.name, one.label)]),
    );
    const { photographs, report } = mapClasses(collection, set, table);
    const lines = report.map((line) => `${path}: ${line}`);
    skipped.push(...lines);
    for (const line of lines.slice(0, PRINTED)) note(line);
    if (lines.length > PRINTED) {
      const where = keep === undefined ? "" : `, all in ${join(keep, SKIPPED)}`;
      note(`${path}: and ${lines.length - PRINTED} more${where}`);
    }
    note(`${path}: ${photographs.length} photographs, ${signsIn(photographs)} signs`);
    const hashes = collection.photographs.map(({ hash }) => hash);
    sets.push({ name, photographs, hashes });
  }
  for (const name of unmet) {
    note(`${String(given["classes"])}: "${name}" is the name of no box.`);
  }
  if (keep !== undefined && skipped.length > PRINTED) {
    await ensureWritableDir(keep);
    await writeOutput(join(keep, SKIPPED), `${terminalLines(skipped)}\n`);
  }
  return sets;
}

const SKIPPED = "skipped.txt";

const signsIn = (photographs: NamedPhotographs["photographs"]) =>
  photographs.flatMap(({ signs }) => signs).filter(({ ignored }) => !ignored).length;

/** @throws UserError where there is nothing to learn from, which would teach that signs are background */
export function assertSigns(sets: readonly NamedPhotographs[], set: SignSet): void {
  if (sets.length === 0 || sets.some(({ photographs }) => signsIn(photographs) > 0)) return;
  throw new UserError(
    `No box of the photographs has a class of the set ${set} (${signSets[set].join(", ")}), so that all ` +
      "would be learned as background: choose classes for their names with --classes or DIR:CLASS.",
  );
}

/** What the reader's table says of a name, even that it is left out, comes before what it looks like. */
function classIn(chosen: ClassMapping, name: string, label: number | null): number | null {
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
async function ownTable(given: Options, set: SignSet): Promise<ClassMapping> {
  const path = textOf(given, "classes");
  if (path === undefined) return new Map();
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(`--classes names ${path}, which cannot be read.`);
  });
  const table = v.safeParse(
    v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.nullable(v.string()))),
    // Some editors begin files with a mark of their encoding.
    text.replace(/^\uFEFF/, ""),
  );
  if (!table.success) {
    throw new UsageError(
      `${path} is expected to be a JSON object such as {"stopAhead": "warning", "yield": null}.`,
    );
  }
  return new Map(
    Object.entries(table.output).map(([name, as]) => [
      name.normalize("NFC"),
      as === null ? null : labelOf(set, as),
    ]),
  );
}
