/** Files of long work, which goes on where they cannot be written: they wait until there is room again. */
import { unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import {
  ensureWritableDir,
  nodeFiles,
  writeOutput,
  type Content,
  type FileLayer,
} from "./write-output.ts";

export class PatientFiles {
  /** The newest content of each file that could not be written, by its path. */
  private readonly waiting = new Map<string, Content>();
  private warned = false;

  /** @param notice hears a sentence when something cannot be written, and when it is */
  constructor(
    private readonly notice: (text: string) => void,
    private readonly files: FileLayer = nodeFiles,
  ) {}

  /** Writes a file, and those that wait. What cannot be written waits, which is told once. */
  async write(path: string, content: Content): Promise<void> {
    this.waiting.set(path, content);
    const problem = await this.writeWaiting();
    if (problem && !this.warned) {
      this.notice(`${problem.message} The work goes on, and it is tried again at the next save.`);
    }
    if (!problem && this.warned) this.notice(`${path} could be written again.`);
    this.warned = problem !== null;
  }

  /** What waits to be written at this path. */
  pending(path: string): Content | undefined {
    return this.waiting.get(path);
  }

  /** Takes a file away, whether it was written or waits. */
  async remove(path: string): Promise<void> {
    this.waiting.delete(path);
    await unlink(path).catch(() => undefined);
  }

  /** Writes what still waits, for the last time, in folders made again if need be. @throws UserError */
  async settle(): Promise<void> {
    for (const path of this.waiting.keys()) await ensureWritableDir(dirname(path));
    const problem = await this.writeWaiting();
    if (problem) throw problem;
  }

  /** In their order, as what came later may rest on what came before. @returns what ended it, if anything */
  private async writeWaiting(): Promise<UserError | null> {
    try {
      for (const [path, content] of this.waiting) {
        await writeOutput(path, content, this.files);
        this.waiting.delete(path);
      }
      return null;
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }
}
