/** What the paper view shows and runs: shipped results, the reader's own, and the part under way. */
import { proxy } from "comlink";
import type { ReactiveControllerHost } from "lit";
import type { EngineClient } from "../../engine/client.ts";
import type { Reproduction } from "../../studies/digits/paper/reproducer.ts";
import { fetchShipped, PAPER_SEED } from "../../studies/digits/paper/shipped.ts";
import type { ItemId } from "../../studies/digits/paper/items.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
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
  private loaded = false;
  private asked = false;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly client: () => EngineClient | null,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Loads what there is, once; the reader's own results as soon as there is an engine. */
  async load(): Promise<void> {
    const engine = this.engine();
    const [shipped, own] = [!this.loaded, engine !== null && !this.asked];
    this.loaded = true;
    this.asked ||= own;
    try {
      // The view comes with its results: nobody else needs it.
      await import("./paper-view.ts");
      if (shipped) {
        const files = await fetchShipped(new URL("./", document.baseURI).href);
        this.shipped = new Map(files.map((file) => [file.id, file]));
      }
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    try {
      if (engine && own) {
        await this.readOwn(engine);
      }
    } catch (error) {
      this.onError(error);
    }
    if (shipped || own) this.host.requestUpdate();
  }

  async run(item: ItemId): Promise<void> {
    const engine = this.engine();
    if (this.running) return;
    this.set({ item, progress: null });
    try {
      if (!engine) throw new Error("Running needs WebGPU: what is shown here was run elsewhere.");
      await engine.run(
        item,
        PAPER_SEED,
        proxy(({ progress, finished }) => {
          if (finished) {
            this.own = new Map(this.own).set(finished.id, finished);
            this.host.requestUpdate();
          }
          if (progress && this.running) this.set({ item, progress });
        }),
      );
    } catch (error) {
      this.onError(error);
    } finally {
      if (engine) this.begun = new Set(await engine.begun(PAPER_SEED));
      this.set(null);
    }
  }

  /** Throws the reader's own results of an item away, and what is under way of it. */
  async discard(item: ItemId): Promise<void> {
    const engine = this.engine();
    if (!engine || this.running) return;
    try {
      await engine.discard(item, PAPER_SEED);
      await this.readOwn(engine);
    } catch (error) {
      this.onError(error);
    }
    this.host.requestUpdate();
  }

  private async readOwn(engine: Reproduction): Promise<void> {
    const files = await engine.finished(PAPER_SEED);
    this.own = new Map(files.map((file) => [file.id, file]));
    this.begun = new Set(await engine.begun(PAPER_SEED));
  }

  stop(): void {
    this.engine()?.stop();
  }

  /** Comlink's proxy reaches into properties, though its types do not say so of methods behind them. */
  private engine(): Reproduction | null {
    return (this.client()?.engine.paper as unknown as Reproduction | undefined) ?? null;
  }

  private set(running: RunningItem | null): void {
    this.running = running;
    this.host.requestUpdate();
  }
}
