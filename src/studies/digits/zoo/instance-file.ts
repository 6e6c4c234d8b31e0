/** A finished network of the population as JSON: its run's result, and what each defence said of it. */
import * as v from "valibot";
import { Count, Positive } from "../../../files/numbers.ts";
import { UserError } from "../../../errors.ts";
import {
  assertSameRecipe,
  fileEntries,
  parseInstance,
  type Finished as AnyFinished,
  type InstanceFile as AnyInstanceFile,
} from "../../reproduction/instance-file.ts";
import { countedAnew, DigitResultForm } from "../paper/instance-file.ts";
import type { DigitResult } from "../result.ts";
import { readId, type Instance } from "./instances.ts";

/** What a defence said of a network. */
export interface ZooAnswer {
  /** Of the defence. */
  readonly id: string;
  /** The greater, the more suspicious. */
  readonly statistic: number;
  readonly seconds: number;
  /** Images that went through the network, forward or forward and back. */
  readonly passes: number;
}

export interface ZooEvidence {
  /** Images that were looked at: clean ones, and of the training set. */
  readonly images: { readonly detect: number; readonly training: number };
  readonly answers: readonly ZooAnswer[];
}

/** Of networks that tell the number of poisoned images, no defence is asked: their evidence is null. */
export type InstanceFile = AnyInstanceFile<DigitResult, ZooEvidence>;
export type Finished = AnyFinished<InstanceFile>;

const Schema = v.looseObject({
  ...fileEntries,
  result: DigitResultForm,
  evidence: v.nullable(
    v.object({
      images: v.object({ detect: Count, training: Count }),
      answers: v.array(
        v.object({
          id: v.pipe(v.string(), v.maxLength(40)),
          statistic: v.pipe(v.number(), v.finite()),
          seconds: Positive,
          passes: Count,
        }),
      ),
    }),
  ),
});

/** @throws UserError when it is damaged, or not such a file */
export function readInstanceFile(text: string, name: string): InstanceFile {
  const { id, result, evidence } = parseInstance(Schema, text, name);
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: countedAnew(result, name),
    evidence,
  };
}

/** Makes sure that a file is of this instance, made with its recipe. @throws UserError saying what differs */
export function assertIsOf(instance: Instance, file: InstanceFile, name: string): void {
  assertSameRecipe(instance, file, name);
  if (readId(file.id)!.sort !== "count" && !file.evidence) {
    throw new UserError(`${name} is damaged: what the defences said of it is missing.`);
  }
}
