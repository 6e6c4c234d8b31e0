/** Gives a Lit element the latest snapshot of an engine, once an animation frame at most. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The page's end of an engine. */
interface Client<Snapshot> {
  readonly snapshot: Snapshot;
  subscribe(listener: () => void): () => void;
}

export class EngineController<Snapshot> implements ReactiveController {
  private unsubscribe: (() => void) | undefined;
  private subscribed: Client<Snapshot> | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    /** Null as long as there is none. */
    private readonly client: () => Client<Snapshot> | null,
  ) {
    host.addController(this);
  }

  get snapshot(): Snapshot | null {
    return this.client()?.snapshot ?? null;
  }

  hostUpdate(): void {
    const client = this.client();
    if (client === this.subscribed) return;
    this.unsubscribe?.();
    this.subscribed = client;
    this.unsubscribe = client?.subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.unsubscribe?.();
    this.subscribed = null;
  }
}
