/** Asks defences of the network on view, and keeps what they found as long as it is of that network. */
import type { ReactiveControllerHost } from "lit";
import type { NamedBytes } from "../../data/digits.ts";
import type { DefenceResult } from "../../defences/defend.ts";
import type { Standing } from "../../defences/judge.ts";
import { mendedBy, type DefenceConditions } from "../../studies/digits/defence-report.ts";
import type { DefenceNews, DefenceOptions, Removed } from "../../studies/digits/defence-port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { NeuronId } from "../../studies/digits/port.ts";
import type { Subject, TaskProgress } from "../../studies/port.ts";
import type { Connection } from "../shell/connection.ts";
import { wasCancelled } from "../shell/errors.ts";

/** What runs. */
export interface Running {
  /** Those that are still to come, and the one under way. */
  readonly waiting: readonly string[];
  /** The one under way; null: the network is judged, or what it takes is made ready. */
  readonly id: string | null;
  /** What it leaves behind is judged. */
  readonly judging: boolean;
  readonly progress: TaskProgress | null;
}

/** A network that a defence left behind, on view in place of the one that it was asked of. */
export interface Tried {
  readonly id: string;
  /** The network that it was asked of. */
  readonly original: NamedBytes;
}

/** Of a network: which it is, and at which step of its training. */
interface About {
  readonly id: number;
  readonly version: number;
}

type DigitSubject = Subject<DigitPort>;

export class DefenceController {
  conditions: DefenceConditions | null = null;
  before: Standing | null = null;
  results: ReadonlyMap<string, DefenceResult> = new Map();
  /** Files of the networks that defences left behind, by the defence. */
  mended: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map();
  /** Networks without the neurons that the reader chose, by the defence that named them. */
  removed: ReadonlyMap<string, Removed> = new Map();
  running: Running | null = null;
  /** Neurons are taken out in the name of this defence. */
  removing: { readonly id: string; readonly progress: TaskProgress | null } | null = null;
  leftOut: string | null = null;
  tried: Tried | null = null;
  /** Images that go forward in a second; null: not measured yet. */
  pace: number | null = null;
  private about: About | null = null;
  /** The network that is on view for a try. */
  private triedId: number | null = null;
  /** What decided what was found. */
  private key = "";
  private work: AbortController | null = null;
  private paced = -1;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly connection: () => Connection<DigitPort>,
    private readonly onError: (error: unknown) => void,
  ) {}

  private get subject(): DigitSubject | null {
    return this.connection().client?.snapshot.subject ?? null;
  }

  get busy(): boolean {
    return this.running !== null || this.removing !== null;
  }

  /** Whether the network on view has been trained on since. */
  get stale(): boolean {
    const { about, subject } = this;
    return about !== null && about.id === subject?.id && about.version !== subject.version;
  }

  /** Follows what is on view; called with each update of the host. */
  update(still: boolean): void {
    const { about, subject } = this;
    if (about && subject && subject.id !== about.id && subject.id !== this.triedId) this.forget();
    if (!subject?.ready || !still || this.busy || this.paced === subject.id) return;
    this.paced = subject.id;
    void this.measurePace();
  }

  private forget(): void {
    this.work?.abort();
    this.conditions = this.before = this.about = this.triedId = this.tried = this.leftOut = null;
    this.results = new Map();
    this.mended = new Map();
    this.removed = new Map();
  }

  /** What is said of the time that defences will take rests on it; without it nothing is said. */
  private async measurePace(): Promise<void> {
    const pace = await this.connection()
      .ask("defencePace", {})
      .catch(() => null);
    this.pace = pace ?? this.pace;
    this.host.requestUpdate();
  }

  /** Asks these, one after the other; what was found before under other options is given up. */
  async run(ids: readonly string[], options: DefenceOptions): Promise<void> {
    const { subject } = this;
    if (this.busy || !subject) return;
    const key = JSON.stringify(options);
    if (key !== this.key || this.about?.id !== subject.id || this.stale) this.forget();
    this.key = key;
    this.about = { id: subject.id, version: subject.version };
    const own = (this.work = new AbortController());
    this.running = { waiting: ids, id: null, judging: true, progress: null };
    this.host.requestUpdate();
    try {
      const { before } = this;
      await this.connection().ask(
        "defend",
        { defences: ids, options, before },
        { onProgress: (news) => own === this.work && this.hear(news), signal: own.signal },
      );
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      if (own === this.work) this.running = null;
      this.host.requestUpdate();
    }
  }

  private hear(news: DefenceNews): void {
    const { running } = this;
    switch (news.kind) {
      case "begun":
        this.conditions = news.conditions;
        this.leftOut = news.leftOut;
        if (running) this.running = { ...running, waiting: news.defences };
        break;
      case "before":
        this.before = news.before;
        break;
      case "at": {
        const { id, judging, done, secondsLeft } = news;
        if (running) this.running = { ...running, id, judging, progress: { done, secondsLeft } };
        break;
      }
      case "result": {
        const { result, mended } = news;
        const { id } = result;
        this.results = new Map(this.results).set(id, result);
        if (mended) this.mended = new Map(this.mended).set(id, mended);
        if (running) {
          const waiting = running.waiting.filter((other) => other !== id);
          this.running = { waiting, id: waiting[0] ?? null, judging: false, progress: null };
        }
      }
    }
    this.host.requestUpdate();
  }

  /** Takes out neurons that a defence named, as many as the reader chose. */
  async remove(id: string, neurons: readonly NeuronId[], options: DefenceOptions): Promise<void> {
    if (this.busy) return;
    const own = (this.work = new AbortController());
    const set = (progress: TaskProgress | null) => {
      this.removing = { id, progress };
      this.host.requestUpdate();
    };
    set(null);
    try {
      const removed = await this.connection().ask(
        "removeNeurons",
        { id, neurons, options },
        { onProgress: set, signal: own.signal },
      );
      this.removed = new Map(this.removed).set(id, removed);
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      this.removing = null;
      this.host.requestUpdate();
    }
  }

  cancel(): void {
    this.work?.abort();
  }

  /** Puts a network that a defence left behind on view; what was found stays, and so does the way back. */
  async try(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.attempt(async () => {
      const { content } = await (await this.connection().commands()).save("model");
      const name = this.conditions?.model.file ?? "model.safetensors";
      const original = this.tried?.original ?? { name, bytes: content as Uint8Array };
      await this.put({ name: mendedBy(id), bytes }, ({ id: shown }) => {
        this.triedId = shown;
        this.tried = { id, original };
      });
    });
  }

  /** Puts the network that the defences were asked of back on view. */
  async undo(): Promise<void> {
    const { tried } = this;
    if (!tried) return;
    await this.attempt(async () => {
      await this.put(tried.original, ({ id, version }) => {
        this.about = { id, version };
        this.tried = this.triedId = null;
      });
    });
  }

  /** @param shown told at once when it is on view */
  private async put(file: NamedBytes, shown: (subject: DigitSubject) => void): Promise<void> {
    const connection = this.connection();
    const { about, subject: before } = this;
    // Whatever comes next on view is this one.
    this.about = null;
    try {
      await (await connection.commands()).take(file);
      const isShown = ({ client }: typeof connection) => {
        const subject = client?.snapshot.subject;
        return subject?.ready === true && subject.id !== before?.id;
      };
      await connection.until(isShown);
    } finally {
      this.about = about;
    }
    shown(this.subject!);
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      this.host.requestUpdate();
    }
  }
}
