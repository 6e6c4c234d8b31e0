/** Tells a chart how large it is, so that it draws in real pixels and its text never scales. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class SizeController implements ReactiveController {
  width = 0;
  height = 0;
  private readonly observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.host.requestUpdate();
  });

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly find: () => Element | null,
  ) {
    host.addController(this);
  }

  /** Whether there is anything to draw on. */
  get drawable(): boolean {
    return this.width > 0 && this.height > 0;
  }

  hostUpdated(): void {
    const element = this.find();
    // Observing what is observed already changes nothing.
    if (element) this.observer.observe(element);
  }

  hostDisconnected(): void {
    this.observer.disconnect();
  }
}
