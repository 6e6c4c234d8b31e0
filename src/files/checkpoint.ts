/** A digit run's state as one safetensors file: parameters, optimiser, metrics, and the recipe as metadata. */
import * as v from "valibot";
import { metricNames } from "../layers/loss.ts";
import { describeParameters, type NetworkDescription } from "../models/description.ts";
import type { Evaluation } from "../training/evaluator.ts";
import type { RunState } from "../training/run.ts";
import { Count, Positive } from "./numbers.ts";
import {
  parseMetadata,
  positionEntries,
  positionText,
  readOwn,
  readPosition,
  stateTensors,
  takeOptimiser,
  takeParameters,
  writeOwn,
  type OwnFile,
} from "./own-file.ts";
import { takeF32 } from "./safetensors.ts";

const KIND = { what: "checkpoint", format: "badnets-checkpoint" } as const;

/** What is kept as JSON, of a network with so many classes. */
const positionOf = (classes: number) => {
  const Confusion = v.pipe(v.array(Count), v.length(classes * classes));
  const Evaluation = v.object({
    step: Count,
    kind: v.picklist(["epoch", "probe"]),
    clean: Confusion,
    triggered: v.nullable(Confusion),
  });
  return v.object({
    ...positionEntries,
    evaluateSeconds: Positive,
    evaluatedImages: Count,
    evaluations: v.array(Evaluation),
  });
};

/**
 * Writes a checkpoint. Tensors: each parameter by its label ("conv1.w"), the optimiser's state as
 * "optimiser/velocity/conv1.w" (or m and v), the metrics as "history/loss" and "history/accuracy".
 * @param extra further metadata, such as the adapter
 */
export async function encodeCheckpoint(
  network: NetworkDescription,
  recipe: unknown,
  state: RunState<Evaluation>,
  extra: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = stateTensors(describeParameters(network), state);
  for (const [i, metric] of metricNames.entries()) {
    const data = state.metrics[i];
    tensors.set(`history/${metric}`, { dtype: "F32", shape: [data.length], data });
  }
  const metadata = { recipe: JSON.stringify(recipe), position: positionText(state) };
  return await writeOwn(KIND, tensors, { ...extra, ...metadata });
}

/**
 * Reads a checkpoint of this network.
 * @param name the file's name, for messages
 * @returns the recipe as it stands in the file, not yet checked, and the state
 * @throws UserError when the file is damaged, was changed, is of another tool, of another network or another version
 */
export async function decodeCheckpoint(
  network: NetworkDescription,
  bytes: Uint8Array,
  name: string,
): Promise<OwnFile & { recipe: unknown; state: RunState<Evaluation> }> {
  const { tensors, ...file } = await readOwn(bytes, name, KIND);
  const { metadata } = file;
  const recipe = parseMetadata(metadata["recipe"], "recipe", name);
  const described = describeParameters(network);
  const parameters = takeParameters(tensors, described, name);
  const optimiser = takeOptimiser(tensors, described, name);
  const [classes] = described.at(-1)!.shape;
  const position = readPosition(positionOf(classes), file, name);
  const metrics = metricNames.map((metric) =>
    takeF32(tensors, `history/${metric}`, [position.step], name),
  );
  return { recipe, state: { ...position, parameters, optimiser, metrics }, ...file };
}
