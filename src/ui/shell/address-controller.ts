/** Keeps where the reader is in the page's address, and follows the address where it changes. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { formatAddress, parseAddress, type AddressedPages, type Place } from "./address.ts";

/** Browsers refuse to have the address changed more often than some hundred times in half a minute. */
const LEAST_MILLISECONDS = 400;

export class AddressController<Pages extends AddressedPages> implements ReactiveController {
  /** What was wrong in the address, in a sentence; null when all is well. */
  problem: string | null = null;
  place!: Place<Pages>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly pages: Pages,
  ) {
    this.read();
    host.addController(this);
  }

  /** Goes to a page; the address follows within half a second. */
  goTo(page: Place<Pages>["page"]): void {
    this.change({ ...this.place, page });
  }

  /** Changes a part of what a page shows. */
  update<Id extends keyof Pages>(page: Id, part: Partial<Place<Pages>["views"][Id]>): void {
    const { views } = this.place;
    this.change({ ...this.place, views: { ...views, [page]: { ...views[page], ...part } } });
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

  private change(place: Place<Pages>): void {
    this.place = place;
    this.timer ??= setTimeout(this.write, LEAST_MILLISECONDS);
    this.host.requestUpdate();
  }

  private readonly follow = () => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.read();
    this.host.requestUpdate();
  };

  private read(): void {
    const { place, problem } = parseAddress(this.pages, location.hash);
    this.place = place;
    this.problem = problem;
  }

  private readonly flush = () => {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.write();
  };

  private readonly write = () => {
    this.timer = undefined;
    const { href, hash } = location;
    const before = href.slice(0, href.length - hash.length).replace(/#$/, "");
    history.replaceState(history.state, "", before + formatAddress(this.pages, this.place));
  };
}
