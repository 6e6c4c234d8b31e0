/**
 * What the engine needs to know of a study. A study is one object: it parses a recipe, plans, builds, measures,
 * reads and writes files, and has questions; everything else (runs, checkpoints, devices) is the same for all.
 */
import type { NamedBytes } from "../data/digits.ts";
import type { AdapterReport } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { MadeWith } from "../training/made-with.ts";
import type { ParameterSource, ParameterValues } from "../training/parameter-values.ts";
import type { RunEvaluation, RunState, RunTask } from "../training/run.ts";
import type { StepTrainer } from "../training/step-trainer.ts";
import type { StudyPort } from "./port.ts";
import type { TaskQueue } from "./task-queue.ts";

/** The types that a study is made of: what crosses the worker's boundary, and what stays behind it. */
export interface StudyTypes extends StudyPort {
  readonly trainer: StepTrainer;
  readonly evaluation: RunEvaluation;
  /** The data in the worker. */
  readonly source: StudySource<object>;
  /** Networks beside the run, to look with. */
  readonly inspector: Inspecting;
  /** What goes with the parameters from a run into its files and back: the data that they have seen. */
  readonly origin: object;
  readonly planned: Planned<any>;
}

/** A study's data, as far as the engine deals with it. */
export interface StudySource<View> {
  /** Fetches what the app ships with. */
  load(): Promise<void>;
  /** For the page. */
  view(): View;
  /** What it is busy with, in words. */
  readonly loading: string | null;
  /** There is what it takes to look at a network. */
  readonly ready: boolean;
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

/** What of a study's types questions are about. */
export type Asked = Pick<StudyTypes, "recipe" | "source" | "inspector" | "origin">;

/** The network on view at the moment of asking. */
export interface View<T extends Asked> {
  readonly recipe: T["recipe"];
  readonly origin: T["origin"];
  /** Name of the file that it is from; null: of a run. */
  readonly file: string | null;
  readonly inspector: T["inspector"];
  /** For long work with the inspector, one piece after the other. */
  readonly queue: TaskQueue;
  readonly parameters: ParameterSource;
  /** What the last training step left; null where nothing trains. */
  readonly gradients: () => Promise<ParameterValues | null>;
  /** Steps that it was trained for. */
  readonly step: number;
  /** See Subject. */
  readonly version: number;
}

/** What questions are asked of: the network on view, and the study's data. */
export interface QuestionSubject<T extends Asked> {
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
  /** Name and digest of the data, for those who keep the run. */
  readonly data: { readonly name: string; readonly sha256: string };
  /** What is known of the run, given what was measured so far. */
  readonly details: (evaluations: readonly T["evaluation"][]) => T["details"];
}

/** How a network came about. */
export interface Past<T extends StudyTypes> {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Each metric of the training step, a value for every step. */
  readonly metrics: readonly Float32Array[];
  readonly details: T["details"];
}

/** A network from a file. */
export interface Stored<T extends StudyTypes> {
  /** The file's. */
  readonly name: string;
  readonly recipe: T["recipe"];
  readonly origin: T["origin"];
  readonly parameters: ParameterValues;
  readonly step: number;
  /** Where its run stood; null where the file does not tell. */
  readonly state: RunState<T["evaluation"]> | null;
  /** What the reader must know of the file, in a sentence; null: nothing. */
  readonly notice: string | null;
  /** A run can go on from that state. */
  readonly resumable: boolean;
  /** How it came about, as far as the file, or what ships with it, tells. */
  readonly past: Past<T> | null;
}

/** A network, or a run's state, that is to be saved. */
export interface Savable<T extends StudyTypes> {
  readonly recipe: T["recipe"];
  readonly origin: T["origin"];
  /** What trained it, where it was trained here. */
  readonly adapter: AdapterReport | null;
}

/** A network as it stands. */
export interface Standing<T extends StudyTypes> {
  readonly parameters: ParameterValues;
  readonly step: number;
  /** The latest state that was saved of its run, perhaps of some steps before; null: none. */
  readonly state: RunState<T["evaluation"]> | null;
}

/** A run that is over, with what it reached. */
export interface EndedRun<T extends StudyTypes> {
  readonly planned: T["planned"];
  readonly made: MadeWith;
  readonly state: RunState<T["evaluation"]>;
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
  /**
   * Waits for data where it must.
   * @param resumed a file whose state the run goes on from
   * @throws UserError for a recipe that the data cannot fill, or a file that does not belong to the data
   */
  plan(recipe: T["recipe"], source: T["source"], resumed?: Stored<T>): Promise<T["planned"]>;
  /** Compiles what a run of such a recipe will need. */
  warmUp(gpu: Gpu, recipe: T["recipe"], source: T["source"]): Promise<void>;
  /** A recipe in a line, for people; and what of it decides the kernels' times. */
  title(recipe: T["recipe"]): string;
  profileTitle(recipe: T["recipe"]): string;

  /** Builds what looks at networks of this recipe and origin, with the data on view. */
  inspect(
    gpu: Gpu,
    recipe: T["recipe"],
    source: T["source"],
    origin: T["origin"] | null,
  ): Promise<T["inspector"]>;

  /** Reads a file. @throws UserError when it is none of this study's, or damaged */
  read(file: NamedBytes): Promise<Stored<T>>;
  /** What stands in the way of going on from a file's state, so that it is only looked at; null: nothing. */
  obstacle(stored: Stored<T>, source: T["source"]): Promise<string | null>;
  /** A network without what only training needs, as safetensors. @throws UserError where there is too little of it */
  model(of: Savable<T>, network: Standing<T>): Promise<Uint8Array<ArrayBuffer>>;
  /** A run's state, to go on from, as safetensors. */
  checkpoint(of: Savable<T>, state: RunState<T["evaluation"]>): Promise<Uint8Array<ArrayBuffer>>;
  /** What a run came to, as JSON. */
  result(run: EndedRun<T>): Promise<object>;
  /** A line for each step, as CSV. */
  curves(planned: T["planned"], state: RunState<T["evaluation"]>): string;
}
