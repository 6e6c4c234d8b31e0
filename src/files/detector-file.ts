/** A detector as one safetensors file: parameters, recipe, losses, and to go on from, the optimiser's state. */
import { clip, UserError } from "../errors.ts";
import type { ParameterDescription } from "../models/description.ts";
import { parseMetadata } from "./model-file.ts";
import { readSafetensors, takeF32, writeSafetensors, type StoredTensor } from "./safetensors.ts";
import type { DetectorState } from "../training/detector-run.ts";

const FORMAT = "badnets-detector";
const VERSION = "1";

export interface DetectorFile {
  /** As it stands in the file, not yet checked. */
  readonly recipe: unknown;
  /** Its optimiser is empty where the file is only for looking. */
  readonly state: DetectorState;
  /** Hashes of the photographs that it was trained on (see differenceHash); null: not known. */
  readonly seen: readonly bigint[] | null;
}

/** The tensor of those hashes: [photographs, 2], the lower half first. */
const SEEN = "photographs";

/**
 * @param whole with the optimiser's state, to go on from
 * @param seen hashes of the photographs that it was trained on, where they are known
 */
export function encodeDetector(
  described: readonly ParameterDescription[],
  recipe: unknown,
  state: DetectorState,
  whole: boolean,
  seen: readonly bigint[] | null = null,
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  for (const { label, shape } of described) {
    tensors.set(label, { dtype: "F32", shape, data: state.parameters.get(label)! });
  }
  if (whole) {
    for (const [name, data] of state.optimiser) {
      tensors.set(`optimiser/${name}`, { dtype: "F32", shape: [data.length], data });
    }
  }
  const { losses } = state;
  if (losses.length > 0) {
    tensors.set("losses", { dtype: "F32", shape: [losses.length / 4, 4], data: losses });
  }
  if (seen) {
    const data = new Uint32Array(new BigUint64Array(seen).buffer);
    tensors.set(SEEN, { dtype: "U32", shape: [seen.length, 2], data });
  }
  return writeSafetensors(tensors, {
    format: FORMAT,
    version: VERSION,
    recipe: JSON.stringify(recipe),
    position: JSON.stringify({
      step: state.step,
      tiling: state.tiling,
      trainSeconds: state.trainSeconds,
    }),
  });
}

/**
 * @param described the parameters of the network that the recipe in the file asks for
 * @throws UserError when the file is damaged, of another tool, of another network or another version
 */
export function decodeDetector(
  bytes: Uint8Array,
  name: string,
  described: (recipe: unknown) => readonly ParameterDescription[],
): DetectorFile {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const { format, version } = metadata;
  if (format !== FORMAT || version !== VERSION) {
    throw new UserError(
      `${name} is no detector of this tool and version: its format is ` +
        `${format ? `"${clip(format)}" ${clip(version ?? "")}` : "not given"}, expected "${FORMAT}" ${VERSION}.`,
    );
  }
  const recipe = parseMetadata(metadata["recipe"], "recipe", name);
  const position = parseMetadata(metadata["position"], "position", name) as Record<string, unknown>;
  const { step, tiling, trainSeconds } = position ?? {};
  if (
    !Number.isSafeInteger(step) ||
    (step as number) < 0 ||
    (tiling !== "registers" && tiling !== "workgroup") ||
    typeof trainSeconds !== "number"
  ) {
    throw new UserError(`${name} is damaged: its position is not as expected.`);
  }
  const parameters = new Map(
    described(recipe).map(({ label, shape }) => [label, takeF32(tensors, label, shape, name)]),
  );
  const optimiser = new Map(
    [...tensors].flatMap(([key, { shape }]) =>
      key.startsWith("optimiser/")
        ? [[key.slice("optimiser/".length), takeF32(tensors, key, shape, name)] as const]
        : [],
    ),
  );
  const losses = tensors.has("losses")
    ? takeF32(tensors, "losses", [step as number, 4], name)
    : new Float32Array(0);
  const state: DetectorState = {
    step: step as number,
    tiling,
    parameters,
    optimiser,
    losses,
    trainSeconds,
  };
  return { recipe, state, seen: readSeen(tensors.get(SEEN), name) };
}

function readSeen(stored: StoredTensor | undefined, name: string): bigint[] | null {
  if (!stored) return null;
  const { dtype, shape, data } = stored;
  if (dtype !== "U32" || shape.length !== 2 || shape[1] !== 2) {
    throw new UserError(`${name} is damaged: its list of photographs is not as expected.`);
  }
  return [...new BigUint64Array(data.buffer)];
}
