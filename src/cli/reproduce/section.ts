/** A section of the paper as `badnets reproduce` knows it: what is its study's own. */
import type { Gpu } from "../../gpu/gpu.ts";
import type { Finished } from "../../studies/reproduction/instance-file.ts";
import type { Maker } from "../../studies/reproduction/maker.ts";
import type { ReportFiles } from "../../studies/reproduction/report-files.ts";
import type { Reproduction, ReproductionTypes } from "../../studies/reproduction/reproduction.ts";
import type { Progress } from "../../training/run.ts";
import type { Options, OptionSpec } from "../shared/options.ts";

/** What it takes to report on finished instances. */
export interface Reporting<T extends ReproductionTypes> {
  /** Makes sure that an instance fits what was asked for. @throws UserError saying what does not */
  readonly assertBelongs: (file: T["file"], path: string) => void;
  /** The sweep's seed that an instance is of; its recipe's unless given. */
  readonly seedOf?: (file: T["file"]) => number;
  readonly report: (finished: Finished<T["file"]>, seeds: readonly number[]) => ReportFiles;
}

/** And to train more of them. */
export interface Training<T extends ReproductionTypes> extends Reporting<T> {
  readonly maker: Maker<T>;
  /** Compiles what the first instance would have to wait for. */
  readonly warmUp: (gpu: Gpu) => Promise<void>;
}

export interface Section<T extends ReproductionTypes> {
  readonly reproduction: Reproduction<T>;
  /** Options of its own. */
  readonly options: OptionSpec;
  /** Those of them that are of no use with --merge. */
  readonly trains: readonly string[];
  /** Lines of its help: what it is, before the options, and examples, behind them. */
  readonly about: readonly string[];
  readonly examples: readonly string[];
  readonly settings: (given: Options) => T["settings"];
  /** More folders to take finished instances and models from. */
  readonly elsewhere: (given: Options) => readonly string[];
  readonly toReport: (given: Options) => Promise<Reporting<T>>;
  readonly toTrain: (given: Options, settings: T["settings"]) => Promise<Training<T>>;
  /** What an instance came to, in a line. */
  readonly inWords: (file: T["file"]) => string;
  /** Seconds that its training steps took. */
  readonly trainSeconds: (file: T["file"]) => number;
  /** A step of a run in a few words. */
  readonly step: (progress: Progress) => string;
}
