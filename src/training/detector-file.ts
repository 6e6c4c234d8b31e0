/** A detector as one safetensors file: parameters, recipe, losses, and to go on from, the optimiser's state. */
import { clip, UserError } from "../errors.ts";
import type { ParameterDescription } from "../models/description.ts";
import { parseMetadata } from "./model-file.ts";
import { readSafetensors, takeF32, writeSafetensors, type StoredTensor } from "./safetensors.ts";
import type { DetectorState } from "./detector-run.ts";

const FORMAT = "badnets-detector";
const VERSION = "1";

export interface DetectorFile {
  /** As it stands in the file, not yet checked. */
  readonly recipe: unknown;
  /** Its optimiser is empty where the file is only for looking. */
  readonly state: DetectorState;
}

/** @param whole with the optimiser's state, to go on from */
export function encodeDetector(
  described: readonly ParameterDescription[],
  recipe: unknown,
  state: DetectorState,
  whole: boolean,
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
  return { recipe, state };
}
