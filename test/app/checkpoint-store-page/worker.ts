/** The store in a worker as the engine has it, and ways to stop the platform at a given place. */
import { expose } from "comlink";
import {
  CheckpointStore,
  type LastCheckpoint,
  type Saved,
} from "../../../src/engine/checkpoint-store.ts";

/** Where a save can be held, for good: the tab is then killed there. */
export type Place = "half written" | "written" | "before the switch" | "after the switch";

interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
}
declare const FileSystemSyncAccessHandle: { readonly prototype: SyncAccessHandle };

const folderName = "badnets-lab-checkpoints";

export class Lab {
  readonly notices: string[] = [];
  private owned = 0;
  private store!: CheckpointStore;

  async open(): Promise<boolean> {
    this.store = await CheckpointStore.open(
      { onNotice: (text) => void this.notices.push(text), onOwner: () => void this.owned++ },
      folderName,
    );
    return this.store.owns;
  }

  /** Saves a checkpoint of `size` bytes, all of them `step`. */
  async save(step: number, size = 1000): Promise<Saved> {
    return await this.store.save(meta(step), new Uint8Array(size).fill(step));
  }

  /** Asks for several saves at once. */
  async saveAll(steps: readonly number[]): Promise<Saved[]> {
    return await Promise.all(steps.map(async (step) => await this.save(step)));
  }

  async latest(): Promise<LastCheckpoint | null> {
    return await this.store.latest();
  }

  /** The step in the meta data, and the values and the number of the bytes. */
  async read(): Promise<{ step: number; values: number[]; size: number } | null> {
    const found = await this.store.read();
    if (!found) return null;
    return { step: found.meta.step, values: [...new Set(found.bytes)], size: found.bytes.length };
  }

  async discard(): Promise<void> {
    await this.store.discard();
  }

  told(): { notices: string[]; owned: number } {
    return { notices: this.notices, owned: this.owned };
  }

  /** Sizes of the files in the store, in no order. */
  async sizes(): Promise<number[]> {
    const sizes: number[] = [];
    for await (const file of files()) sizes.push((await file.getFile()).size);
    return sizes;
  }

  /** Changes one byte in the file of a generation, which is known by its content. */
  async damage(step: number): Promise<void> {
    for await (const file of files()) {
      const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
      if (bytes[0] !== step) continue;
      bytes[bytes.length >> 1] ^= 1;
      const stream = await file.createWritable();
      await stream.write(bytes);
      await stream.close();
    }
  }

  /** Makes the next save stop at a place, and with it the whole worker. */
  holdAt(place: Place): void {
    if (place === "half written") {
      const { prototype } = FileSystemSyncAccessHandle;
      const { write } = prototype;
      prototype.write = function (bytes, options) {
        write.call(this, bytes.subarray(0, bytes.length >> 1), options);
        this.flush();
        return stop();
      };
    } else if (place === "written") {
      const { prototype } = SubtleCrypto;
      const { digest } = prototype;
      let calls = 0;
      prototype.digest = async function (algorithm, bytes) {
        // The first digest is of the bytes to write, the second of what was read back.
        return ++calls === 2 ? stop() : await digest.call(this, algorithm, bytes);
      };
    } else if (place === "before the switch") {
      const { prototype } = IDBDatabase;
      const { transaction } = prototype;
      prototype.transaction = function (stores, mode, options) {
        return mode === "readwrite" ? stop() : transaction.call(this, stores, mode, options);
      };
    } else FileSystemDirectoryHandle.prototype.removeEntry = async () => stop();
  }

  /** From now on the browser has no file system for the origin, as in a private window. */
  withoutFileSystem(): void {
    StorageManager.prototype.getDirectory = async () => {
      await Promise.resolve();
      throw new DOMException("not in private windows", "SecurityError");
    };
  }
}

/** Tells the page, and does nothing else any more. */
function stop(): never {
  postMessage("stopped");
  for (;;);
}

function meta(step: number) {
  return {
    step,
    totalSteps: 100,
    recipe: { study: "digits" },
    title: "pattern BadNet",
    dataName: "MNIST",
    dataSha256: "0".repeat(64),
  };
}

async function* files(): AsyncGenerator<FileSystemFileHandle> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(folderName);
  for await (const handle of folder.values()) yield handle as FileSystemFileHandle;
}

expose(new Lab());
