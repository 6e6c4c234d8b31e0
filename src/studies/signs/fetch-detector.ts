/** Fetches a detector that ships with the app. */
import { UserError } from "../../errors.ts";
import { decodeDetector, type DetectorFile } from "../../files/detector-file.ts";
import { parametersOf } from "./plan.ts";

/** @param base URL of the app's folder @throws UserError when it can't be had */
export async function fetchDetector(base: string, name: string): Promise<DetectorFile> {
  const file = `${name}.safetensors`;
  const response = await fetch(new URL(`showcase/${file}`, base)).catch(() => null);
  if (!response?.ok) {
    throw new UserError(
      `The detector ${file}, which others begin with, could not be loaded: reload the page.`,
    );
  }
  return await decodeDetector(new Uint8Array(await response.arrayBuffer()), file, parametersOf);
}
