/** A finished instance of a reproduction as JSON: its run's result, and what its neurons were found to do. */
import * as v from "valibot";
import { Count, Positive } from "../../../files/numbers.ts";
import { UserError } from "../../../errors.ts";
import { DIGIT_CLASSES } from "../../../models/digit-net.ts";
import {
  assertSameRecipe,
  fileEntries,
  parseInstance,
  resultEntries,
  type Finished as AnyFinished,
  type InstanceFile as AnyInstanceFile,
} from "../../reproduction/instance-file.ts";
import { recognising, type Evidence } from "./evidence.ts";
import type { Instance } from "./instances.ts";
import { measure, type DigitResult } from "../result.ts";
import { parseDigitRecipe, type DigitRecipe } from "../recipe.ts";

export type InstanceFile = AnyInstanceFile<DigitResult, Evidence>;

/** Finished instances by their id. */
export type Finished = AnyFinished<InstanceFile>;

const Row = v.pipe(v.array(Count), v.length(DIGIT_CLASSES));
const Confusion = v.pipe(v.array(Row), v.length(DIGIT_CLASSES));
const Share = v.pipe(v.number(), v.minValue(-1), v.maxValue(1));

/** Of a digit network's result, what reports read; what else stands in it passes through. */
export const DigitResultForm = v.looseObject({
  ...resultEntries,
  format: v.literal("badnets-result"),
  training: v.looseObject({ steps: Count, finished: v.literal(true) }),
  clean: v.looseObject({ confusion: Confusion }),
  attack: v.nullable(v.looseObject({ confusion: Confusion })),
  throughput: v.looseObject({ trainImagesPerSecond: Positive, evalImagesPerSecond: Positive }),
  timings: v.looseObject({ trainSeconds: Positive, evaluateSeconds: Positive }),
});

const Schema = v.looseObject({
  ...fileEntries,
  result: DigitResultForm,
  evidence: v.nullable(
    v.object({
      filters: v.array(
        v.object({
          channel: Count,
          weights: v.array(v.number()),
          triggerAlone: Positive,
          effect: v.number(),
          successLost: Share,
        }),
      ),
      depth: v.array(
        v.object({
          layer: v.string(),
          units: Count,
          points: v.array(v.object({ off: Count, success: Share, accuracy: Share })),
        }),
      ),
    }),
  ),
});

/** Puts the file of an instance together. */
export function instanceFile(
  { id }: Instance,
  result: DigitResult,
  evidence: Evidence | null,
): InstanceFile {
  return { format: "badnets-instance", version: 1, id, result, evidence };
}

/**
 * Reads the file of an instance from outside. Its measures are counted anew from its confusion
 * matrices, and its filters judged anew by what was measured of them, so that nothing stands in a report
 * that its counts do not bear out.
 * @param name the file's name, for messages
 * @throws UserError when it is damaged, or not such a file
 */
export function readInstanceFile(text: string, name: string): InstanceFile {
  const parsed = parseInstance(Schema, text, name);
  const { id, result } = parsed;
  const evidence = parsed.evidence && {
    ...parsed.evidence,
    filters: recognising(parsed.evidence.filters),
  };
  return {
    format: "badnets-instance",
    version: 1,
    id,
    result: countedAnew(result, name),
    evidence,
  };
}

/**
 * A result from outside with its measures counted anew from its confusion matrices.
 * @throws UserError where they do not fit its recipe
 */
export function countedAnew(
  result: v.InferOutput<typeof DigitResultForm>,
  name: string,
): DigitResult {
  const recipe = parseDigitRecipe(result["recipe"]);
  const counted = measure(
    {
      clean: result.clean.confusion.flat(),
      triggered: result.attack && result.attack.confusion.flat(),
    },
    recipe.attack?.policy ?? null,
  );
  const matrices = [result.clean, result.attack].flatMap((measured) => measured ?? []);
  if (matrices.some(({ confusion }) => confusion.flat().every((images) => images === 0))) {
    throw new UserError(`${name} is damaged: it was measured on no image.`);
  }
  if ((counted.attack === null) !== (recipe.attack === null)) {
    throw new UserError(`${name} is damaged: its recipe and its measures tell of different runs.`);
  }
  return { ...result, recipe, ...counted } as unknown as DigitResult;
}

/**
 * Makes sure that a file is of this instance, made with this recipe.
 * @throws UserError saying what differs
 */
export function assertIsOf(instance: Instance, file: InstanceFile, name: string): void {
  assertSameRecipe(instance, file, name);
  if (instance.examined && instance.recipe.attack && !file.evidence) {
    throw new UserError(`${name} is damaged: what its neurons were found to do is missing.`);
  }
  const { start } = file.result.recipe;
  if ((start === null) !== (instance.from === null)) {
    throw new UserError(
      `${name} was made with another recipe: it begins with ${start ? "parameters of another run" : "random parameters"}.`,
    );
  }
}

/** The instance's recipe, begun with the parameters of another run. */
export function recipeFrom(instance: Instance, startSha256: string | null): DigitRecipe {
  const start = startSha256 === null ? null : { parametersSha256: startSha256 };
  return { ...instance.recipe, start };
}
