/** Gives a Lit element the engine's latest snapshot, once an animation frame at most. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { EngineClient } from "../engine/client.ts";
import type { Snapshot } from "../engine/port.ts";

export class EngineController implements ReactiveController {
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly client: () => EngineClient,
  ) {
    host.addController(this);
  }

  get snapshot(): Snapshot {
    return this.client().snapshot;
  }

  hostConnected(): void {
    this.unsubscribe = this.client().subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.unsubscribe?.();
  }
}
