/** A run's state as one safetensors file: parameters, optimiser, books, and the recipe as metadata. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import { describeParameters, type NetworkDescription } from "../models/description.ts";
import { parseMetadata } from "./model-file.ts";
import type { RunState } from "../training/run.ts";
import { readSafetensors, takeF32, writeSafetensors, type StoredTensor } from "./safetensors.ts";

const FORMAT = "badnets-checkpoint";
const VERSION = "1";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Seconds = v.pipe(v.number(), v.finite(), v.minValue(0));

/** What is kept as JSON, of a network with so many classes. */
const positionOf = (classes: number) => {
  const Confusion = v.pipe(v.array(Count), v.length(classes * classes));
  const Evaluation = v.object({
    step: Count,
    kind: v.picklist(["epoch", "probe"]),
    clean: Confusion,
    triggered: v.nullable(Confusion),
  });
  return v.pipe(
    v.object({
      step: Count,
      tiling: v.picklist(["registers", "workgroup"]),
      trainSeconds: Seconds,
      evaluateSeconds: Seconds,
      evaluatedImages: Count,
      evaluations: v.array(Evaluation),
    }),
    v.check(
      ({ step, evaluations }) => evaluations.every((evaluation) => evaluation.step <= step),
      "an evaluation lies beyond its step",
    ),
  );
};

/**
 * Writes a checkpoint. Tensors: each parameter by its label ("conv1.w"), the optimiser's state as
 * "optimiser/velocity/conv1.w" (or m and v), the books as "history/loss" and "history/accuracy".
 * @param extra further metadata, such as the adapter
 */
export function encodeCheckpoint(
  network: NetworkDescription,
  recipe: unknown,
  state: RunState,
  extra: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const shapes = new Map(describeParameters(network).map(({ label, shape }) => [label, shape]));
  const tensors = new Map<string, StoredTensor>();
  const put = (name: string, label: string, data: Float32Array<ArrayBuffer>) =>
    tensors.set(name, { dtype: "F32", shape: shapes.get(label) ?? [data.length], data });
  for (const [label, data] of state.parameters) put(label, label, data);
  for (const [name, data] of state.optimiser) {
    put(`optimiser/${name}`, name.slice(name.indexOf("/") + 1), data);
  }
  put("history/loss", "", state.losses);
  put("history/accuracy", "", state.accuracies);
  const { step, tiling, trainSeconds, evaluateSeconds, evaluatedImages, evaluations } = state;
  return new Uint8Array(
    writeSafetensors(tensors, {
      ...extra,
      format: FORMAT,
      version: VERSION,
      recipe: JSON.stringify(recipe),
      position: JSON.stringify({
        step,
        tiling,
        trainSeconds,
        evaluateSeconds,
        evaluatedImages,
        evaluations,
      }),
    }),
  );
}

/**
 * Reads a checkpoint of this network.
 * @param name the file's name, for messages
 * @returns the recipe as it stands in the file, not yet checked, and the state
 * @throws UserError when the file is damaged, of another tool, of another network or another version
 */
export function decodeCheckpoint(
  network: NetworkDescription,
  bytes: Uint8Array,
  name: string,
): { recipe: unknown; state: RunState; metadata: Readonly<Record<string, string>> } {
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata["format"] !== FORMAT) {
    throw new UserError(
      `${name} is a safetensors file, but no checkpoint of this tool: its format is ` +
        `${metadata["format"] ? `"${clip(metadata["format"])}"` : "not given"}, expected "${FORMAT}".`,
    );
  }
  if (metadata["version"] !== VERSION) {
    throw new UserError(
      `${name} is a checkpoint of version ${clip(metadata["version"] ?? "none")}, and this tool reads version ${VERSION}.`,
    );
  }
  const recipe = parseMetadata(metadata["recipe"], "recipe", name);
  const take = (key: string, shape: readonly number[]) => takeF32(tensors, key, shape, name);
  const described = describeParameters(network);
  const parameters = new Map(described.map(({ label, shape }) => [label, take(label, shape)]));
  const parts = tensors.has(`optimiser/velocity/${described[0].label}`) ? ["velocity"] : ["m", "v"];
  const optimiser = new Map(
    parts.flatMap((part) =>
      described.map(
        ({ label, shape }) =>
          [`${part}/${label}`, take(`optimiser/${part}/${label}`, shape)] as const,
      ),
    ),
  );
  const [classes] = described.at(-1)!.shape;
  const position = v.safeParse(
    positionOf(classes),
    parseMetadata(metadata["position"], "position", name),
  );
  if (!position.success) {
    throw new UserError(
      `${name} is damaged: its position is not as expected (${clip(position.issues[0].message)}).`,
    );
  }
  const { step } = position.output;
  const state: RunState = {
    ...position.output,
    parameters,
    optimiser,
    losses: take("history/loss", [step]),
    accuracies: take("history/accuracy", [step]),
  };
  return { recipe, state, metadata };
}
