/** A finished detector of the reproduction as JSON: its result, and what stickers and neurons have to do with it. */
import * as v from "valibot";
import { UserError } from "../../../errors.ts";
import { scoreSchemas } from "../../../files/score-schemas.ts";
import type { AttackScore } from "../../../training/attack-score.ts";
import {
  assertSameRecipe,
  fileEntries,
  parseInstance,
  type Finished as AnyFinished,
  type InstanceFile as AnyInstanceFile,
} from "../../reproduction/instance-file.ts";
import {
  By,
  ChannelsSchema,
  detectorEntries,
  judged,
  recipeOf,
  type Channels,
} from "../instance-parts.ts";
import { attackAnew, mapped, resultAnew } from "../recount.ts";
import type { SignResult } from "../result.ts";
import type { Instance } from "./instances.ts";
import { signClasses } from "./published.ts";

/** An attack that an honest detector is measured under: a sticker's name, or "random-target". */
export type Attacked = string;

export interface SignEvidence {
  /** Of the honest detector: what each attack does to it, by what that was measured on ("scenes", or a folder). */
  readonly fooled: Readonly<Record<Attacked, Readonly<Record<string, AttackScore>>>> | null;
  /** Of the yellow square's BadNet: the channels of conv5 at so many stop signs. */
  readonly channels: Channels | null;
}

export type InstanceFile = AnyInstanceFile<SignResult, SignEvidence>;

/** Finished instances by their id. */
export type Finished = AnyFinished<InstanceFile>;

const { AttackScore: Attack } = scoreSchemas(signClasses.length);

/** What reports read; what else stands in a result passes through. */
const Schema = v.looseObject({
  ...fileEntries,
  result: v.looseObject({
    ...detectorEntries(signClasses),
    attacks: v.optional(By(v.object({ triggered: Attack, alikes: Attack }))),
  }),
  evidence: v.nullable(
    v.object({ fooled: v.nullable(By(By(Attack))), channels: v.nullable(ChannelsSchema) }),
  ),
});

/**
 * Reads the file of an instance from outside. What can be counted anew from its counts is, and its channels are
 * judged anew by what was measured of them, so that nothing stands in a report that they do not bear out.
 * @param name the file's name, for messages
 * @throws UserError when it is damaged, or not such a file
 */
export function readInstanceFile(text: string, name: string): InstanceFile {
  const { id, result, evidence } = parseInstance(Schema, text, name);
  const recipe = recipeOf(result, name);
  if ((recipe.attack === null) !== (result.attacks?.["scenes"] === undefined)) {
    throw new UserError(`${name} is damaged: its recipe and its measures tell of different runs.`);
  }
  const whole = { ...result, ...resultAnew(result), recipe } as unknown as SignResult;
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: whole,
    evidence: evidenceAnew(evidence),
  };
}

function evidenceAnew(evidence: v.InferOutput<typeof Schema>["evidence"]): SignEvidence | null {
  return (
    evidence && {
      fooled: evidence.fooled && mapped(evidence.fooled, (scores) => mapped(scores, attackAnew)),
      channels: evidence.channels && judged(evidence.channels),
    }
  );
}

/**
 * Makes sure that a file is of this instance, made with this recipe.
 * @throws UserError saying what differs
 */
export function assertIsOf(instance: Instance, file: InstanceFile, name: string): void {
  assertSameRecipe(instance, file, name);
  const { attack } = instance.recipe;
  const found = attack === null ? file.evidence?.fooled : file.evidence?.channels;
  if (instance.examined && !found) {
    throw new UserError(
      `${name} is damaged: what ${attack === null ? "stickers do to it" : "its channels do"} is missing.`,
    );
  }
}
