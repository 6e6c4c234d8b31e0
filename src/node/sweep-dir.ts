/** A reproduction's folder: finished instances, models, and the place of what is not finished. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../errors.ts";
import { instanceNamed } from "../studies/digits/paper/items.ts";
import type { Instance } from "../studies/digits/paper/instances.ts";
import { assertOneStudy } from "../studies/digits/paper/consistency.ts";
import {
  assertIsOf,
  readInstanceFile,
  type InstanceFile,
} from "../studies/digits/paper/instance-file.ts";
import type { SweepStore } from "../studies/digits/paper/sweep.ts";
import type { PatientFiles } from "./patient-files.ts";
import type { Content } from "./write-output.ts";

export class SweepDir implements SweepStore {
  /**
   * @param dir where all is written
   * @param elsewhere more such folders, from which finished instances and models are taken, too
   * @param dataSha256 of the data that instances must have been trained on
   * @param files what they are written by; what waits there counts as written
   */
  constructor(
    readonly dir: string,
    private readonly elsewhere: readonly string[],
    private readonly dataSha256: string,
    private readonly files: PatientFiles,
  ) {}

  async finished(instance: Instance): Promise<InstanceFile | null> {
    const path = this.find("instances", `${instance.id}.json`);
    if (!path) return null;
    const file = await readInstance(path);
    assertIsOf(instance, file, path);
    if (file.result.data.sha256 !== this.dataSha256) {
      throw new UserError(
        `${path} was trained on other data (${file.result.data.name}): give the same with --data, or another folder.`,
      );
    }
    return file;
  }

  async finish(file: InstanceFile): Promise<void> {
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

export async function readInstance(path: string): Promise<InstanceFile> {
  return readInstanceFile(await readFile(path, "utf8"), path);
}

/** All finished instances of some folders. @throws UserError where they do not belong together */
export async function readFolders(
  folders: readonly string[],
): Promise<ReadonlyMap<string, InstanceFile>> {
  return await readInstances((await Promise.all(folders.map(instancePaths))).flat());
}

/** Reads finished instances, each of them once. @throws UserError where they do not belong together */
async function readInstances(paths: readonly string[]): Promise<Map<string, InstanceFile>> {
  const all = new Map<string, InstanceFile>();
  const pathOf = new Map<string, string>();
  for (const path of paths) {
    const file = await readInstance(path);
    const instance = instanceNamed(file.id, file.result.recipe);
    if (!instance || basename(path) !== `${file.id}.json`) {
      throw new UserError(
        `${path} is of no instance that this version knows (${file.id}): leave it out.`,
      );
    }
    assertIsOf(instance, file, path);
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
  assertOneStudy(all);
  return all;
}
