/** Gives a Lit element the engine's latest snapshot, once an animation frame at most. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { EngineClient } from "../engine/client.ts";
import type { Snapshot } from "../engine/port.ts";

export class EngineController implements ReactiveController {
  private unsubscribe: (() => void) | undefined;
  private subscribed: EngineClient | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    /** Null as long as there is none. */
    private readonly client: () => EngineClient | null,
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
