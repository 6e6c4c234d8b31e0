/** The page's end of the engine's port: starts the worker and hands on a snapshot a frame at most. */
import { proxy, wrap, type Remote } from "comlink";
import { trustedScript } from "../trusted.ts";
import type { Engine } from "./engine.ts";
import type { Laboratory } from "./lab-port.ts";
import type { Opened, Snapshot } from "./port.ts";
// oxlint-disable-next-line import/default -- Vite makes it
import workerUrl from "./worker.ts?worker&url";

type Listener = (snapshot: Snapshot) => void;

export class EngineClient {
  private readonly listeners = new Set<Listener>();
  private frame = 0;
  readonly lab: Laboratory;

  private constructor(
    /** The commands. */
    readonly engine: Remote<Engine>,
    /** The latest snapshot. */
    private latest: Snapshot,
  ) {
    this.lab = laboratoryOf(engine);
  }

  /** Starts the worker and opens a device in it. */
  static async open(): Promise<EngineClient | Exclude<Opened, { ok: true }>> {
    const worker = new Worker(trustedScript(workerUrl), { type: "module" });
    const broken = new Promise<never>((_, reject) => {
      worker.addEventListener("error", (event) => {
        reject(new Error(event.message || "the engine's script could not be loaded"));
      });
    });
    const engine = wrap<Engine>(worker);
    let client: EngineClient | undefined;
    let arrived!: (snapshot: Snapshot) => void;
    const first = new Promise<Snapshot>((resolve) => (arrived = resolve));
    const receive = (snapshot: Snapshot) => {
      arrived(snapshot);
      client?.receive(snapshot);
    };
    const opened = await Promise.race([engine.open(proxy(receive)), broken]);
    if (!opened.ok) {
      worker.terminate();
      return opened;
    }
    client = new EngineClient(engine, await first);
    return client;
  }

  get snapshot(): Snapshot {
    return this.latest;
  }

  /** Calls `listener` in the animation frame after a change. @returns ends that */
  subscribe(listener: Listener): () => void {
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

/** The views' questions; callbacks cross the worker's boundary. */
function laboratoryOf(engine: Remote<Engine>): Laboratory {
  // Comlink's proxy reaches into properties, though its types do not say so of methods behind them.
  const lab = engine.lab as unknown as Laboratory;
  return {
    look: async (image) => await lab.look(image),
    draw: async (pixels) => await lab.draw(pixels),
    weights: async (what) => await lab.weights(what),
    neurons: async (label, tell) => await lab.neurons(label, proxy(tell)),
    scale: async (neurons) => await lab.scale(neurons),
    measureScaled: async (tell) => await lab.measureScaled(proxy(tell)),
    ablationCurve: async (ranking, tell) => await lab.ablationCurve(ranking, proxy(tell)),
    predictions: async (tell) => await lab.predictions(proxy(tell)),
    images: async (numbers) => await lab.images(numbers),
    cancel: async () => await lab.cancel(),
    tensor: async (label) => await lab.tensor(label),
  };
}
