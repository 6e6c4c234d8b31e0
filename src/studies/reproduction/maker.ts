/** How a study's instances are made: what a sweep leaves to the study. */
import type { Gpu } from "../../gpu/gpu.ts";
import type { MadeWith } from "../../training/made-with.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import type { RunState, RunTask } from "../../training/run.ts";
import type { InstanceOf, Reproduction, ReproductionTypes } from "./reproduction.ts";

/** What an examination is made with. */
export interface Looking {
  /** A scope of the device, to be destroyed when all is seen. */
  readonly scope: () => Promise<Gpu>;
  /** Told how much is done, 0 to 1; when it gives false, the examination is given up. */
  readonly between: (done: number) => boolean;
}

/** An instance that can be trained. */
export interface Making<T extends ReproductionTypes> {
  readonly task: RunTask<T["trainer"], T["evaluation"]>;
  encode(state: RunState<T["evaluation"]>): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * @returns null where the checkpoint is of another recipe
   * @throws UserError when it is damaged
   */
  decode(
    bytes: Uint8Array,
    name: string,
  ): Promise<{ readonly state: RunState<T["evaluation"]>; readonly verified: boolean } | null>;
  /** Measures and examines what was trained. @returns null when it was given up */
  finish(
    state: RunState<T["evaluation"]>,
    made: MadeWith,
    looking: Looking,
  ): Promise<T["file"] | null>;
  /** The parameters as a file. */
  model(state: RunState<T["evaluation"]>, made: MadeWith): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Maker<T extends ReproductionTypes> {
  readonly reproduction: Reproduction<T>;
  /** Puts on a device what all instances share. */
  upload(gpu: Gpu): void;
  /** @param start the parameters of the instance that it begins with; null: it begins with none */
  plan(instance: InstanceOf<T>, start: ParameterValues | null): Promise<Making<T>>;
  /** The parameters of a file that `model` wrote. @throws UserError when it is damaged */
  readModel(bytes: Uint8Array, name: string): Promise<ParameterValues>;
}
