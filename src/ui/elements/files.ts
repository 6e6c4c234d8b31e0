/** Files that the page hands the reader, and those that ship with the app. */
import type { NamedBytes } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { appFolder } from "../../trusted.ts";

/** Hands the reader a file. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the content over some time after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Fetches a file that ships with the app. @param path in its folder @throws UserError where it is not there */
export async function shippedFile(path: string): Promise<NamedBytes> {
  const response = await fetch(new URL(path, appFolder()));
  if (!response.ok) throw new UserError(`${path}, which ships with the app, could not be loaded.`);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
}
