/** Keeps where the reader is in the page's address, follows it where it changes, and goes back and forward. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { formatAddress, parseAddress, type AddressedPages, type Place } from "./address.ts";

/** Browsers refuse to have the address changed more often than some hundred times in half a minute. */
const LEAST_MILLISECONDS = 400;

/** Marks the entries of the browser's history that this wrote; a link that is followed has none. */
const OWN = { badnetsLab: true };

const isOwn = (state: unknown): boolean =>
  typeof state === "object" && state !== null && "badnetsLab" in state;

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
    // So that Back to here is told from a link that is followed.
    history.replaceState(OWN, "");
    addEventListener("hashchange", this.follow);
    addEventListener("pagehide", this.flush);
  }

  hostDisconnected(): void {
    removeEventListener("hashchange", this.follow);
    removeEventListener("pagehide", this.flush);
    this.flush();
  }

  private change(place: Place<Pages>): void {
    const goes = this.goesOn(place);
    // What was on view is what Back leads to.
    if (goes) this.flush();
    this.place = place;
    if (goes) this.write("pushState");
    else this.timer ??= setTimeout(() => this.write("replaceState"), LEAST_MILLISECONDS);
    this.host.requestUpdate();
  }

  /** Whether a place is another view, and not only a change of the one on view. */
  private goesOn({ page, views }: Place<Pages>): boolean {
    if (page !== this.place.page) return true;
    const steps: readonly PropertyKey[] = this.pages[page].address.steps ?? [];
    const [before, after] = [this.place.views[page], views[page]] as Record<PropertyKey, unknown>[];
    return steps.some((part) => before[part] !== after[part]);
  }

  private readonly follow = () => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const before = this.place;
    this.read();
    // Back and Forward go through views: what was set up and drawn meanwhile stays.
    if (isOwn(history.state)) {
      this.place = this.stepped(before, this.place);
      this.write("replaceState");
    }
    this.host.requestUpdate();
  };

  /** Where one is after a step back or forward: the page and the parts of views that steps go through. */
  private stepped(from: Place<Pages>, to: Place<Pages>): Place<Pages> {
    const views = Object.entries(this.pages).map(([id, { address }]) => {
      const [before, after] = [from.views[id], to.views[id]];
      const steps = address.steps ?? [];
      return [id, { ...before, ...Object.fromEntries(steps.map((part) => [part, after[part]])) }];
    });
    return { page: to.page, views: Object.fromEntries(views) as never };
  }

  private read(): void {
    const { place, problem } = parseAddress(this.pages, location.hash);
    this.place = place;
    this.problem = problem;
  }

  /** Has the address say at once what is on view. */
  readonly flush = () => {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.write("replaceState");
  };

  private write(how: "pushState" | "replaceState"): void {
    this.timer = undefined;
    const { href, hash } = location;
    const before = href.slice(0, href.length - hash.length).replace(/#$/, "");
    history[how](OWN, "", before + formatAddress(this.pages, this.place));
  }
}
