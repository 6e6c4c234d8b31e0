/** Where checkpoints lie in the browser: files of the origin's own, or records where there are none. */

/** A store of whole files under names that are used once. */
export interface CheckpointFiles {
  /** Resolves when the platform says that the bytes have been handed to the disk. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** @throws if there is no such file */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Deletes every file but these. */
  deleteExcept(names: ReadonlySet<string>): Promise<void>;
}

/** Of a worker only, and so not in the types of the page. */
interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

/** The origin private file system's folder, or null where the browser has none to give. */
export async function originFiles(folder: string): Promise<CheckpointFiles | null> {
  if (!("createSyncAccessHandle" in (globalThis.FileSystemFileHandle?.prototype ?? {}))) {
    return null;
  }
  try {
    const root = await navigator.storage.getDirectory();
    return new OriginFiles(await root.getDirectoryHandle(folder, { create: true }));
  } catch (error) {
    // Private windows have the functions and refuse the call.
    if (error instanceof DOMException && error.name !== "QuotaExceededError") return null;
    throw error;
  }
}

class OriginFiles implements CheckpointFiles {
  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = (await this.folder.getFileHandle(name, { create: true })) as SyncFileHandle;
    const handle = await file.createSyncAccessHandle();
    try {
      // Chromium answers a full disk with an error's number, others with fewer bytes or an exception.
      if (handle.write(bytes, { at: 0 }) !== bytes.length) {
        throw new DOMException("the disk took not all of it", "QuotaExceededError");
      }
      handle.flush();
    } finally {
      handle.close();
    }
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const file = await (await this.folder.getFileHandle(name)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  }

  async deleteExcept(names: ReadonlySet<string>): Promise<void> {
    const stale: string[] = [];
    for await (const name of this.folder.keys()) if (!names.has(name)) stale.push(name);
    for (const name of stale) {
      // A file that a killed tab still holds goes with a later call.
      await this.folder.removeEntry(name).catch(() => undefined);
    }
  }
}
