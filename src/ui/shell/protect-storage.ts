/** Asks the browser not to delete what it keeps of the reader's work when the disk runs low. */

let asked: Promise<boolean> | null = null;

/** Asks once, and where it is so already not at all. @returns whether the browser will not delete it */
export async function protectStorage(): Promise<boolean> {
  asked ??= ask().catch(() => false);
  return await asked;
}

async function ask(): Promise<boolean> {
  const { storage } = navigator;
  return (await storage.persisted()) || (await storage.persist());
}
