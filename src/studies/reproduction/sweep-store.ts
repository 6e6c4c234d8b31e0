/** Where a sweep keeps what it makes: a folder, or a browser's storage. All is written whole or not at all. */
import type { InstanceOf, ReproductionTypes } from "./reproduction.ts";

export interface SweepStore<T extends ReproductionTypes> {
  /** A finished instance, already checked to be of this recipe; null: not finished. */
  finished(instance: InstanceOf<T>): Promise<T["file"] | null>;
  finish(file: T["file"]): Promise<void>;
  /** A safetensors file; null: there is none. */
  model(id: string): Promise<Uint8Array | null>;
  saveModel(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The place that an unfinished instance has come to; null: nowhere yet. */
  checkpoint(id: string): Promise<Uint8Array | null>;
  saveCheckpoint(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Called for an instance that is finished. */
  dropCheckpoint(id: string): Promise<void>;
}
