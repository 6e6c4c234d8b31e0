/** What the paper page shows and runs of a study: shipped results, the reader's own, and the part under way. */
import type { ReactiveControllerHost } from "lit";
import type { Ask } from "../../studies/questions.ts";
import type { Finished } from "../../studies/reproduction/instance-file.ts";
import type { ReproductionQuestions } from "../../studies/reproduction/questions.ts";
import type { ReproductionNews } from "../../studies/reproduction/reproducer.ts";
import type { Reproduction, ReproductionTypes } from "../../studies/reproduction/reproduction.ts";
import { fetchShipped, PAPER_SEED } from "../../studies/reproduction/shipped.ts";
import type { SweepProgress } from "../../studies/reproduction/sweep.ts";
import { appFolder } from "../../trusted.ts";
import { textOf, wasCancelled, wasLost } from "../shell/errors.ts";

/** A part that is run anew; its progress is null while it gets ready. */
export interface RunningItem<Id = string> {
  readonly item: Id;
  readonly progress: SweepProgress | null;
}

/** What it asks of a study's engine. */
export interface Engine<T extends ReproductionTypes> {
  readonly ask: Ask<ReproductionQuestions<T>>;
  readonly protect: () => Promise<void>;
}

export class PaperController<T extends ReproductionTypes> {
  shipped: Finished<T["file"]> = new Map();
  own: Finished<T["file"]> = new Map();
  /** Of the reader's own, those that are under way. */
  begun: ReadonlySet<string> = new Set();
  /** The part that runs. */
  running: RunningItem<T["item"]> | null = null;
  /** Why shipped results are not shown. */
  problem: string | null = null;
  private work: AbortController | null = null;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly reproduction: Reproduction<T>,
    private readonly engine: () => Engine<T>,
    private readonly onError: (error: unknown) => void,
  ) {}

  async loadShipped(): Promise<void> {
    try {
      const files = await fetchShipped(this.reproduction, appFolder().href);
      this.shipped = new Map(files.map((file) => [file.id, file]));
    } catch (error) {
      this.problem = textOf(error);
    }
    this.host.requestUpdate();
  }

  /** Reads what the browser keeps of the reader's own results. */
  async loadOwn(): Promise<void> {
    try {
      const { finished, begun } = await this.engine().ask("reproduced", {
        section: this.reproduction.study,
        seed: PAPER_SEED,
      });
      this.own = new Map(finished.map((file) => [file.id, file]));
      this.begun = new Set(begun);
    } catch (error) {
      this.onError(error);
    }
    this.host.requestUpdate();
  }

  /** Runs what is not finished of an item. */
  async run(item: T["item"]): Promise<void> {
    if (this.running) return;
    const { signal } = (this.work = new AbortController());
    const onProgress = ({ progress, finished }: ReproductionNews<T>) => {
      if (finished) {
        this.own = new Map(this.own).set(finished.id, finished);
        void this.engine().protect();
      }
      if (progress && this.running) this.running = { item, progress };
      this.host.requestUpdate();
    };
    this.running = { item, progress: null };
    this.host.requestUpdate();
    const reproduce = async (): Promise<void> => {
      const asked = { section: this.reproduction.study, item, seed: PAPER_SEED };
      try {
        await this.engine().ask("reproduce", asked, { onProgress, signal });
      } catch (error) {
        // The next engine goes on from what is kept.
        if (wasLost(error)) return await reproduce();
        if (!wasCancelled(error)) this.onError(error);
      }
    };
    await reproduce();
    // What it has come to is kept before it is told to have ended.
    await this.loadOwn();
    this.running = null;
    this.host.requestUpdate();
  }

  /** Ends the run soon; what it has come to is kept. */
  stop(): void {
    this.work?.abort();
  }

  /** Throws the reader's own results of an item away, and what is under way of it. */
  async discard(item: T["item"]): Promise<void> {
    if (this.running) return;
    try {
      await this.engine().ask("discardReproduced", {
        section: this.reproduction.study,
        item,
        seed: PAPER_SEED,
      });
    } catch (error) {
      this.onError(error);
    }
    await this.loadOwn();
  }
}
