/** What the paper page shows and runs: shipped results, the reader's own, and the part under way. */
import type { ReactiveControllerHost } from "lit";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { ItemId } from "../../studies/digits/paper/items.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import type { ReproductionNews } from "../../studies/digits/paper/reproducer.ts";
import { fetchShipped, PAPER_SEED } from "../../studies/digits/paper/shipped.ts";
import { appFolder } from "../../trusted.ts";
import type { Connection } from "../shell/connection.ts";
import { textOf, wasCancelled, wasLost } from "../shell/errors.ts";
import type { RunningItem } from "./paper-view.ts";

export class PaperController {
  shipped: Finished = new Map();
  own: Finished = new Map();
  /** Of the reader's own, those that are under way. */
  begun: ReadonlySet<string> = new Set();
  /** The part that runs. */
  running: RunningItem | null = null;
  /** Why shipped results are not shown. */
  problem: string | null = null;
  private work: AbortController | null = null;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly connection: () => Connection<DigitPort>,
    private readonly onError: (error: unknown) => void,
  ) {}

  async loadShipped(): Promise<void> {
    try {
      const files = await fetchShipped(appFolder().href);
      this.shipped = new Map(files.map((file) => [file.id, file]));
    } catch (error) {
      this.problem = textOf(error);
    }
    this.host.requestUpdate();
  }

  /** Reads what the browser keeps of the reader's own results. */
  async loadOwn(): Promise<void> {
    try {
      const { finished, begun } = await this.connection().ask("reproduced", { seed: PAPER_SEED });
      this.own = new Map(finished.map((file) => [file.id, file]));
      this.begun = new Set(begun);
    } catch (error) {
      this.onError(error);
    }
    this.host.requestUpdate();
  }

  /** Runs what is not finished of an item. */
  async run(item: ItemId): Promise<void> {
    if (this.running) return;
    const { signal } = (this.work = new AbortController());
    const onProgress = ({ progress, finished }: ReproductionNews) => {
      if (finished) {
        this.own = new Map(this.own).set(finished.id, finished);
        void this.connection().protect();
      }
      if (progress && this.running) this.running = { item, progress };
      this.host.requestUpdate();
    };
    this.running = { item, progress: null };
    this.host.requestUpdate();
    const reproduce = async (): Promise<void> => {
      const asked = { item, seed: PAPER_SEED };
      try {
        await this.connection().ask("reproduce", asked, { onProgress, signal });
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
  async discard(item: ItemId): Promise<void> {
    if (this.running) return;
    try {
      await this.connection().ask("discardReproduced", { item, seed: PAPER_SEED });
    } catch (error) {
      this.onError(error);
    }
    await this.loadOwn();
  }
}
