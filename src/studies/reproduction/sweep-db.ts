/** A reproduction's place in the browser: finished instances, models, and what is not finished. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { UserError } from "../../errors.ts";
import type { InstanceOf, Reproduction, ReproductionTypes } from "./reproduction.ts";
import type { SweepStore } from "./sweep-store.ts";

/** Everything by the instance's id. */
interface Schema extends DBSchema {
  /** JSON texts, read as if they came from outside. */
  instances: { key: string; value: string };
  models: { key: string; value: Uint8Array<ArrayBuffer> };
  checkpoints: { key: string; value: Uint8Array<ArrayBuffer> };
}

type Store = "instances" | "models" | "checkpoints";

/** What a reproduction's place needs to know. */
export interface SweepPlace<T extends ReproductionTypes> {
  readonly reproduction: Reproduction<T>;
  /** Of the database. */
  readonly name: string;
  /** Where an instance's parameters lie below the app's folder that ship with it; null: they do not. */
  readonly shipped: (id: string) => string | null;
  /** URL of the app's folder. */
  readonly base: string;
  readonly onNotice: (text: string) => void;
}

export class SweepDb<T extends ReproductionTypes> implements SweepStore<T> {
  /** What a full disk did not take, which is then kept as long as the page is open. */
  private readonly memory = new Map<string, string | Uint8Array<ArrayBuffer>>();
  private warned = false;

  private constructor(
    private readonly db: IDBPDatabase<Schema> | null,
    private readonly place: SweepPlace<T>,
  ) {}

  static async open<T extends ReproductionTypes>(place: SweepPlace<T>): Promise<SweepDb<T>> {
    const db = await openDB<Schema>(place.name, 1, {
      upgrade(fresh) {
        for (const store of ["instances", "models", "checkpoints"] as const) {
          fresh.createObjectStore(store);
        }
      },
    }).catch(() => null);
    return new SweepDb(db, place);
  }

  /** All that is finished and still of this version's recipes. */
  async all(known: readonly InstanceOf<T>[]): Promise<T["file"][]> {
    const files = await Promise.all(known.map(async (instance) => await this.finished(instance)));
    return files.filter((file) => file !== null);
  }

  /** Those that have a checkpoint. */
  async begun(known: readonly InstanceOf<T>[]): Promise<string[]> {
    const kept = new Set(await this.db?.getAllKeys("checkpoints"));
    return known
      .map(({ id }) => id)
      .filter((id) => kept.has(id) || this.memory.has(`checkpoints/${id}`));
  }

  async finished(instance: InstanceOf<T>): Promise<T["file"] | null> {
    const text = await this.get("instances", instance.id);
    if (typeof text !== "string") return null;
    try {
      const { readFile, assertIsOf } = this.place.reproduction;
      const file = readFile(text, instance.id);
      assertIsOf(instance, file, instance.id);
      return file;
    } catch (error) {
      // Of an older version, or damaged: it is made again.
      if (error instanceof UserError) return null;
      throw error;
    }
  }

  async finish(file: T["file"]): Promise<void> {
    await this.put("instances", file.id, JSON.stringify(file));
  }

  /** What ships with the app stands in for the reader's own. */
  async model(id: string): Promise<Uint8Array | null> {
    const own = await this.get("models", id);
    if (own instanceof Uint8Array) return own;
    const path = this.place.shipped(id);
    const response = path === null ? null : await fetch(new URL(path, this.place.base));
    return response?.ok ? new Uint8Array(await response.arrayBuffer()) : null;
  }

  async saveModel(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.put("models", id, bytes);
  }

  async checkpoint(id: string): Promise<Uint8Array | null> {
    const bytes = await this.get("checkpoints", id);
    return bytes instanceof Uint8Array ? bytes : null;
  }

  async saveCheckpoint(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.put("checkpoints", id, bytes);
  }

  async dropCheckpoint(id: string): Promise<void> {
    this.memory.delete(`checkpoints/${id}`);
    await this.db?.delete("checkpoints", id);
  }

  /** Throws away all there is of an instance. */
  async discard(id: string): Promise<void> {
    for (const store of ["instances", "models", "checkpoints"] as const) {
      this.memory.delete(`${store}/${id}`);
      await this.db?.delete(store, id);
    }
  }

  private async get(store: Store, id: string): Promise<string | Uint8Array | undefined> {
    return this.memory.get(`${store}/${id}`) ?? (await this.db?.get(store, id));
  }

  private async put(store: Store, id: string, value: string | Uint8Array<ArrayBuffer>) {
    try {
      if (!this.db) throw new DOMException("there is no database", "NotFoundError");
      await this.db.put(store, value, id);
    } catch (error) {
      this.memory.set(`${store}/${id}`, value);
      if (this.warned) return;
      this.warned = true;
      const why =
        error instanceof DOMException && error.name === "QuotaExceededError"
          ? "the disk is full"
          : "there is no place for them";
      this.place.onNotice(
        `The browser can't keep the results of the reproduction (${why}); they last until this tab is closed: export them.`,
      );
    }
  }
}
