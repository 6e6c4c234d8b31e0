/** Keeps what the reader looks at in the page's address, and follows the address where it changes. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { formatViewState, parseViewState, type ViewState } from "../view-state.ts";

/** Browsers refuse to have the address changed more often than some hundred times in half a minute. */
const LEAST_MILLISECONDS = 400;

export class ViewController implements ReactiveController {
  /** What was wrong in the address, in a sentence; null when all is well. */
  problem: string | null = null;
  private view!: ViewState;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    /** Told when the reader goes to another address, after `state` has become what it says. */
    private readonly onMove: (state: ViewState) => void = () => {},
  ) {
    this.read();
    host.addController(this);
  }

  get state(): ViewState {
    return this.view;
  }

  /** Changes a part; the address follows within half a second. */
  update(part: Partial<ViewState>): void {
    this.view = { ...this.view, ...part };
    this.timer ??= setTimeout(this.write, LEAST_MILLISECONDS);
    this.host.requestUpdate();
  }

  /** The address of what is seen now, to be given to others. */
  get link(): string {
    const { href, hash } = location;
    return href.slice(0, href.length - hash.length).replace(/#$/, "") + formatViewState(this.view);
  }

  hostConnected(): void {
    addEventListener("hashchange", this.follow);
    addEventListener("pagehide", this.flush);
  }

  hostDisconnected(): void {
    removeEventListener("hashchange", this.follow);
    removeEventListener("pagehide", this.flush);
    this.flush();
  }

  private readonly follow = () => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.read();
    this.onMove(this.view);
    this.host.requestUpdate();
  };

  private read(): void {
    const { state, problem } = parseViewState(location.hash);
    this.view = state;
    this.problem = problem;
  }

  private readonly flush = () => {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.write();
  };

  private readonly write = () => {
    this.timer = undefined;
    history.replaceState(history.state, "", this.link);
  };
}
