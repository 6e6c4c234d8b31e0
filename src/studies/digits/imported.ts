/** Networks of other tools on the digit page: read, and put on view as a network from a file. */
import { sha256Hex } from "../../data/digest.ts";
import type { NamedBytes } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { decodeImport, IMPORT_FORMAT, type ImportedModel } from "../../files/import-file.ts";
import type { Stored } from "../study.ts";
import { parseDigitRecipe } from "./recipe.ts";
import type { DigitTypes } from "./types.ts";

/** What stands where a network's recipe is: nothing is known of how it was trained. */
const unknown = {
  study: "digits",
  attack: null,
  epochs: 5,
  batch: 64,
  optimiser: {
    kind: "sgd",
    rate: 0.05,
    momentum: 0.9,
    weightDecay: 0,
    schedule: "linear",
    warmup: 0,
  },
  augment: false,
  seed: 1,
};

/** Files of this tool begin with "badnets-" among their metadata. */
const OWN = /"format":"(badnets-[a-z]+)"/;

/**
 * @returns null where the file is a model or a checkpoint of this tool
 * @throws UserError where it cannot be read, or the views of digits cannot show it
 */
export async function readImported({
  name,
  bytes,
}: NamedBytes): Promise<Stored<DigitTypes> | null> {
  const own = name.endsWith(".onnx") ? undefined : ownFormat(bytes);
  if (own !== undefined && own !== IMPORT_FORMAT) return null;
  // What reads other tools' files is fetched by those who open one.
  const { notDigits } = await import("../../foreign/describe.ts");
  const model =
    own === IMPORT_FORMAT ? await decodeImport(bytes, name) : await readOther(name, bytes);
  const { description, parameters, origin } = model;
  const obstacle = notDigits(description);
  if (obstacle !== null) {
    throw new UserError(
      `${name} cannot be looked at here: ${obstacle}. badnets models import tells what it is on the command line.`,
    );
  }
  const pixels = origin.normalisation
    ? "Its pixels are normalised as it was told on import."
    : "Pixels go in as they are, 0 to 1; if it was trained on others, read it with badnets models import --mean --std, and drop what that writes.";
  return {
    name,
    recipe: parseDigitRecipe(unknown),
    origin: { data: "unknown", dataSha256: "unknown", imported: { description, origin } },
    parameters,
    step: 0,
    state: null,
    notice: [
      `${name} is a network of another tool (${origin.format}): what it was trained on is not known, nor whether it is honest.`,
      pixels,
      ...origin.notes,
    ].join(" "),
    resumable: false,
    past: null,
  };
}

/** As the header of a safetensors file of this tool has it. */
function ownFormat(bytes: Uint8Array): string | undefined {
  const header = new TextDecoder("latin1").decode(bytes.subarray(8, 8 + 1_000_000));
  return OWN.exec(header)?.[1];
}

async function readOther(name: string, bytes: Uint8Array): Promise<ImportedModel> {
  const { readForeign } = await import("../../foreign/read.ts");
  const { network, description, parameters } = readForeign({ name, bytes });
  const { format, producer, notes } = network;
  const sha256 = await sha256Hex(bytes);
  const origin = { file: name, format, producer, sha256, normalisation: null, notes: [...notes] };
  return { description, parameters, origin };
}
