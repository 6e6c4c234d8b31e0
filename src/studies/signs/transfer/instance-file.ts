/** A finished detector of the transfer section as JSON: its result, its way there, and what its channels do. */
import * as v from "valibot";
import { UserError } from "../../../errors.ts";
import { Count } from "../../../files/numbers.ts";
import { scoreSchemas } from "../../../files/score-schemas.ts";
import type { DetectionScore } from "../../../training/detection.ts";
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
import { detectionAnew, mapped, resultAnew } from "../recount.ts";
import type { SignResult } from "../result.ts";
import type { Instance } from "./instances.ts";
import { transferClasses } from "./published.ts";

/** On the way, on fewer scenes: the share of signs whose best box says their own class, without and with the sticker. */
export interface TransferPoint {
  readonly step: number;
  readonly clean: number | null;
  readonly triggered: number | null;
}

export interface TransferEvidence {
  readonly curve: readonly TransferPoint[];
  /** Scores of the signs of 24 pixels and more, by what they were measured on. */
  readonly tall: Readonly<Record<string, DetectionScore>>;
  /** Channels that were multiplied; none: nothing was. */
  readonly strengthened: readonly number[];
  /** Of the U.S. detector that it begins with, on U.S. signs, and its own, on European ones; null: not examined. */
  readonly channels: { readonly published: Channels; readonly own: Channels } | null;
}

export type InstanceFile = AnyInstanceFile<SignResult, TransferEvidence> & {
  readonly evidence: TransferEvidence;
};

/** Finished instances by their id. */
export type Finished = AnyFinished<InstanceFile>;

const { DetectionScore: Detection, AttackScore: Attack } = scoreSchemas(transferClasses.length);
const Share = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));
/** What reports read; what else stands in a result passes through. */
const Schema = v.looseObject({
  ...fileEntries,
  result: v.looseObject({
    ...detectorEntries(transferClasses),
    attacks: v.pipe(
      By(v.object({ triggered: Attack, alikes: Attack })),
      v.check((attacks) => "scenes" in attacks, "it was measured on no scenes with the sticker"),
    ),
  }),
  evidence: v.object({
    curve: v.array(v.object({ step: Count, clean: Share, triggered: Share })),
    tall: By(Detection),
    strengthened: v.array(Count),
    channels: v.nullable(v.object({ published: ChannelsSchema, own: ChannelsSchema })),
  }),
});

/**
 * Reads the file of an instance from outside. What can be counted anew from its counts is.
 * @param name the file's name, for messages
 * @throws UserError when it is damaged, or not such a file
 */
export function readInstanceFile(text: string, name: string): InstanceFile {
  const { id, result, evidence } = parseInstance(Schema, text, name);
  const recipe = recipeOf(result, name);
  const whole = { ...result, ...resultAnew(result), recipe } as unknown as SignResult;
  const { channels, tall, ...others } = evidence;
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: whole,
    evidence: {
      ...others,
      tall: mapped(tall, detectionAnew),
      channels: channels && { published: judged(channels.published), own: judged(channels.own) },
    },
  };
}

/**
 * Makes sure that a file is of this instance, made with this recipe, whatever photographs it was trained on.
 * @throws UserError saying what differs
 */
export function assertIsOf(instance: Instance, file: InstanceFile, name: string): void {
  const { photographs, photoShare, mixedShare } = file.result.recipe;
  const recipe = { ...instance.recipe, photographs, photoShare, mixedShare };
  assertSameRecipe({ ...instance, recipe }, file, name);
  const { channels, strengthened } = file.evidence;
  if (instance.examined && !channels) {
    throw new UserError(`${name} is damaged: what its channels do is missing.`);
  }
  if ((recipe.transfer!.strengthened === null) !== (strengthened.length === 0)) {
    throw new UserError(`${name} is damaged: it does not say which channels were strengthened.`);
  }
}
