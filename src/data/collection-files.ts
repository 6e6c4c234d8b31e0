/** Where a collection of files lies: a folder, a zip file, dropped files. */

/** Files by their paths below the collection's top, with slashes. */
export interface CollectionFiles {
  /** For messages. */
  readonly name: string;
  readonly paths: readonly string[];
  /** What was left out before anything is read. */
  readonly problems?: readonly string[];
  /** @throws UserError when the file is too large, damaged or gone */
  readonly read: (path: string) => Promise<Uint8Array>;
}
