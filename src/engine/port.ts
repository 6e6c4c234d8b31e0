/** The engine's commands, as the page reaches them through the worker's port. */
import type { NamedBytes } from "../data/digits.ts";
import type {
  Opened,
  Saved,
  Saving,
  Snapshot,
  StartOptions,
  StepUnit,
  StudyPort,
} from "../studies/port.ts";
import type { LastCheckpoint } from "./checkpoint-store.ts";

export interface EngineCommands<S extends StudyPort> {
  /** Opens a device. From then on `onSnapshot` is told, at a measured pace, how things stand. */
  open(onSnapshot: (snapshot: Snapshot<S>) => void | Promise<void>): Promise<Opened>;
  /** Fetches the study's data, and puts the network that ships with the app on view. */
  load(base: string): Promise<void>;

  /** Compiles what a run of this recipe will need, before it is started; what is none is passed over. */
  prepare(recipe: unknown): Promise<void>;
  /** Starts a run; resolves when it is under way. @throws UserError for a recipe that cannot be run */
  start(recipe: unknown, options?: StartOptions): Promise<void>;
  pause(): Promise<void> | void;
  resume(): Promise<void> | void;
  /** Ends the run; what it has learned is measured and kept. Asked once more, it ends without that measurement. */
  stop(): Promise<void> | void;
  /** Goes one unit of the run on, and rests. */
  step(unit: StepUnit): Promise<void>;
  /** Goes back to a kept state of the run, and rests there. @throws UserError when none is kept */
  rewind(step: number): Promise<void>;
  /** Slows the run down to so many steps a second; null: as fast as it goes. */
  setPace(stepsPerSecond: number | null): Promise<void> | void;

  /**
   * Takes a safetensors file: goes on from a checkpoint, or puts a network on view.
   * @param options.paused a run rests where the checkpoint stands
   * @returns its recipe
   */
  take(file: NamedBytes, options?: Pick<StartOptions, "paused">): Promise<S["recipe"]>;
  /** Puts the network that ships with the app on view; a run that goes on ends. @returns its recipe */
  showShipped(): Promise<S["recipe"]>;
  save(what: Saving): Promise<Saved>;

  /** The run that the browser keeps from before; null if there is none. */
  lastCheckpoint(): Promise<LastCheckpoint | null>;
  /** Goes on with it. @returns its recipe */
  resumeCheckpoint(): Promise<S["recipe"]>;
  discardCheckpoint(): Promise<void>;

  /** Asks one of the study's questions, or one of those that every study has. @param id names it to `cancel` */
  ask(
    id: number,
    name: string,
    args: unknown,
    onProgress: (progress: unknown) => void,
  ): Promise<unknown>;
  cancel(id: number): Promise<void> | void;
}
