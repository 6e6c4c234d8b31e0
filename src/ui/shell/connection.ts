/** The page's line to a study's engine, from before it has opened to where it cannot; a recording may stand in. */
import { EngineClient, type AskStudy, type Refusal } from "../../engine/client.ts";
import type { LastCheckpoint } from "../../engine/checkpoint-store.ts";
import type { EngineCommands } from "../../engine/port.ts";
import { UserError } from "../../errors.ts";
import { count } from "../../format.ts";
import { isActive, type RunView, type Snapshot, type StudyPort } from "../../studies/port.ts";
import type { CommonQuestions } from "../../studies/common-questions.ts";
import type { Ask } from "../../studies/questions.ts";
import type { Ports, StudyId } from "../../studies/table.ts";
import { appFolder } from "../../trusted.ts";
import { textOf, wasCancelled, wasLost } from "./errors.ts";
import type { Problem } from "./gpu-advice.ts";
import type { Message } from "./notice-list.ts";
import { protectStorage } from "./protect-storage.ts";

/** Who answers in the engine's place: a recording. */
export interface Recorded<S extends StudyPort> {
  readonly snapshot: Snapshot<S>;
  readonly ask: AskStudy<S>;
}

/** Why there is no engine. */
export interface Trouble {
  readonly problem: Problem;
  readonly message: string;
}

/** How an engine ended. */
interface Death<S extends StudyPort> {
  /** Its last; null if it had none. */
  readonly run: RunView<S> | null;
  /** In a sentence. */
  readonly reason: string;
}

/** A question that was answered. */
export interface Asked {
  readonly name: string;
  readonly milliseconds: number;
}

/** Deaths of the engine in a row, without progress of a run in between, that are not recovered from any more. */
const MOST_DEATHS = 3;

/** Answered questions that are remembered. */
const MOST_ASKED = 10;

export class Connection<S extends StudyPort> {
  /** Null while the engine opens, and where it cannot; another one after each death. */
  client: EngineClient<S> | null = null;
  /** Null while it is on its way, and where there is none. */
  recorded: Recorded<S> | null = null;
  trouble: Trouble | null = null;
  /** What happened to the engine, and why the study's data could not be loaded. */
  messages: readonly Message[] = [];
  /** The browser may delete what it keeps of the reader's work. */
  evictable = false;
  /** What was answered last, the latest first; see debug-panel.ts. */
  asked: readonly Asked[] = [];
  private readonly listeners = new Set<() => void>();
  /** Resolves when the recording is there, or none. */
  private readonly recording: Promise<Recorded<S> | null>;
  /** Resolves when the engine has opened, or cannot. */
  private opened: Promise<EngineClient<S> | null>;
  private deaths = 0;
  /** Step of the state that was kept of the run whose engine died last. */
  private diedAt = 0;

  /** @param recording what stands in for the engine; null: nothing does */
  constructor(
    private readonly start: () => Promise<EngineClient<S> | Refusal>,
    recording: Promise<Recorded<S>> | null,
  ) {
    this.recording = recording?.catch(() => null) ?? Promise.resolve(null);
    this.opened = this.open(null);
    void this.recording.then((answers) => {
      this.recorded = answers;
      this.changed();
    });
  }

  /** @param death of the engine before; null: there was none */
  private async open(death: Death<S> | null): Promise<EngineClient<S> | null> {
    let trouble: Trouble;
    try {
      const opened = await this.start();
      if (opened instanceof EngineClient) {
        // Before anything that waits for the engine is asked of it.
        void this.load(opened.commands);
        if (death) this.say("notice", await goOn(opened.commands, death));
        this.use(opened);
        return opened;
      }
      trouble = opened;
    } catch (error) {
      if (death && wasLost(error)) return await this.replace({ ...death, reason: textOf(error) });
      trouble = { problem: death ? "died" : "broken", message: textOf(error) };
    }
    return await this.endWith(trouble);
  }

  private use(client: EngineClient<S>): void {
    this.client = client;
    client.subscribe(() => {
      if (client.snapshot.keeps) void this.protect();
      this.changed();
    });
    void client.ended.then((reason) => {
      this.client = null;
      this.opened = this.replace({ run: client.snapshot.run, reason });
      this.changed();
    });
    this.changed();
  }

  /** Another engine, in which the run goes on. */
  private async replace(death: Death<S>): Promise<EngineClient<S> | null> {
    const step = death.run?.keptStep ?? 0;
    this.deaths = step > this.diedAt ? 1 : this.deaths + 1;
    this.diedAt = step;
    if (this.deaths <= MOST_DEATHS) return await this.open(death);
    return await this.endWith({ problem: "died", message: death.reason });
  }

  /** There is no engine, and none is to come. */
  private async endWith(trouble: Trouble): Promise<null> {
    // What there is to show without an engine is known by then.
    await this.recording;
    this.trouble = trouble;
    this.changed();
    return null;
  }

  private async load(commands: EngineCommands<S>): Promise<void> {
    try {
      await commands.load(appFolder().href);
    } catch (error) {
      if (!wasCancelled(error)) this.say("error", textOf(error));
    }
  }

  private say(kind: Message["kind"], text: string): void {
    this.messages = [...this.messages, { key: `connection ${performance.now()}`, kind, text }];
    this.changed();
  }

  /** Something of the reader's work is kept now: asks the browser, once, not to delete it. */
  async protect(): Promise<void> {
    const evictable = !(await protectStorage());
    if (evictable === this.evictable) return;
    this.evictable = evictable;
    this.changed();
  }

  /** The engine's latest; the recording's while there is none. */
  get snapshot(): Snapshot<S> | null {
    return this.client?.snapshot ?? this.recorded?.snapshot ?? null;
  }

  /** The engine's commands, once it has opened. @throws UserError where there is none */
  async commands(): Promise<EngineCommands<S>> {
    return (await this.engine()).commands;
  }

  /** Asks the engine, once it has opened. @throws UserError where there is none */
  readonly ask: AskStudy<S> = async (name, args, asking) => {
    const client = await this.engine();
    const start = performance.now();
    try {
      return await client.ask(name, args, asking);
    } finally {
      const answered = { name, milliseconds: performance.now() - start };
      this.asked = [answered, ...this.asked].slice(0, MOST_ASKED);
    }
  };

  /** Asks what every study answers. */
  readonly askCommon = this.ask as unknown as Ask<CommonQuestions>;

  private async engine(): Promise<EngineClient<S>> {
    const client = await this.opened;
    if (client) return client;
    throw new UserError(
      `This needs the engine, and there is none. ${this.trouble?.message ?? ""}`.trim(),
    );
  }

  /** Calls `listener` when any of this has changed. @returns ends that */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when something has come true of it. */
  async until(isSo: (connection: this) => boolean): Promise<void> {
    if (isSo(this)) return;
    await new Promise<void>((reached) => {
      const end = this.subscribe(() => {
        if (!isSo(this)) return;
        end();
        reached();
      });
    });
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/**
 * Goes on, in a new engine, with the run of the one that died.
 * @returns what to tell the reader
 * @throws EngineLost when the new one dies as well
 */
async function goOn<S extends StudyPort>(
  commands: EngineCommands<S>,
  { run, reason }: Death<S>,
): Promise<string> {
  const told = `The engine had to be started again. ${reason}`;
  if (!run || !isActive(run.phase)) return told;
  const last = await commands.lastCheckpoint();
  if (!last || !isOf(last, run)) return `${told} Nothing of the run was kept: start it anew.`;
  try {
    await commands.resumeCheckpoint();
  } catch (error) {
    if (wasLost(error)) throw error;
    return `${told} The run could not go on: ${textOf(error)}`;
  }
  await commands.setPace(run.pace);
  if (run.phase === "paused") await commands.pause();
  if (run.phase === "measuring") await commands.stop();
  return `${told} The run goes on from step ${count(last.step)}.`;
}

/** Whether a kept state is of a run, and not of one before it. */
function isOf({ recipe, step }: LastCheckpoint, run: RunView<StudyPort>): boolean {
  const same = JSON.stringify(recipe) === JSON.stringify(run.recipe);
  return same && step <= Math.max(run.step, run.keptStep ?? 0);
}

/** All studies' engines, each opened when it is first wanted. */
export class Connections {
  // Of each study another type.
  readonly opened = new Map<StudyId, Connection<any>>();

  /** @param recording what stands in for an engine that this opens */
  to<Id extends StudyId>(
    study: Id,
    recording: Promise<Recorded<Ports[Id]>> | null = null,
  ): Connection<Ports[Id]> {
    const known = this.opened.get(study);
    if (known) return known;
    const connection = new Connection<Ports[Id]>(
      async () => await EngineClient.open(study),
      recording,
    );
    this.opened.set(study, connection);
    return connection;
  }
}
