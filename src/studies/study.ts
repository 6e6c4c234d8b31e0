/**
 * What the engine needs to know of a study. A study is one object: it parses a recipe, plans, builds, measures,
 * reads and writes files, and has questions; everything else (runs, checkpoints, devices) is the same for all.
 */
import type { NamedBytes } from "../data/digits.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Loadable, ParameterSource, ParameterValues } from "../training/parameter-values.ts";
import type { RunState, RunTask } from "../training/run.ts";
import type { StepTrainer } from "../training/step-trainer.ts";
import type { Saved, Saving, StudyPort } from "./port.ts";
import type { TaskQueue } from "./task-queue.ts";

/** The types that a study is made of: what crosses the worker's boundary, and what stays behind it. */
export interface StudyTypes extends StudyPort {
  readonly trainer: StepTrainer;
  readonly evaluation: { readonly step: number; readonly kind: "epoch" | "probe" };
  /** The data in the worker. */
  readonly source: StudySource<this["data"]>;
  /** Networks beside the run, to look with. */
  readonly inspector: Inspecting;
  /** What goes with the parameters from a run into its files and back: the data that they have seen. */
  readonly origin: object;
}

/** A study's data, as far as the engine deals with it. */
export interface StudySource<View> {
  /** Fetches what the app ships with. */
  load(): Promise<void>;
  /** For the page. */
  view(): View;
  /** What it is busy with, in words; null when there is what a network on view needs. */
  readonly loading: string | null;
}

/** What looks at networks, with memory of its own on a device. */
export interface Inspecting {
  readonly gpu: Gpu;
  /** Compiles what the first long question would have to wait for. */
  warmUp(): Promise<void>;
}

/** What a study's data may ask of the engine that holds it. */
export interface StudyHost {
  /** URL of the app's folder. */
  readonly base: string;
  /** A scope of the device, or of the next one when it was lost. */
  scope(): Promise<Gpu>;
  /** Tells the reader something, in a sentence. */
  notify(text: string): void;
  /** What `view` says has changed. */
  changed(): void;
  /** Other data: what looks at networks is built anew. */
  renew(): void;
  /** @throws UserError while a run, or other long work, goes on */
  assertIdle(then: string): void;
  /** Long work on the device, while which no run may begin. @param what for whoever wants to, in a clause */
  exclusively<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** The network on view at the moment of asking. */
export interface View<T extends StudyTypes> {
  readonly recipe: T["recipe"];
  readonly inspector: T["inspector"];
  /** For long work with the inspector, one piece after the other. */
  readonly queue: TaskQueue;
  readonly parameters: ParameterSource;
  /** What the last training step left; null where nothing trains. */
  gradients(): Promise<ParameterValues | null>;
  /** Steps that it was trained for. */
  readonly step: number;
  /** See Subject. */
  readonly version: number;
}

/** What questions are asked of: the network on view, and the study's data. */
export interface QuestionSubject<T extends StudyTypes> {
  readonly source: T["source"];
  /** Waits until what looks at networks is built. @throws UserError while there is no network */
  view(): Promise<View<T>>;
}

/** A run that can begin. */
export interface Planned<T extends StudyTypes> {
  /** With whatever only the data could tell. */
  readonly recipe: T["recipe"];
  readonly task: RunTask<T["trainer"], T["evaluation"]>;
  readonly origin: T["origin"];
  /** What is known of the run, given what was measured so far. */
  details(evaluations: readonly T["evaluation"][]): T["details"];
}

/** A network from a file. */
export interface Stored<T extends StudyTypes> {
  readonly recipe: T["recipe"];
  readonly origin: T["origin"];
  readonly parameters: ParameterValues;
  readonly step: number;
  /** To go on from; null where the file is only for looking. */
  readonly state: RunState<T["evaluation"]> | null;
  /** How it came about, as far as the file, or what ships with it, tells. */
  readonly past:
    | ({ readonly totalSteps: number; readonly stepsPerEpoch: number } & {
        readonly metrics: readonly Float32Array[];
        readonly details: T["details"];
      })
    | null;
}

/** What is saved of a run, or of a network on view. */
export interface Savable<T extends StudyTypes> {
  readonly recipe: T["recipe"];
  readonly origin: T["origin"];
  /** Names the adapter in files; null where none trained it here. */
  readonly gpu: Gpu | null;
}

export interface Study<T extends StudyTypes> {
  /** In the names of files and in recipes. */
  readonly id: string;
  /** What it trains, in a word: "network", "detector". */
  readonly noun: string;
  /** Where the browser keeps its runs: the name of a lock, a database and a folder. */
  readonly store: string;
  /** The WGSL of every shader by name. */
  readonly shaders: ReadonlyMap<string, string>;
  readonly questions: T["questions"];

  open(host: StudyHost): T["source"];
  /** The network that ships with the app. */
  showcase(base: string): Promise<Stored<T>>;

  /** @throws UserError naming the first value that is wrong, and what is allowed */
  parse(recipe: unknown): T["recipe"];
  /** Waits for data where it must. @throws UserError for a recipe that the data cannot fill */
  plan(recipe: T["recipe"], source: T["source"], origin?: T["origin"]): Promise<Planned<T>>;
  /** Compiles what a run of such a recipe will need. */
  warmUp(gpu: Gpu, recipe: T["recipe"]): Promise<void>;
  /** A line for people, and the data's name and digest: what a kept checkpoint is of. */
  describe(recipe: T["recipe"], source: T["source"]): RunDescription;

  /** Builds what looks at networks of this recipe, with the data on view. */
  inspect(gpu: Gpu, recipe: T["recipe"], source: T["source"]): Promise<T["inspector"]>;

  /** Reads a file. @throws UserError when it is none of this study's, or damaged */
  read(file: NamedBytes): Stored<T>;
  /**
   * Whether a run can go on from a file's state; where it cannot, but the network can be looked at, the reason.
   * @throws UserError where it should not be opened at all
   */
  resumable(stored: Stored<T>, source: T["source"]): Promise<true | string>;
}

export interface RunDescription {
  readonly title: string;
  readonly dataName: string;
  readonly dataSha256: string;
}
