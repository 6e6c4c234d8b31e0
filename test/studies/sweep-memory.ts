/** A sweep's place in memory, in which no instance may be made twice. */
import type { InstanceOf, ReproductionTypes } from "../../src/studies/reproduction/reproduction.ts";
import type { SweepStore } from "../../src/studies/reproduction/sweep-store.ts";

export class SweepMemory<T extends ReproductionTypes> implements SweepStore<T> {
  readonly files = new Map<string, T["file"]>();
  readonly models = new Map<string, Uint8Array>();
  readonly checkpoints = new Map<string, Uint8Array>();
  finished = (instance: InstanceOf<T>) => Promise.resolve(this.files.get(instance.id) ?? null);
  finish = (file: T["file"]) => {
    if (this.files.has(file.id)) throw new Error(`${file.id} was made twice`);
    this.files.set(file.id, file);
    return Promise.resolve();
  };
  model = (id: string) => Promise.resolve(this.models.get(id) ?? null);
  saveModel = (id: string, bytes: Uint8Array) => Promise.resolve(void this.models.set(id, bytes));
  checkpoint = (id: string) => Promise.resolve(this.checkpoints.get(id) ?? null);
  saveCheckpoint = (id: string, bytes: Uint8Array) =>
    Promise.resolve(void this.checkpoints.set(id, bytes));
  dropCheckpoint = (id: string) => Promise.resolve(void this.checkpoints.delete(id));
}
