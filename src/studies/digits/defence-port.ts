/** What the page and the digit study's worker say to each other of defences. */
import type { DefenceResult } from "../../defences/defend.ts";
import type { Standing } from "../../defences/judge.ts";
import type { NeuronId } from "../../inspection/neurons.ts";
import type { TaskProgress } from "../port.ts";
import type { DefenceConditions } from "./defence-report.ts";
import type { DigitRecipe } from "./recipe.ts";

/** What decides what defences find on a network. */
export interface DefenceOptions {
  /** Clean images to detect with, three times as many to repair with; undefined: the usual number. */
  readonly images?: number | undefined;
  /** Test images that judge, at most; undefined: all that the defender does not have. */
  readonly judge?: number | undefined;
  readonly seed: number;
  /** What is tried on the network, by the attacker; null where no trigger is known. */
  readonly attack: DigitRecipe["attack"];
}

export interface DefendArguments {
  /** Ids of the table's rows. */
  readonly defences: readonly string[];
  readonly options: DefenceOptions;
  /** How the network stands as it is, under the same options, where that is known. */
  readonly before: Standing | null;
}

/** What is told while defences run, in this order; the last two once for each defence. */
export type DefenceNews =
  | {
      readonly kind: "begun";
      readonly conditions: DefenceConditions;
      /** Those that will run. */
      readonly defences: readonly string[];
      /** Why others were left out, in a sentence; null: none were. */
      readonly leftOut: string | null;
    }
  | { readonly kind: "before"; readonly before: Standing }
  | ({
      readonly kind: "at";
      /** null: the network is judged as it is. */
      readonly id: string | null;
      /** What it leaves behind is judged. */
      readonly judging: boolean;
    } & TaskProgress)
  | {
      readonly kind: "result";
      readonly result: DefenceResult;
      /** The file of the network that it leaves behind; null where it changes nothing. */
      readonly mended: Uint8Array<ArrayBuffer> | null;
    };

/** Neurons to take out, and in whose name. */
export interface RemoveArguments {
  /** Of the defence that named them. */
  readonly id: string;
  readonly neurons: readonly NeuronId[];
  readonly options: DefenceOptions;
}

/** A network without some neurons. */
export interface Removed {
  readonly after: Standing;
  /** What was done, in a sentence. */
  readonly evidence: string;
  /** Its file. */
  readonly mended: Uint8Array<ArrayBuffer>;
}
