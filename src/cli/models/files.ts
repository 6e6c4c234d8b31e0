/** Files that `badnets models` reads and writes: keys, signatures and lists, and models of this tool. */
import { existsSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { clip, UserError } from "../../errors.ts";
import { decodeAny, type AnyModel } from "../../files/any-model.ts";
import { digitNet } from "../../models/digit-net.ts";
import { modelAt } from "../../node/model-folder.ts";
import { reasonOf } from "../../node/write-output.ts";
import { MOST_BUNDLE } from "../../signing/bundle.ts";
import type { ModelFiles } from "../../signing/model-files.ts";
import { ALWAYS_IGNORED, isIgnored } from "../../signing/paths.ts";
import { ignoredPaths } from "../../signing/sign.ts";
import { asUsage, textOf, UsageError, type Options } from "../shared/options.ts";
import { parametersOf } from "../../studies/signs/plan.ts";

/** A text, which none of these files has more of than a large signature. */
export async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BUNDLE) {
      throw new UserError(
        `${path} is larger than the ${MOST_BUNDLE / 2 ** 20} MiB that such a file may have.`,
      );
    }
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`cannot read ${path}: ${reasonOf(cause)}.`, { cause });
  }
}

/** @throws UsageError where there is none */
export function assertThere(model: string): void {
  if (!existsSync(model)) throw new UsageError(`There is no model at ${model}.`);
}

/** Where the signature of a model lies: in its folder, or beside its file. */
export const signatureOf = (model: string): string =>
  statSync(model).isDirectory() ? join(model, "model.sig") : `${model}.sig`;

/** The path that a file has within a model's folder; null where it lies elsewhere. */
export function pathWithin(model: string, file: string): string | null {
  const path = relative(resolve(model), resolve(file)).replaceAll("\\", "/");
  return path === "" || path.startsWith("..") ? null : path;
}

/** What --ignore names. */
export function ignoredOf(given: Options): string[] {
  const entries =
    textOf(given, "ignore")
      ?.split(",")
      .map((path) => path.replace(/\/$/, "")) ?? [];
  asUsage(() => ignoredPaths(entries));
  return entries;
}

/** What of a folder a list of digests leaves out: what signatures do, what --ignore names, and lists and signatures. */
export function outOfSums(given: Options, ...own: readonly (string | null)[]) {
  const out = [...ALWAYS_IGNORED, ...ignoredOf(given), ...own.filter((path) => path !== null)];
  return (path: string): boolean => isIgnored(path, out);
}

export const listed = async (model: string): Promise<ModelFiles> => await modelAt(model)(false);

/** A network of this tool, out of its file or the folder of its run. @throws UsageError where there is none */
export async function readAny(model: string): Promise<AnyModel & { path: string; bytes: Buffer }> {
  const names = ["model.safetensors", "checkpoint.safetensors", "detector.safetensors"];
  const path = statSync(model).isDirectory()
    ? names.map((name) => join(model, name)).find((file) => existsSync(file))
    : model;
  if (path === undefined) {
    throw new UsageError(`${model} holds none of ${names.join(", ")}: give a network's file.`);
  }
  const bytes = await readFile(path);
  const known = { digits: digitNet, detector: parametersOf };
  return { path, bytes, ...(await decodeAny(bytes, path, known)) };
}

/** @throws UserError where it is imported, so that no recipe is known, with what follows from that */
export function madeHere<M extends AnyModel & { path: string }>(model: M, so: string): M {
  if (!model.origin) return model;
  throw new UserError(
    `${model.path} is an imported network, made from ${clip(model.origin.file)}, and has no recipe: ${so}.`,
  );
}

/** A file of that name in the same folder, if there is one. */
export function besideOf(path: string, name: string): string | null {
  const beside = join(dirname(path), name);
  return basename(path) !== name && existsSync(beside) ? beside : null;
}
