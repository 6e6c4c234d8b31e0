/** Carries the reader's commands to a study's engine; whatever fails is told, and nothing else changes. */
import type { ReactiveControllerHost } from "lit";
import type { NamedBytes } from "../../data/digits.ts";
import type { EngineClient } from "../../engine/client.ts";
import type { LastCheckpoint } from "../../engine/checkpoint-store.ts";
import type { EngineCommands } from "../../engine/port.ts";
import {
  isActive,
  type RunView,
  type Saving,
  type StartOptions,
  type StepUnit,
  type StudyPort,
} from "../../studies/port.ts";
import { download } from "../elements/files.ts";
import type { Connection } from "./connection.ts";
import { messageOf, wasCancelled } from "./errors.ts";
import type { Message } from "./notice-list.ts";

const types = {
  safetensors: "application/octet-stream",
  json: "application/json",
  csv: "text/csv",
} as const;

export class RunController<S extends StudyPort> {
  /** A command is on its way that must not be given twice. */
  waiting = false;
  /** What went wrong last, or is to be known of what was done. */
  messages: readonly Message[] = [];
  /** A run that the browser keeps from before. */
  lastCheckpoint: LastCheckpoint | null = null;
  /** What the engine was told to compile ahead. */
  private prepared = "";
  /** The engine that was met last; after its death comes another. */
  private met: EngineClient<S> | null = null;
  /** The engine that was last found to own what the browser keeps. */
  private owner: EngineClient<S> | null = null;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly connection: () => Connection<S>,
  ) {}

  get run(): RunView<S> | null {
    return this.connection().client?.snapshot.run ?? null;
  }

  get active(): boolean {
    return this.run !== null && isActive(this.run.phase);
  }

  /** What was told is outdated, as the reader goes on or has changed what led to it. */
  forget(): void {
    this.messages = [];
    this.host.requestUpdate();
  }

  readonly fail = (error: unknown) => {
    this.messages = [messageOf(error)];
    this.host.requestUpdate();
  };

  tell(text: string): void {
    this.messages = [{ key: `note ${performance.now()}`, kind: "notice", text }];
    this.host.requestUpdate();
  }

  /** Does something that may fail for reasons the reader should hear of. @returns whether it did not */
  async attempt(
    action: (commands: EngineCommands<S>) => Promise<unknown> | void,
  ): Promise<boolean> {
    try {
      await action(await this.connection().commands());
      return true;
    } catch (error) {
      if (!wasCancelled(error)) this.fail(error);
      return false;
    } finally {
      this.host.requestUpdate();
    }
  }

  /** Has the engine compile what a run of this recipe would need. @param form what of it decides that */
  prepare(recipe: S["recipe"], form: string): void {
    if (form === this.prepared) return;
    this.prepared = form;
    void this.attempt(async (commands) => await commands.prepare(recipe));
  }

  /** @returns whether the run is under way */
  async start(recipe: S["recipe"], options: StartOptions): Promise<boolean> {
    return await this.alone(async (commands) => await commands.start(recipe, options));
  }

  async pause(): Promise<void> {
    await this.attempt((commands) => commands.pause());
  }

  async resume(): Promise<void> {
    await this.attempt((commands) => commands.resume());
  }

  async stop(): Promise<void> {
    await this.attempt((commands) => commands.stop());
  }

  async step(unit: StepUnit): Promise<void> {
    this.forget();
    await this.attempt(async (commands) => await commands.step(unit));
  }

  async rewind(step: number): Promise<void> {
    await this.attempt(async (commands) => await commands.rewind(step));
  }

  /** Goes back to the latest state before where the run is. @returns false where there is none */
  rewindOnce(): boolean {
    const { run } = this;
    const before = run?.rewindable.findLast((step) => step < run.step);
    if (before === undefined) return false;
    void this.rewind(before);
    return true;
  }

  /** @param stepsPerSecond null: as fast as it goes */
  async setPace(stepsPerSecond: number | null): Promise<void> {
    await this.attempt((commands) => commands.setPace(stepsPerSecond));
  }

  /** @returns whether this is another engine than before, which has nothing compiled yet */
  meets(engine: EngineClient<S>): boolean {
    if (engine === this.met) return false;
    this.met = engine;
    this.prepared = "";
    return true;
  }

  /** @returns whether what the browser keeps has become this engine's since it was asked last */
  comesToOwn(engine: EngineClient<S>): boolean {
    if (engine === this.owner || !engine.snapshot.owns) return false;
    this.owner = engine;
    return true;
  }

  /** Looks what the browser keeps from before. */
  async lookBack(): Promise<void> {
    await this.attempt(async (commands) => (this.lastCheckpoint = await commands.lastCheckpoint()));
  }

  /** Goes on with what the browser keeps. @returns its recipe; null when that failed */
  async resumeLast(): Promise<S["recipe"] | null> {
    let recipe: S["recipe"] | null = null;
    await this.alone(async (commands) => {
      recipe = await commands.resumeCheckpoint();
      this.lastCheckpoint = null;
    });
    return recipe;
  }

  /** Puts the network that ships with the app on view. @returns its recipe; null when that failed */
  async showShipped(): Promise<S["recipe"] | null> {
    let recipe: S["recipe"] | null = null;
    await this.alone(async (commands) => {
      recipe = await commands.showShipped();
      // What the browser keeps of a run that ended there can be gone on with.
      this.lastCheckpoint = await commands.lastCheckpoint();
    });
    return recipe;
  }

  async discardLast(): Promise<void> {
    this.lastCheckpoint = null;
    await this.attempt(async (commands) => await commands.discardCheckpoint());
  }

  /**
   * Puts a network on view, or a run, which rests where its checkpoint stands.
   * @returns its recipe
   * @throws UserError when the file is neither
   */
  async take(file: NamedBytes): Promise<S["recipe"]> {
    return await (await this.connection().commands()).take(file, { paused: true });
  }

  /**
   * Opens files, of networks once it is known where they come from, and tells that.
   * @param take what to do with them
   */
  async open(
    files: readonly File[],
    take: (files: readonly File[]) => Promise<void>,
  ): Promise<void> {
    await this.attempt(async () => {
      const { provenanceOf } = await import("./signing/provenance.ts");
      const { files: own, provenance } = await provenanceOf(files);
      await take(own);
      if (provenance !== null) this.tell(provenance);
    });
  }

  /**
   * @param name of the file, without its ending
   * @param sign whether a network is signed at once, with the key of this browser
   */
  async save(what: Saving, name: string, sign = false): Promise<void> {
    await this.attempt(async (commands) => {
      const { content, extension } = await commands.save(what);
      const full = `${name}.${extension}`;
      download(full, content, types[extension]);
      if (!sign || extension !== "safetensors") return;
      const { signFile } = await import("./signing/sign-file.ts");
      this.tell(await signFile(new File([content], full)));
    });
  }

  /** Does one thing that must not be asked for again meanwhile. */
  private async alone(action: (commands: EngineCommands<S>) => Promise<unknown>): Promise<boolean> {
    this.waiting = true;
    this.messages = [];
    this.host.requestUpdate();
    try {
      return await this.attempt(action);
    } finally {
      this.waiting = false;
      this.host.requestUpdate();
    }
  }
}
