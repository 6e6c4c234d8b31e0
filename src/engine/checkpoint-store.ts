/**
 * Automatic checkpoints in the browser: two generations that a tab killed at any moment leaves whole.
 *
 * A save writes under a new name, reads back and compares digests, and then switches the pointer in
 * one transaction; only after that goes what no pointer names. One tab owns the store, by a lock.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import * as v from "valibot";
import { sha256Hex } from "../data/digest.ts";
import { originFiles, type CheckpointFiles } from "./checkpoint-files.ts";

const kept = v.object({
  step: v.number(),
  totalSteps: v.number(),
  /** As the study wrote it; whoever resumes checks it. */
  recipe: v.unknown(),
  /** For people: "pattern BadNet". */
  title: v.string(),
  dataName: v.string(),
  dataSha256: v.string(),
  /** When it was saved, in milliseconds since 1970. */
  savedAt: v.number(),
});

/** What a kept checkpoint is of. */
export type LastCheckpoint = Readonly<v.InferOutput<typeof kept>>;
export type CheckpointMeta = Omit<LastCheckpoint, "savedAt">;

const generation = v.object({ name: v.string(), sha256: v.string(), kept });
type Generation = v.InferOutput<typeof generation>;

/** Newest first. */
const pointer = v.pipe(v.array(generation), v.maxLength(2));

/** How a save ended; "superseded" by a newer one that came while it waited. */
export type Saved = "kept" | "superseded" | "not-owner" | "failed";

export interface CheckpointHooks {
  /** A sentence about something that the reader should know. */
  readonly onNotice: (text: string) => void;
  /** This tab owns the store now: at once, or when the one that owned it has gone. */
  readonly onOwner?: () => void;
}

interface Schema extends DBSchema {
  /** One record, under the key "generations". */
  pointer: { key: string; value: unknown };
  /** The files themselves, where the browser has no file system for them. */
  files: { key: string; value: Uint8Array<ArrayBuffer> };
}

const KEY = "generations";

/** A tab that is reloaded gives its lock back behind the new page's first words. */
const PATIENCE_MS = 1000;

interface Waiting {
  readonly meta: CheckpointMeta;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly done: (saved: Saved) => void;
}

export class CheckpointStore {
  private owner = false;
  private database: Promise<IDBPDatabase<Schema>> | null = null;
  private files: Promise<CheckpointFiles> | null = null;
  private waiting: Waiting | null = null;
  /** The end of everything that was asked of the store so far: one thing happens at a time. */
  private last: Promise<unknown> = Promise.resolve();
  private failing = false;

  private constructor(
    private readonly hooks: CheckpointHooks,
    private readonly name: string,
  ) {}

  /**
   * Claims the store if no other tab has it, else waits in line for it.
   * @param name of the lock, the database and the folder of files
   */
  static async open(hooks: CheckpointHooks, name: string): Promise<CheckpointStore> {
    const store = new CheckpointStore(hooks, name);
    const own = () => {
      store.owner = true;
      hooks.onOwner?.();
    };
    const free = await claim(name, () => {
      own();
      hooks.onNotice("The other tab is closed: this one keeps the checkpoint now.");
    });
    if (free) own();
    else hooks.onNotice("Another tab keeps the automatic checkpoint; this one trains without.");
    return store;
  }

  /** Whether this tab owns the store. */
  get owns(): boolean {
    return this.owner;
  }

  /**
   * Keeps a checkpoint. Never rejects: a failure is told once, and the next save tries again.
   * Saves do not overlap; of those that wait, only the newest is made.
   */
  async save(meta: CheckpointMeta, bytes: Uint8Array<ArrayBuffer>): Promise<Saved> {
    if (!this.owner) return "not-owner";
    this.waiting?.done("superseded");
    return await new Promise<Saved>((done) => {
      const scheduled = this.waiting !== null;
      this.waiting = { meta, bytes, done };
      if (!scheduled) void this.inTurn(async () => await this.saveWaiting());
    });
  }

  /** What the newest checkpoint is of; null if there is none, or if it is another tab's. */
  async latest(): Promise<LastCheckpoint | null> {
    if (!this.owner) return null;
    return await this.inTurn(async () => {
      const [newest] = await this.generations().catch(() => []);
      return newest?.kept ?? null;
    });
  }

  /** The newest checkpoint that is whole; a damaged one is told of. Null if there is none. */
  async read(): Promise<{ meta: LastCheckpoint; bytes: Uint8Array<ArrayBuffer> } | null> {
    if (!this.owner) return null;
    return await this.inTurn(async () => {
      for (const [age, entry] of (await this.generations()).entries()) {
        const bytes = await this.readWhole(entry);
        if (!bytes) continue;
        if (age > 0) {
          this.hooks.onNotice(
            `The newest automatic checkpoint was damaged; this is the one before it, of step ${entry.kept.step}.`,
          );
        }
        return { meta: entry.kept, bytes };
      }
      return null;
    });
  }

  /** Forgets what is kept. */
  async discard(): Promise<void> {
    if (!this.owner) return;
    await this.inTurn(async () => {
      await this.point([]);
      await (await this.store()).deleteExcept(new Set());
    });
  }

  private async inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.last.then(action);
    this.last = turn.catch(() => undefined);
    return await turn;
  }

  private async saveWaiting(): Promise<void> {
    const { meta, bytes, done } = this.waiting!;
    this.waiting = null;
    try {
      await this.write(meta, bytes);
      this.failing = false;
      done("kept");
    } catch (error) {
      if (!this.failing) this.hooks.onNotice(failureNotice(error));
      this.failing = true;
      done("failed");
    }
  }

  private async write(meta: CheckpointMeta, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const files = await this.store();
    const before = await this.generations();
    const entry: Generation = {
      name: `${crypto.randomUUID()}.safetensors`,
      sha256: await sha256Hex(bytes),
      kept: { ...meta, savedAt: Date.now() },
    };
    let named = before;
    try {
      await files.write(entry.name, bytes);
      if (!(await this.readWhole(entry))) throw new Error("the disk gave back other bytes");
      const next = [entry, ...before].slice(0, 2);
      await this.point(next);
      named = next;
    } finally {
      // After a failure this removes the half-written file, and so makes room.
      await files.deleteExcept(new Set(named.map((one) => one.name)));
    }
  }

  private async readWhole({ name, sha256 }: Generation): Promise<Uint8Array<ArrayBuffer> | null> {
    const files = await this.store();
    const bytes = await files.read(name).catch(() => null);
    return bytes && (await sha256Hex(bytes)) === sha256 ? bytes : null;
  }

  private async generations(): Promise<readonly Generation[]> {
    const found = v.safeParse(pointer, await (await this.open()).get("pointer", KEY));
    // A pointer of another version of the app is none of ours, and the next save replaces it.
    return found.success ? found.output : [];
  }

  private async point(generations: readonly Generation[]): Promise<void> {
    const database = await this.open();
    const change = database.transaction("pointer", "readwrite", { durability: "strict" });
    await Promise.all([change.store.put(generations, KEY), change.done]);
  }

  /** Opens the database; a failure is not remembered, so that the next caller tries again. */
  private async open(): Promise<IDBPDatabase<Schema>> {
    this.database ??= openDB<Schema>(this.name, 1, {
      upgrade(database) {
        database.createObjectStore("pointer");
        database.createObjectStore("files");
      },
      terminated: () => (this.database = null),
    });
    return await this.database.catch((error: unknown) => {
      this.database = null;
      throw error;
    });
  }

  private async store(): Promise<CheckpointFiles> {
    this.files ??= originFiles(this.name).then((files) => files ?? this.records());
    return await this.files.catch((error: unknown) => {
      this.files = null;
      throw error;
    });
  }

  /** The same as files, in the database. */
  private records(): CheckpointFiles {
    const open = async () => await this.open();
    return {
      async write(name, bytes) {
        const change = (await open()).transaction("files", "readwrite", { durability: "strict" });
        await Promise.all([change.store.put(bytes, name), change.done]);
      },
      async read(name) {
        const bytes = await (await open()).get("files", name);
        if (!bytes) throw new Error(`${name} is not there`);
        return bytes;
      },
      async deleteExcept(names) {
        const change = (await open()).transaction("files", "readwrite");
        const stale = (await change.store.getAllKeys()).filter((name) => !names.has(name));
        await Promise.all([...stale.map((name) => change.store.delete(name)), change.done]);
      },
    };
  }
}

function failureNotice(error: unknown): string {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return (
      "There is no room left for the automatic checkpoint. Training goes on; free some disk space, " +
      "or save a checkpoint yourself."
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `The automatic checkpoint could not be saved (${reason}). Training goes on; save one yourself.`;
}

/**
 * Asks for the store's lock and holds it as long as this tab lives.
 * @returns whether it was free; else `onTurn` is called when it has become so
 */
async function claim(name: string, onTurn: () => void): Promise<boolean> {
  // Where there are no locks, nobody else can hold one.
  if (!navigator.locks) return true;
  return await new Promise<boolean>((answer) => {
    let late = false;
    const patience = setTimeout(() => {
      late = true;
      answer(false);
    }, PATIENCE_MS);
    void navigator.locks.request(name, async () => {
      clearTimeout(patience);
      if (late) onTurn();
      else answer(true);
      await new Promise<never>(() => {});
    });
  });
}
