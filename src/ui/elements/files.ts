/** Downloads: files that the page hands the reader. */

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
