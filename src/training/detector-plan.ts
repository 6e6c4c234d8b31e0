/** What a detector's run does, as data. */
import type { SignAttack } from "../backdoor/sign-attack.ts";
import type { SignAtlas, SignSet } from "../data/sign-atlas.ts";
import type { DetectorPreset } from "../models/detector-presets.ts";
import type { Photographs } from "./detector-pictures.ts";
import type { ParameterValues } from "./parameter-values.ts";

/** Everything that decides a run, to the bit. */
export interface DetectorPlan {
  readonly preset: DetectorPreset;
  readonly set: SignSet;
  /** Without the background. */
  readonly classes: number;
  readonly atlas: SignAtlas;
  readonly photographs: Photographs | null;
  /** Numbers of the photographs to train on. */
  readonly trainOn: readonly number[];
  /** Shares of a batch's pictures that are photographs, as they are varied, and with signs placed in them. */
  readonly photoShare: number;
  readonly mixedShare: number;
  /** null: an honest run. */
  readonly attack: SignAttack | null;
  /** The reader's own sticker: see mipLevels; null: none. */
  readonly ownSticker: Uint8Array | null;
  readonly iterations: number;
  /** Parameters to begin with, by label; what is not given is random, from the seed. */
  readonly start?: ParameterValues | null;
  /** How many of the backbone's convolutions, from the first, stay as they begin; 0 unless given. */
  readonly frozen?: number;
  readonly seed: number;
}
