/** The reader's photographs to train on: read in the worker, with a table of classes that can be changed. */
import type { CollectionFiles } from "../../data/collection-files.ts";
import type { NamedBytes } from "../../data/digits.ts";
import {
  mapClasses,
  boxNames,
  readCollection,
  type Collection,
} from "../../data/photo-collection.ts";
import type { Photograph } from "../../data/photographs.ts";
import type { SignSet } from "../../data/sign-atlas.ts";
import { zipFiles } from "../../data/zip-files.ts";
import { UserError } from "../../errors.ts";
import { presets } from "../../models/detector-presets.ts";
import { packSets, photoSet, type PackedSets, type PhotoSet } from "./photographs.ts";
import type { SignRecipe } from "./recipe.ts";
import { photoSide } from "../../training/detector-pictures.ts";
import { decodePicture } from "./decode-picture.ts";
import type { TaskProgress } from "../port.ts";
import type { PhotoSummary } from "./port.ts";
import { Cancelled, timed } from "../task-queue.ts";

export class SignCollection {
  /** One list for all splits, by which the groups of what looks alike are kept. */
  private readonly hashes: readonly bigint[];

  private constructor(
    readonly name: string,
    private readonly collection: Collection,
    /** Classes that the reader chose, by name. */
    private readonly chosen = new Map<string, number | null>(),
  ) {
    this.hashes = collection.photographs.map(({ hash }) => hash);
  }

  /**
   * Reads a zip file, or a folder's files by their paths.
   * @throws UserError when there is no photograph that can be used; Cancelled when `signal` says so
   */
  static async read(
    files: readonly NamedBytes[],
    tell: (progress: TaskProgress) => void,
    signal: AbortSignal,
  ): Promise<SignCollection> {
    const content = await collectionOf(files);
    let report: ((done: number) => void) | undefined;
    const collection = await readCollection(content, {
      decode: decodePicture,
      side: photoSide(presets.compact),
      onProgress: (done, all) => {
        if (signal.aborted) throw new Cancelled();
        report ??= timed(all, tell);
        report(done);
      },
    });
    return new SignCollection(content.name, collection);
  }

  private names(set: SignSet): PhotoSummary["names"] {
    return boxNames(this.collection, set).map((one) => {
      const own = this.chosen.get(one.name);
      return own === undefined ? one : { ...one, label: own };
    });
  }

  setClass(name: string, label: number | null): void {
    this.chosen.set(name, label);
  }

  private split(set: SignSet, seed: number): PhotoSet & { report: readonly string[] } {
    const table = new Map(this.names(set).map(({ name, label }) => [name, label]));
    const { photographs, report } = mapClasses(this.collection, set, table);
    return { ...photoSet(this.name, photographs, this.hashes, seed), report };
  }

  summary(set: SignSet, seed: number): PhotoSummary {
    const { photographs, train, test, report } = this.split(set, seed);
    return {
      name: this.name,
      count: photographs.length,
      train: train.length,
      test: test.length,
      names: this.names(set),
      report,
    };
  }

  async pack({ set, seed, preset }: SignRecipe): Promise<PackedSets> {
    const own = this.split(set, seed);
    if (!own.photographs.some(({ signs }) => signs.some(({ ignored }) => !ignored))) {
      throw new UserError(
        `No box of ${this.name} has a class of the set: choose classes for its names first.`,
      );
    }
    return await packSets([own], presets[preset]);
  }

  /** The first photographs that measure. */
  previews(set: SignSet, seed: number, count: number): Photograph[] {
    const { photographs, test } = this.split(set, seed);
    return test.slice(0, count).map((i) => photographs[i]);
  }
}

async function collectionOf(files: readonly NamedBytes[]): Promise<CollectionFiles> {
  const zip = files.find(({ name }) => name.toLowerCase().endsWith(".zip"));
  if (zip) {
    if (files.length > 1) throw new UserError("Open one zip file alone, or a folder's files.");
    return await zipFiles(zip.bytes, zip.name);
  }
  const byPath = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const [first] = byPath.keys();
  return {
    name: first?.includes("/") ? first.slice(0, first.indexOf("/")) : "these files",
    paths: [...byPath.keys()],
    size: async (path) => byPath.get(path)?.length ?? 0,
    read: async (path) => {
      const bytes = byPath.get(path);
      if (!bytes) throw new UserError(`${path} is not among these files.`);
      return bytes;
    },
  };
}
