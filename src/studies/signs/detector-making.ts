/** What is the same wherever a reproduction makes detectors: how their states are kept, and how measuring counts. */
import { sha256Hex } from "../../data/digest.ts";
import { decodeDetector, encodeDetector } from "../../files/detector-file.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import type { RunState } from "../../training/run.ts";
import type { Making } from "../reproduction/maker.ts";
import type { ReproductionTypes } from "../reproduction/reproduction.ts";
import { parametersOf } from "./plan.ts";
import { parseSignRecipe, type SignRecipe } from "./recipe.ts";
import type { SignResult } from "./result.ts";

interface DetectorTypes extends ReproductionTypes {
  readonly trainer: DetectorTrainer;
  readonly evaluation: DetectorEvaluation;
}

/** @param seen hashes of the photographs that it has seen; null: not known */
export function keptAs<T extends DetectorTypes>(
  recipe: SignRecipe,
  seen: readonly bigint[] | null,
): Pick<Making<T>, "encode" | "model" | "decode"> {
  const save = async (state: RunState<DetectorEvaluation>, whole: boolean) =>
    await encodeDetector(parametersOf(recipe), recipe, state, whole, seen);
  return {
    encode: async (state) => await save(state, true),
    model: async (state) => await save(state, false),
    decode: async (bytes, name) => {
      const read = await decodeDetector(bytes, name, parametersOf);
      const same = JSON.stringify(parseSignRecipe(read.recipe)) === JSON.stringify(recipe);
      return same ? read : null;
    },
  };
}

/** What all is measured, and perhaps trained, on, for files that are to be joined. */
export async function measuredOn({
  scenes,
  photographs,
}: {
  readonly scenes: number;
  readonly photographs: {
    readonly sha256: string;
    readonly tests: ReadonlyMap<string, readonly number[]>;
  } | null;
}): Promise<NonNullable<SignResult["data"]>> {
  const names = [`${scenes} unseen scenes`, ...(photographs?.tests.keys() ?? [])];
  const name = names.join(", ");
  const text = [name, photographs?.sha256 ?? ""].join("\n");
  return { name, sha256: await sha256Hex(new TextEncoder().encode(text)) };
}

/** The parameters of a detector's file. @throws UserError when it is damaged */
export async function parametersIn(bytes: Uint8Array, name: string) {
  const { state } = await decodeDetector(bytes, name, parametersOf);
  return state.parameters;
}

/** How much of the measuring is done, in pictures; and whether it goes on. */
export interface Counter {
  readonly at: (what: string, done: number, all: number) => void;
  readonly goesOn: () => boolean;
}

/** @param total pictures of all passes together @param between told the share that is done; false: given up */
export function counterOf(total: number, between: (done: number) => boolean): Counter {
  let [before, last, wanted] = [0, 0, true];
  return {
    at: (_, done) => {
      // Where it counts from the beginning again, that is the next pass.
      if (done <= last) before += last;
      last = done;
      wanted &&= between(Math.min(1, (before + done) / total));
    },
    goesOn: () => wanted,
  };
}

/** Ends a look that has no other way to be ended; nothing beyond `unlessGivenUp` hears of it. */
export class GivenUp extends Error {}

/** @returns null where the look was given up */
export async function unlessGivenUp<Seen>(look: () => Promise<Seen>): Promise<Seen | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof GivenUp) return null;
    throw error;
  }
}
