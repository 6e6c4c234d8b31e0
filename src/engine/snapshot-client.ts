/** The page's end of a worker that publishes snapshots: starts it, and hands on one a frame at most. */
import { proxy, wrap, type Remote } from "comlink";
import { trustedScript } from "../trusted.ts";
import type { Opened } from "../studies/port.ts";

/** What such a worker exposes, beside its commands. */
export interface Publishing<Snapshot> {
  open(onSnapshot: (snapshot: Snapshot) => void | Promise<void>): Promise<Opened>;
}

export class SnapshotClient<Engine extends Publishing<Snapshot>, Snapshot> {
  private readonly listeners = new Set<(snapshot: Snapshot) => void>();
  private frame = 0;

  private constructor(
    /** The commands. */
    readonly engine: Remote<Engine>,
    /** The latest snapshot. */
    private latest: Snapshot,
  ) {}

  /** Starts the worker and opens a device in it. */
  static async open<Engine extends Publishing<Snapshot>, Snapshot>(
    script: string,
  ): Promise<SnapshotClient<Engine, Snapshot> | Exclude<Opened, { ok: true }>> {
    const worker = new Worker(trustedScript(script), { type: "module" });
    const broken = new Promise<never>((_, reject) => {
      worker.addEventListener("error", (event) => {
        reject(new Error(event.message || "the engine's script could not be loaded"));
      });
    });
    const engine = wrap<Engine>(worker);
    let client: SnapshotClient<Engine, Snapshot> | undefined;
    let arrived!: (snapshot: Snapshot) => void;
    const first = new Promise<Snapshot>((resolve) => (arrived = resolve));
    const receive = (snapshot: Snapshot) => {
      arrived(snapshot);
      client?.receive(snapshot);
    };
    // Comlink's types do not see through the type parameter.
    const opening = (engine as unknown as Publishing<Snapshot>).open(proxy(receive));
    const opened = await Promise.race([opening, broken]);
    if (!opened.ok) {
      worker.terminate();
      return opened;
    }
    client = new SnapshotClient<Engine, Snapshot>(engine, await first);
    return client;
  }

  get snapshot(): Snapshot {
    return this.latest;
  }

  /** Calls `listener` in the animation frame after a change. @returns ends that */
  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private receive(snapshot: Snapshot): void {
    this.latest = snapshot;
    // In a hidden tab no frame comes; the first one after that shows the latest snapshot.
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      for (const listener of this.listeners) listener(this.latest);
    });
  }
}
