/** Keeps for each view how far it was scrolled, and brings it back there when it is on view again. */
import type { ReactiveController } from "lit";

export class ScrollPlaces implements ReactiveController {
  private readonly places = new Map<string, number>();
  private shown: string | null = null;

  /**
   * @param view names what is on view
   * @param scroller what scrolls it, as far as it is there
   */
  constructor(
    private readonly view: () => string,
    private readonly scroller: () => Element | null,
  ) {}

  hostUpdate(): void {
    const { shown } = this;
    const scroller = this.scroller();
    if (shown !== null && scroller && shown !== this.view()) {
      this.places.set(shown, scroller.scrollTop);
    }
  }

  hostUpdated(): void {
    const view = this.view();
    if (view === this.shown) return;
    const first = this.shown === null;
    this.shown = view;
    if (first) return;
    // What scrolls is as tall as it will be two frames from now.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const scroller = this.scroller();
        if (scroller && view === this.view()) scroller.scrollTop = this.places.get(view) ?? 0;
      }),
    );
  }
}

/** What scrolls a part of the page: itself, or the document where the screen is not tall enough for its own scrolling. */
export function scrollerOf(part: Element | null): Element | null {
  return part && getComputedStyle(part).overflowY === "auto" ? part : document.scrollingElement;
}
