/** The digits that --data names. */
import { digitFile, type DigitData } from "../../data/digits.ts";
import { packagedMnist, readDigitDir } from "../../node/files.ts";
import { textOf, type Options } from "./options.ts";
import { filesOf, type InputUse } from "./output.ts";

/** Of a folder with four idx files, or else MNIST. @throws UserError where they cannot be read */
export async function digitDataOf(given: Options): Promise<DigitData> {
  const folder = textOf(given, "data");
  return folder === undefined ? await packagedMnist() : await readDigitDir(folder);
}

/** The files that this reads, for ensureOutputs. */
export function digitInputs(given: Options): InputUse[] {
  return filesOf(given, "data").map((folder) => ({
    ...folder,
    reads: (path) => digitFile(path) !== undefined,
  }));
}
