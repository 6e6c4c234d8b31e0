/** Tells an element whether a media query holds, and when that changes. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class MediaController implements ReactiveController {
  private readonly query: MediaQueryList;
  private readonly tell = () => this.host.requestUpdate();

  constructor(
    private readonly host: ReactiveControllerHost,
    query: string,
  ) {
    this.query = matchMedia(query);
    host.addController(this);
  }

  get matches(): boolean {
    return this.query.matches;
  }

  hostConnected(): void {
    this.query.addEventListener("change", this.tell);
  }

  hostDisconnected(): void {
    this.query.removeEventListener("change", this.tell);
  }
}
