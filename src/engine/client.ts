/** The page's end of a study's worker: its commands, its questions, and a snapshot a frame at most. */
import { proxy, wrap, type Remote } from "comlink";
import type { CommonQuestions } from "../studies/common-questions.ts";
import type { Opened, Snapshot, StudyPort } from "../studies/port.ts";
import type { Ask } from "../studies/questions.ts";
import type { Ports, StudyId } from "../studies/table.ts";
import { trustedScript } from "../trusted.ts";
import type { EngineCommands } from "./port.ts";
// oxlint-disable-next-line import/default -- Vite makes it
import workerUrl from "./worker.ts?worker&url";

/** What can be asked of a study. */
export type AskStudy<S extends StudyPort> = Ask<S["questions"] & CommonQuestions>;

/** Why there is no engine. */
export type Refusal = Exclude<Opened, { ok: true }>;

export class EngineClient<S extends StudyPort> {
  private readonly listeners = new Set<(snapshot: Snapshot<S>) => void>();
  private frame = 0;
  private asked = 0;

  private constructor(
    readonly commands: Remote<EngineCommands<S>>,
    private latest: Snapshot<S>,
  ) {}

  /** Starts the study's worker and opens a device in it. */
  static async open<Id extends StudyId>(study: Id): Promise<EngineClient<Ports[Id]> | Refusal> {
    type S = Ports[Id];
    const worker = new Worker(trustedScript(workerUrl), { type: "module", name: study });
    const broken = new Promise<never>((_, reject) => {
      worker.addEventListener("error", (event) => {
        reject(new Error(event.message || "the engine's script could not be loaded"));
      });
    });
    const listening = new Promise((resolve) => {
      worker.addEventListener("message", resolve, { once: true });
    });
    await Promise.race([listening, broken]);
    const commands = wrap<EngineCommands<S>>(worker);
    let client: EngineClient<S> | undefined;
    let arrived!: (snapshot: Snapshot<S>) => void;
    const first = new Promise<Snapshot<S>>((resolve) => (arrived = resolve));
    const receive = (snapshot: Snapshot<S>) => {
      arrived(snapshot);
      client?.receive(snapshot);
    };
    // Comlink's types do not see through the type parameter.
    const opening = (commands as unknown as EngineCommands<S>).open(proxy(receive));
    const opened = await Promise.race([opening, broken]);
    if (!opened.ok) {
      worker.terminate();
      return opened;
    }
    client = new EngineClient<S>(commands, await first);
    return client;
  }

  get snapshot(): Snapshot<S> {
    return this.latest;
  }

  /** Asks a question of the study, or one that every study has; see studies/questions.ts. */
  readonly ask: AskStudy<S> = async (name, args, { onProgress, signal } = {}) => {
    signal?.throwIfAborted();
    const id = ++this.asked;
    const commands = this.commands as unknown as EngineCommands<S>;
    const cancel = () => void commands.cancel(id);
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
