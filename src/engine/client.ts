/** The page's end of a study's worker: its commands, its questions, and a snapshot a frame at most. */
import { proxy, wrap } from "comlink";
import { Pending } from "../pending.ts";
import type { CommonQuestions } from "../studies/common-questions.ts";
import type { Opened, Snapshot, StudyPort } from "../studies/port.ts";
import type { Ask } from "../studies/questions.ts";
import type { Ports, StudyId } from "../studies/table.ts";
import { trustedScript } from "../trusted.ts";
import { watchOver } from "./life.ts";
import type { EngineCommands } from "./port.ts";
// oxlint-disable-next-line import/default -- Vite makes it
import workerUrl from "./worker.ts?worker&url";

/** What can be asked of a study. */
export type AskStudy<S extends StudyPort> = Ask<S["questions"] & CommonQuestions>;

/** Why there is no engine. */
export type Refusal = Exclude<Opened, { ok: true }>;

/** What was asked of an engine whose worker has died with it. */
export class EngineLost extends Error {
  override name = "EngineLost";
}

export class EngineClient<S extends StudyPort> {
  private readonly listeners = new Set<(snapshot: Snapshot<S>) => void>();
  private frame = 0;
  private asked = 0;

  private constructor(
    readonly commands: EngineCommands<S>,
    private latest: Snapshot<S>,
    /** Resolves when the engine's worker has died, with the reason, in a sentence. */
    readonly ended: Promise<string>,
  ) {}

  /**
   * Starts the study's worker and opens a device in it.
   * @throws EngineLost when the worker fails meanwhile
   */
  static async open<Id extends StudyId>(study: Id): Promise<EngineClient<Ports[Id]> | Refusal> {
    type S = Ports[Id];
    const worker = new Worker(trustedScript(workerUrl), { type: "module", name: study });
    const { begun, ended } = watchOver(worker);
    const pending = new Pending();
    void ended.then((reason) => pending.close(new EngineLost(reason)));
    await pending.wait(begun);
    const commands = answered<S>(wrap(worker), pending);
    let client: EngineClient<S> | undefined;
    let arrived!: (snapshot: Snapshot<S>) => void;
    const first = new Promise<Snapshot<S>>((resolve) => (arrived = resolve));
    const receive = (snapshot: Snapshot<S>) => {
      arrived(snapshot);
      client?.receive(snapshot);
    };
    const opened = await commands.open(proxy(receive));
    if (!opened.ok) {
      worker.terminate();
      return opened;
    }
    client = new EngineClient<S>(commands, await pending.wait(first), ended);
    return client;
  }

  get snapshot(): Snapshot<S> {
    return this.latest;
  }

  /** Asks a question of the study, or one that every study has; see studies/questions.ts. */
  readonly ask: AskStudy<S> = async (name, args, { onProgress, signal } = {}) => {
    signal?.throwIfAborted();
    const id = ++this.asked;
    const { commands } = this;
    const cancel = () => void Promise.resolve(commands.cancel(id)).catch(() => undefined);
    signal?.addEventListener("abort", cancel);
    try {
      const tell = proxy((progress: unknown) => {
        // Some of it may still be on its way when the question is ended.
        if (!signal?.aborted) onProgress?.(progress as never);
      });
      return (await commands.ask(id, name, args, tell)) as never;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  };

  /** Calls `listener` in the animation frame after a change. @returns ends that */
  subscribe(listener: (snapshot: Snapshot<S>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private receive(snapshot: Snapshot<S>): void {
    this.latest = snapshot;
    // In a hidden tab no frame comes; the first one after that shows the latest snapshot.
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      for (const listener of this.listeners) listener(this.latest);
    });
  }
}

/** The commands as they are reached through the worker's port; all of them reject when it dies. */
function answered<S extends StudyPort>(port: object, pending: Pending): EngineCommands<S> {
  type Calls = Record<PropertyKey, (...args: readonly unknown[]) => Promise<unknown>>;
  return new Proxy({} as EngineCommands<S>, {
    // Whoever awaits the commands themselves is to have them as they are.
    get: (_, name) =>
      name === "then"
        ? undefined
        : async (...args: readonly unknown[]) => await pending.wait((port as Calls)[name](...args)),
  });
}
