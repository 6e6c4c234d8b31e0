/** A file system that fails at one of its calls, the way that disks, kills and power cuts do. */
import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import {
  nodeFiles,
  type Content,
  type FileLayer,
  type OpenFile,
} from "../../src/node/write-output.ts";

/**
 * ENOSPC and EIO: the call fails, and those after it do not. kill: nothing is done from this call on. Of a power cut,
 * what was not flushed is torn besides, and new names that were not flushed are lost, or not.
 */
export const faults = ["ENOSPC", "EIO", "kill", "power, names lost", "power, names kept"] as const;
export type Fault = (typeof faults)[number];

export class FaultyFiles implements FileLayer {
  /** The calls so far, by name. */
  readonly calls: string[] = [];
  dead = false;
  /** Files with content that is not flushed. */
  private readonly torn = new Set<string>();
  /** What names that are not flushed have replaced; null: nothing. */
  private readonly replaced = new Map<string, Buffer | null>();

  /** @param at the call that fails, from 0; Infinity: none */
  constructor(
    private readonly fault: Fault,
    private readonly at: number,
  ) {}

  readonly realpath = async (path: string) =>
    await this.call("realpath", async () => await nodeFiles.realpath(path));
  readonly readlink = async (path: string) =>
    await this.call("readlink", async () => await nodeFiles.readlink(path));
  readonly stat = async (path: string) =>
    await this.call("stat", async () => await nodeFiles.stat(path));
  readonly readdir = async (path: string) =>
    await this.call("readdir", async () => await nodeFiles.readdir(path));
  readonly unlink = async (path: string) =>
    await this.call("unlink", async () => await nodeFiles.unlink(path));

  readonly rename = async (from: string, to: string) =>
    await this.call("rename", async () => {
      if (!this.replaced.has(to)) this.replaced.set(to, existsSync(to) ? readFileSync(to) : null);
      await nodeFiles.rename(from, to);
      if (this.torn.delete(from)) this.torn.add(to);
      else this.torn.delete(to);
    });

  readonly open = async (path: string, flags: string): Promise<OpenFile> => {
    const file = await this.call("open", async () => await nodeFiles.open(path, flags));
    return {
      writeFile: async (content) => {
        this.torn.add(path);
        await this.call(
          "write",
          async () => await file.writeFile(content),
          async () => await file.writeFile(half(content)),
        );
      },
      sync: async () =>
        await this.call("sync", async () => {
          await file.sync();
          if (statSync(path).isDirectory()) this.replaced.clear();
          else this.torn.delete(path);
        }),
      close: async () =>
        // The test's own process lives, and must not run out of files.
        await this.call(
          "close",
          async () => await file.close(),
          async () => await file.close(),
        ),
    };
  };

  private async call<T>(
    name: string,
    work: () => Promise<T>,
    begun: () => Promise<unknown> = async () => {},
  ): Promise<T> {
    if (this.dead) {
      if (name === "close") await begun();
      throw new Error("no process is left to do this");
    }
    this.calls.push(name);
    if (this.calls.length - 1 !== this.at) return await work();
    await begun();
    if (this.fault === "ENOSPC" || this.fault === "EIO") {
      throw Object.assign(new Error(this.fault), { code: this.fault });
    }
    this.dead = true;
    if (this.fault !== "kill") this.cutPower();
    throw new Error("killed");
  }

  /** What a disk may hold after the power went now. */
  cutPower(): void {
    this.dead = true;
    for (const path of this.torn) {
      if (existsSync(path)) truncateSync(path, Math.floor(statSync(path).size / 2));
    }
    if (this.fault !== "power, names lost") return;
    for (const [path, content] of this.replaced) {
      if (content) writeFileSync(path, content);
      else rmSync(path, { force: true });
    }
  }
}

const half = (content: Content): Content => content.slice(0, Math.floor(content.length / 2));
