/** The page's line to a study's engine, from before it has opened to where it cannot; a recording may stand in. */
import { EngineClient, type AskStudy, type Refusal } from "../../engine/client.ts";
import type { EngineCommands } from "../../engine/port.ts";
import { UserError } from "../../errors.ts";
import type { Snapshot, StudyPort } from "../../studies/port.ts";
import type { CommonQuestions } from "../../studies/common-questions.ts";
import type { Ask } from "../../studies/questions.ts";
import type { Ports, StudyId } from "../../studies/table.ts";
import { appFolder } from "../../trusted.ts";
import { messageOf, textOf } from "./errors.ts";
import type { Problem } from "./gpu-advice.ts";
import type { Message } from "./notice-list.ts";

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

/** A question that was answered, for whoever watches. */
export interface Asked {
  readonly name: string;
  readonly milliseconds: number;
}

export class Connection<S extends StudyPort> {
  /** Null while the engine opens, and where it cannot. */
  client: EngineClient<S> | null = null;
  /** Null while it is on its way, and where there is none. */
  recorded: Recorded<S> | null = null;
  trouble: Trouble | null = null;
  /** Why the study's data could not be loaded. */
  failure: Message | null = null;
  /** Told of each question; see debug-panel.ts. */
  watch: ((asked: Asked) => void) | null = null;
  private readonly listeners = new Set<() => void>();
  /** Resolves when the engine has opened, or cannot. */
  private readonly opened: Promise<EngineClient<S> | null>;

  /** @param recording what stands in for the engine; null: nothing does */
  constructor(opening: Promise<EngineClient<S> | Refusal>, recording: Promise<Recorded<S>> | null) {
    const recorded = recording?.catch(() => null) ?? Promise.resolve(null);
    this.opened = this.open(opening, recorded);
    void recorded.then((answers) => {
      this.recorded = answers;
      this.changed();
    });
  }

  private async open(
    opening: Promise<EngineClient<S> | Refusal>,
    recorded: Promise<unknown>,
  ): Promise<EngineClient<S> | null> {
    let trouble: Trouble;
    try {
      const opened = await opening;
      if (opened instanceof EngineClient) {
        this.client = opened;
        opened.subscribe(() => this.changed());
        this.changed();
        // Before anything that waits for the engine is asked of it.
        void this.load(commandsOf(opened));
        return opened;
      }
      trouble = opened;
    } catch (error) {
      trouble = { problem: "broken", message: textOf(error) };
    }
    // What there is to show without an engine is known by then.
    await recorded;
    this.trouble = trouble;
    this.changed();
    return null;
  }

  private async load(commands: EngineCommands<S>): Promise<void> {
    try {
      await commands.load(appFolder().href);
    } catch (error) {
      this.failure = messageOf(error);
      this.changed();
    }
  }

  /** The engine's latest; the recording's while there is none. */
  get snapshot(): Snapshot<S> | null {
    return this.client?.snapshot ?? this.recorded?.snapshot ?? null;
  }

  /** The engine's commands, once it has opened. @throws UserError where there is none */
  async commands(): Promise<EngineCommands<S>> {
    return commandsOf(await this.engine());
  }

  /** Asks the engine, once it has opened. @throws UserError where there is none */
  readonly ask: AskStudy<S> = async (name, args, asking) => {
    const client = await this.engine();
    const start = performance.now();
    try {
      return await client.ask(name, args, asking);
    } finally {
      this.watch?.({ name, milliseconds: performance.now() - start });
    }
  };

  /** Asks what every study answers. */
  readonly askCommon = this.ask as unknown as Ask<CommonQuestions>;

  private async engine(): Promise<EngineClient<S>> {
    const client = await this.opened;
    if (client) return client;
    throw new UserError(
      this.recorded
        ? "This needs WebGPU: what is shown here is a recording."
        : "This needs WebGPU, which this browser lacks.",
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

/** Comlink's types do not see through the type parameter. */
function commandsOf<S extends StudyPort>({ commands }: EngineClient<S>): EngineCommands<S> {
  return commands as unknown as EngineCommands<S>;
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
    const connection = new Connection<Ports[Id]>(EngineClient.open(study), recording);
    this.opened.set(study, connection);
    return connection;
  }
}
