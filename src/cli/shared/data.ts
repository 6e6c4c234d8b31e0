/** The digits that --data names. */
import type { DigitData } from "../../data/digits.ts";
import { packagedMnist, readDigitDir } from "../../node/files.ts";
import { textOf, type Options } from "./options.ts";

/** Of a folder with four idx files, or else MNIST. @throws UserError where they cannot be read */
export async function digitDataOf(given: Options): Promise<DigitData> {
  const folder = textOf(given, "data");
  return folder === undefined ? await packagedMnist() : await readDigitDir(folder);
}
