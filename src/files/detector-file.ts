/** A detector as one safetensors file: parameters, recipe, losses, and to go on from, the optimiser's state. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import { lossNames } from "../layers/loss-names.ts";
import type { ParameterDescription } from "../models/description.ts";
import type { DetectorEvaluation } from "../training/detector-evaluation.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { RunState } from "../training/run.ts";
import { optimiserOfBlocks } from "./block-optimiser.ts";
import { Count, Positive } from "./numbers.ts";
import {
  OPTIMISER,
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
import { scoreSchemas } from "./score-schemas.ts";
import { takeF32, type StoredTensor } from "./safetensors.ts";

const KIND = { what: "detector", format: "badnets-detector" } as const;

export interface DetectorFile extends OwnFile {
  /** As it stands in the file, not yet checked. */
  readonly recipe: unknown;
  /** Its optimiser is empty where the file is only for looking. */
  readonly state: RunState<DetectorEvaluation>;
  /** Hashes of the photographs that it was trained on (see differenceHash); null: not known. */
  readonly seen: readonly bigint[] | null;
}

/** The tensor of those hashes: [photographs, 2], the lower half first. */
const SEEN = "photographs";

/** That of the losses, [step, 4] in the order of lossNames. */
const LOSSES = "losses";

/** What is kept as JSON, of a detector of so many classes; files of before had no evaluations. */
const positionOf = (classes: number) => {
  const { DetectionScore, AttackScore } = scoreSchemas(classes);
  const Evaluation = v.object({
    step: Count,
    kind: v.picklist(["epoch", "probe"]),
    scenes: DetectionScore,
    photographs: v.nullable(DetectionScore),
    attack: v.optional(v.nullable(v.object({ triggered: AttackScore, alikes: AttackScore })), null),
  });
  return v.object({
    ...positionEntries,
    evaluateSeconds: v.optional(Positive, 0),
    evaluatedImages: v.optional(Count, 0),
    evaluations: v.optional(v.array(Evaluation), []),
  });
};

/**
 * @param whole with the optimiser's state, to go on from
 * @param seen hashes of the photographs that it was trained on, where they are known
 */
export async function encodeDetector(
  described: readonly ParameterDescription[],
  recipe: unknown,
  state: RunState<DetectorEvaluation>,
  whole: boolean,
  seen: readonly bigint[] | null = null,
): Promise<Uint8Array<ArrayBuffer>> {
  const { parameters, metrics } = state;
  const optimiser = whole ? state.optimiser : new Map();
  const tensors = stateTensors(described, { parameters, optimiser });
  const [{ length }] = metrics;
  if (length > 0) {
    const width = metrics.length;
    const data = Float32Array.from(
      { length: width * length },
      (_, i) => metrics[i % width][Math.floor(i / width)],
    );
    tensors.set(LOSSES, { dtype: "F32", shape: [length, width], data });
  }
  if (seen) {
    const data = new Uint32Array(new BigUint64Array(seen).buffer);
    tensors.set(SEEN, { dtype: "U32", shape: [seen.length, 2], data });
  }
  const metadata = { recipe: JSON.stringify(recipe), position: positionText(state) };
  return await writeOwn(KIND, tensors, metadata);
}

/**
 * @param describe the parameters of the network that the recipe in the file asks for
 * @throws UserError when the file is damaged, was changed, is of another tool, of another network or another version
 */
export async function decodeDetector(
  bytes: Uint8Array,
  name: string,
  describe: (recipe: unknown) => readonly ParameterDescription[],
): Promise<DetectorFile> {
  const { tensors, ...file } = await readOwn(bytes, name, KIND);
  const recipe = parseMetadata(file.metadata["recipe"], "recipe", name);
  const described = describe(recipe);
  const classes = described.find(({ label }) => label === "score.b")!.shape[0] - 1;
  const position = readPosition(positionOf(classes), file, name);
  const optimiser = readOptimiser(tensors, described, name);
  const state = {
    ...position,
    parameters: takeParameters(tensors, described, name),
    optimiser,
    metrics: readLosses(tensors, position.step, optimiser.size > 0, name),
  };
  return { ...file, recipe, state, seen: readSeen(tensors.get(SEEN), name) };
}

/** The optimiser's state by part and parameter, also of a file that keeps it by block; empty where there is none. */
function readOptimiser(
  tensors: ReadonlyMap<string, StoredTensor>,
  described: readonly ParameterDescription[],
  name: string,
): ParameterValues {
  const keys = [...tensors.keys()].filter((key) => key.startsWith(OPTIMISER));
  if (keys.length === 0) return new Map();
  const blockOf = (i: number) => `${OPTIMISER}block/${i}`;
  if (!keys.some((key) => key.startsWith(blockOf(0).slice(0, -1))))
    return takeOptimiser(tensors, described, name);
  const blocks = keys.map((_, i) =>
    takeF32(tensors, blockOf(i), tensors.get(blockOf(i))?.shape ?? [], name),
  );
  const state = optimiserOfBlocks(described, blocks);
  if (state) return state;
  const values = described.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  throw new UserError(
    `${name}: its optimiser's state cannot be used: it lies in blocks of ` +
      `${clip(blocks.map(({ length }) => length).join(", "))} values, and no layout of its parameters' ${values} ` +
      "values has those. Give the file as it was saved, or begin a new run from a model without that state.",
  );
}

/** Each loss at every step. @param needed of a file to go on from; one that is only for looking may have none */
function readLosses(
  tensors: ReadonlyMap<string, StoredTensor>,
  step: number,
  needed: boolean,
  name: string,
): Float32Array<ArrayBuffer>[] {
  const width = lossNames.length;
  const there = tensors.has(LOSSES) || (needed && step > 0);
  const rows = there ? takeF32(tensors, LOSSES, [step, width], name) : [];
  return lossNames.map((_, i) =>
    Float32Array.from({ length: rows.length / width }, (_value, at) => rows[width * at + i]),
  );
}

function readSeen(stored: StoredTensor | undefined, name: string): bigint[] | null {
  if (!stored) return null;
  const { dtype, shape, data } = stored;
  if (dtype !== "U32" || shape.length !== 2 || shape[1] !== 2) {
    throw new UserError(`${name} is damaged: its list of photographs is not as expected.`);
  }
  return [...new BigUint64Array(data.buffer)];
}
