/** Updates an element whenever its study's engine has something new to show, for as long as it is on the page. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** What can be listened to. */
interface Source {
  subscribe(listener: () => void): () => void;
}

export class ConnectionController implements ReactiveController {
  private connected = false;
  private source: Source | null = null;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly connection: () => Source,
  ) {}

  hostConnected(): void {
    this.connected = true;
    // Of what happened while another page was on view.
    this.host.requestUpdate();
  }

  hostUpdate(): void {
    const source = this.connection();
    if (!this.connected || source === this.source) return;
    this.unsubscribe?.();
    this.source = source;
    this.unsubscribe = source.subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.connected = false;
    this.unsubscribe?.();
    this.source = null;
  }
}
