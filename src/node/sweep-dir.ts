/** A reproduction's folder: finished instances, models, and the place of what is not finished. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../errors.ts";
import { assertOneStudy } from "../studies/reproduction/consistency.ts";
import type {
  InstanceOf,
  Reproduction,
  ReproductionTypes,
} from "../studies/reproduction/reproduction.ts";
import type { SweepStore } from "../studies/reproduction/sweep-store.ts";
import type { PatientFiles } from "./patient-files.ts";
import type { Content } from "./write-output.ts";

export class SweepDir<T extends ReproductionTypes> implements SweepStore<T> {
  /**
   * @param dir where all is written
   * @param elsewhere more such folders, from which finished instances and models are taken, too
   * @param files what they are written by; what waits there counts as written
   * @param assertBelongs of a finished instance, before it is taken; throws a UserError where it is of other data
   */
  constructor(
    private readonly reproduction: Reproduction<T>,
    readonly dir: string,
    private readonly elsewhere: readonly string[],
    private readonly files: PatientFiles,
    private readonly assertBelongs: (file: T["file"], path: string) => void = () => undefined,
  ) {}

  async finished(instance: InstanceOf<T>): Promise<T["file"] | null> {
    const path = this.find("instances", `${instance.id}.json`);
    if (!path) return null;
    const file = await readInstance(this.reproduction, path);
    this.reproduction.assertIsOf(instance, file, path);
    this.assertBelongs(file, path);
    return file;
  }

  async finish(file: T["file"]): Promise<void> {
    await this.write("instances", `${file.id}.json`, `${JSON.stringify(file)}\n`);
  }

  async model(id: string): Promise<Uint8Array | null> {
    const waiting = this.files.pending(join(this.dir, "models", `${id}.safetensors`));
    if (waiting instanceof Uint8Array) return waiting;
    const path = this.find("models", `${id}.safetensors`);
    return path === null ? null : await readFile(path);
  }

  async saveModel(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.write("models", `${id}.safetensors`, bytes);
  }

  async checkpoint(id: string): Promise<Uint8Array | null> {
    const path = join(this.dir, "checkpoints", `${id}.safetensors`);
    return existsSync(path) ? await readFile(path) : null;
  }

  async saveCheckpoint(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.write("checkpoints", `${id}.safetensors`, bytes);
  }

  async dropCheckpoint(id: string): Promise<void> {
    // An instance that could not be written yet may need it once more.
    if (this.files.pending(join(this.dir, "instances", `${id}.json`)) !== undefined) return;
    await this.files.remove(join(this.dir, "checkpoints", `${id}.safetensors`));
  }

  /** Writes what could not be written yet. @throws UserError where that is so still */
  async settle(): Promise<void> {
    await this.files.settle();
  }

  private find(folder: string, name: string): string | null {
    const paths = [this.dir, ...this.elsewhere].map((dir) => join(dir, folder, name));
    return paths.find((path) => existsSync(path)) ?? null;
  }

  private async write(folder: string, name: string, content: Content): Promise<void> {
    // Where it cannot be made, what is written into it waits.
    await mkdir(join(this.dir, folder)).catch(() => undefined);
    await this.files.write(join(this.dir, folder, name), content);
  }
}

/** Paths of the finished instances in a folder, in the order of their names. */
export async function instancePaths(dir: string): Promise<string[]> {
  const folder = join(dir, "instances");
  if (!existsSync(folder)) return [];
  if (!(await stat(folder)).isDirectory()) {
    throw new UserError(`${folder} is a file, where a reproduction has a folder: move it away.`);
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((one) => one.isFile() && /^[\w-]+\.json$/.test(one.name));
  return files.map(({ name }) => join(folder, name)).sort();
}

export async function readInstance<T extends ReproductionTypes>(
  { readFile: read }: Reproduction<T>,
  path: string,
): Promise<T["file"]> {
  return read(await readFile(path, "utf8"), path);
}

/** All finished instances of some folders. @throws UserError where they do not belong together */
export async function readFolders<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  folders: readonly string[],
): Promise<ReadonlyMap<string, T["file"]>> {
  return await readInstances(reproduction, (await Promise.all(folders.map(instancePaths))).flat());
}

/** Reads finished instances, each of them once. @throws UserError where they do not belong together */
async function readInstances<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  paths: readonly string[],
): Promise<Map<string, T["file"]>> {
  const all = new Map<string, T["file"]>();
  const pathOf = new Map<string, string>();
  for (const path of paths) {
    const file = await readInstance(reproduction, path);
    const instance = reproduction.instanceNamed(file.id, file.result.recipe);
    if (!instance || basename(path) !== `${file.id}.json`) {
      throw new UserError(
        `${path} is of no instance that this version knows (${file.id}): leave it out.`,
      );
    }
    reproduction.assertIsOf(instance, file, path);
    const twin = all.get(file.id);
    if (twin && twin.result.parametersSha256 !== file.result.parametersSha256) {
      throw new UserError(
        `${pathOf.get(file.id)} and ${path} are the same instance with different parameters: keep one of them.`,
      );
    }
    if (twin) continue;
    all.set(file.id, file);
    pathOf.set(file.id, path);
  }
  assertOneStudy(reproduction, all);
  return all;
}
