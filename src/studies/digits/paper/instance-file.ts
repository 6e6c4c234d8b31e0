/** A finished instance of a reproduction as JSON: its run's result, and what its neurons were found to do. */
import * as v from "valibot";
import { clip, UserError } from "../../../errors.ts";
import { DIGIT_CLASSES } from "../../../models/digit-net.ts";
import { recognising, type Evidence } from "./evidence.ts";
import type { Instance } from "./instances.ts";
import { measure, type DigitResult } from "../result.ts";
import { parseDigitRecipe, type DigitRecipe } from "../recipe.ts";

export interface InstanceFile {
  readonly format: "badnets-instance";
  readonly version: 1;
  readonly id: string;
  readonly result: DigitResult;
  /** Of instances that are examined. */
  readonly evidence: Evidence | null;
}

/** Finished instances by their id. */
export type Finished = ReadonlyMap<string, InstanceFile>;

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Row = v.pipe(v.array(Count), v.length(DIGIT_CLASSES));
const Confusion = v.pipe(v.array(Row), v.length(DIGIT_CLASSES));
const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Share = v.pipe(v.number(), v.minValue(-1), v.maxValue(1));
const Positive = v.pipe(v.number(), v.minValue(0), v.finite());

/** What reports read; what else stands in a result passes through. */
const Schema = v.looseObject({
  format: v.literal("badnets-instance"),
  version: v.literal(1),
  id: v.pipe(v.string(), v.maxLength(100)),
  result: v.looseObject({
    format: v.literal("badnets-result"),
    version: v.literal(1),
    software: v.string(),
    date: v.pipe(v.string(), v.isoTimestamp()),
    adapter: v.looseObject({
      vendor: v.string(),
      architecture: v.string(),
      device: v.string(),
      description: v.string(),
    }),
    tiling: v.string(),
    kernelsSha256: v.optional(Sha256),
    data: v.looseObject({ name: v.string(), sha256: Sha256 }),
    training: v.looseObject({ steps: Count, finished: v.literal(true) }),
    clean: v.looseObject({ confusion: Confusion }),
    attack: v.nullable(v.looseObject({ confusion: Confusion })),
    throughput: v.looseObject({ trainImagesPerSecond: Positive, evalImagesPerSecond: Positive }),
    timings: v.looseObject({ trainSeconds: Positive, evaluateSeconds: Positive }),
    parametersSha256: Sha256,
  }),
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
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${name} is damaged: it is not valid JSON.`);
  }
  const parsed = v.safeParse(Schema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new UserError(
      `${name} is no instance of a reproduction: ${v.getDotPath(issue) ?? "its form"} is wrong (${clip(issue.message)}).`,
    );
  }
  const { id, result } = parsed.output;
  const evidence = parsed.output.evidence && {
    ...parsed.output.evidence,
    filters: recognising(parsed.output.evidence.filters),
  };
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
  const whole = { ...result, recipe, ...counted } as unknown as DigitResult;
  return { format: "badnets-instance", version: 1, id, result: whole, evidence };
}

/**
 * Makes sure that a file is of this instance, made with this recipe.
 * @throws UserError saying what differs
 */
export function assertIsOf(instance: Instance, file: InstanceFile, name: string): void {
  if (file.id !== instance.id) {
    throw new UserError(`${name} is of the instance ${clip(file.id)}, expected ${instance.id}.`);
  }
  const { start, ...own } = file.result.recipe;
  const { start: _, ...expected } = instance.recipe;
  const differing = (Object.keys(expected) as (keyof typeof expected)[]).find(
    (key) => JSON.stringify(own[key]) !== JSON.stringify(expected[key]),
  );
  if (differing) {
    throw new UserError(
      `${name} was made with another recipe: its ${differing} is ${clip(JSON.stringify(own[differing]))}, ` +
        `expected ${clip(JSON.stringify(expected[differing]))}.`,
    );
  }
  if (instance.examined && instance.recipe.attack && !file.evidence) {
    throw new UserError(`${name} is damaged: what its neurons were found to do is missing.`);
  }
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
