/** What this tool's own files have in common: format and version, JSON among the metadata, and a run's state. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import { optimiserParts } from "../layers/optimiser.ts";
import type { ParameterDescription } from "../models/description.ts";
import { allFinite, type ParameterValues } from "../training/parameter-values.ts";
import type { RunEvaluation, RunState } from "../training/run.ts";
import type { TrainerState } from "../training/step-trainer.ts";
import { Count, Positive } from "./numbers.ts";
import {
  readSafetensors,
  takeF32,
  writeSafetensors,
  type Safetensors,
  type StoredTensor,
} from "./safetensors.ts";
import { BLANK, isSealed, seal, SEAL } from "./seal.ts";

/** A kind of file. */
export interface FileKind {
  /** What it is called: "checkpoint". */
  readonly what: string;
  readonly format: string;
}

/** Of files that carry a digest; those of before are of version 1 and carry none. */
const VERSION = "2";
const WITHOUT_DIGEST = "1";

/** What every file gives beside its content. */
export interface OwnFile {
  readonly metadata: Readonly<Record<string, string>>;
  /** It carries a digest, which is right; false: it is of before there were any, and may have been changed. */
  readonly verified: boolean;
}

/** What people are told of a file that carries no digest. */
export function withoutDigest(name: string): string {
  return `${name} is of an earlier version and carries no digest: whether it is as it was written cannot be told.`;
}

/** Writes a file of this kind with its digest, which covers everything in it. */
export async function writeOwn(
  { format }: FileKind,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const own = { ...metadata, format, version: VERSION, [SEAL]: BLANK };
  const bytes = writeSafetensors(tensors, own);
  await seal(bytes);
  return bytes;
}

/**
 * Reads a file of this kind.
 * @param name the file's name, for messages
 * @throws UserError when the file is damaged, was changed, is of another tool, kind or version
 */
export async function readOwn(
  bytes: Uint8Array,
  name: string,
  kind: FileKind,
): Promise<OwnFile & Safetensors> {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const { format, version } = metadata;
  if (format !== kind.format) {
    throw new UserError(
      `${name} is a safetensors file, but no ${kind.what} of this tool: its format is ` +
        `${format ? `"${clip(format)}"` : "not given"}, expected "${kind.format}".`,
    );
  }
  if (version !== VERSION && version !== WITHOUT_DIGEST) {
    throw new UserError(
      `${name} is a ${kind.what} of version ${clip(version ?? "none")}, and this tool reads versions ` +
        `${WITHOUT_DIGEST} and ${VERSION}.`,
    );
  }
  const verified = version === VERSION;
  if (verified && !(await isSealed(bytes))) {
    throw new UserError(
      `${name} is not as it was written: its content does not have the SHA-256 that it carries; give an unchanged copy.`,
    );
  }
  for (const [key, { data }] of tensors) {
    if (data instanceof Float32Array && !allFinite(data)) {
      throw new UserError(
        `${name}: tensor "${clip(key)}" holds a value that is not a finite number.`,
      );
    }
  }
  return { tensors, metadata, verified };
}

/** A metadata text that must be JSON. */
export function parseMetadata(text: string | undefined, what: string, name: string): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError(`${name} is damaged: its ${what} is not valid JSON.`);
  }
}

/** What of every run's state is kept as JSON. */
export const positionEntries = {
  step: Count,
  tiling: v.picklist(["registers", "workgroup"]),
  trainSeconds: Positive,
};

/** The JSON of a state. */
export function positionText<E extends RunEvaluation>(state: RunState<E>): string {
  const { step, tiling, trainSeconds, evaluateSeconds, evaluatedImages, evaluations } = state;
  return JSON.stringify({
    step,
    tiling,
    trainSeconds,
    evaluateSeconds,
    evaluatedImages,
    evaluations,
  });
}

interface Position {
  readonly step: number;
  readonly evaluations: readonly RunEvaluation[];
}

/**
 * Reads the JSON of a state. What a file without a digest tells of its last step is left out, so that a run that
 * goes on measures it anew: it may be of other parameters.
 * @throws UserError where it is not as `schema` says, or tells of later steps
 */
export function readPosition<P extends Position>(
  schema: v.GenericSchema<unknown, P>,
  { metadata, verified }: OwnFile,
  name: string,
): P {
  const { success, output, issues } = v.safeParse(
    v.pipe(
      schema,
      v.check(
        ({ step, evaluations }) => evaluations.every((evaluation) => evaluation.step <= step),
        "an evaluation lies beyond its step",
      ),
    ),
    parseMetadata(metadata["position"], "position", name),
  );
  if (success) {
    const { step, evaluations } = output;
    const known = verified ? evaluations : evaluations.filter((one) => one.step < step);
    return { ...output, evaluations: known };
  }
  throw new UserError(
    `${name} is damaged: its position is not as expected (${clip(issues[0].message)}).`,
  );
}

/** What the optimiser's tensors are called by, before part and parameter. */
export const OPTIMISER = "optimiser/";

/** Parameters by their labels, and the optimiser's state as "optimiser/velocity/conv1.w" (or m and v). */
export function stateTensors(
  described: readonly ParameterDescription[],
  { parameters, optimiser }: Pick<TrainerState, "parameters" | "optimiser">,
): Map<string, StoredTensor> {
  const shapes = new Map(described.map(({ label, shape }) => [label, shape]));
  const tensors = new Map<string, StoredTensor>();
  const put = (key: string, label: string, data: Float32Array<ArrayBuffer>) =>
    tensors.set(key, { dtype: "F32", shape: shapes.get(label) ?? [data.length], data });
  for (const [label, data] of parameters) put(label, label, data);
  for (const [key, data] of optimiser) {
    put(OPTIMISER + key, key.slice(key.indexOf("/") + 1), data);
  }
  return tensors;
}

/** @throws UserError naming the first tensor that is missing, or of another shape */
export function takeParameters(
  tensors: ReadonlyMap<string, StoredTensor>,
  described: readonly ParameterDescription[],
  name: string,
): ParameterValues {
  return new Map(
    described.map(({ label, shape }) => [label, takeF32(tensors, label, shape, name)]),
  );
}

/**
 * The optimiser's state by part and parameter, of what is not frozen.
 * @throws UserError naming the first tensor that is missing, or of another shape
 */
export function takeOptimiser(
  tensors: ReadonlyMap<string, StoredTensor>,
  described: readonly ParameterDescription[],
  name: string,
): ParameterValues {
  const learned = described.filter(({ frozen }) => !frozen);
  const [first] = learned;
  const { sgd, adam } = optimiserParts;
  const parts = tensors.has(`${OPTIMISER}${sgd[0]}/${first.label}`) ? sgd : adam;
  return new Map(
    parts.flatMap((part) =>
      learned.map(({ label, shape }) => {
        const key = `${part}/${label}`;
        return [key, takeF32(tensors, OPTIMISER + key, shape, name)] as const;
      }),
    ),
  );
}
