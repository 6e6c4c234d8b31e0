/** The page's end of the digit engine's port. */
import { proxy, type Remote } from "comlink";
import type { Engine } from "./engine.ts";
import type { Laboratory, Snapshot } from "../studies/digits/port.ts";
import type { Opened } from "../studies/port.ts";
import { SnapshotClient } from "./snapshot-client.ts";
// oxlint-disable-next-line import/default -- Vite makes it
import workerUrl from "./worker.ts?worker&url";

export class EngineClient {
  readonly lab: Laboratory;

  private constructor(private readonly client: SnapshotClient<Engine, Snapshot>) {
    this.lab = laboratoryOf(client.engine);
  }

  /** Starts the worker and opens a device in it. */
  static async open(): Promise<EngineClient | Exclude<Opened, { ok: true }>> {
    const opened = await SnapshotClient.open<Engine, Snapshot>(workerUrl);
    return opened instanceof SnapshotClient ? new EngineClient(opened) : opened;
  }

  /** The commands. */
  get engine(): Remote<Engine> {
    return this.client.engine;
  }

  get snapshot(): Snapshot {
    return this.client.snapshot;
  }

  /** Calls `listener` in the animation frame after a change. @returns ends that */
  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    return this.client.subscribe(listener);
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
