/** The app: shows the page that the address names, out of the table of pages, and keeps those that were opened. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { pages } from "./pages.ts";
import { AddressController } from "./shell/address-controller.ts";
import type { Connections } from "./shell/connection.ts";
import { textOf } from "./shell/errors.ts";
import "./shell/no-gpu.ts";
import type { PageElement, PageRow } from "./shell/page.ts";

type PageId = keyof typeof pages;

const rows: Readonly<Record<PageId, PageRow>> = pages;
const tabs = Object.entries(rows).map(([id, { name }]) => ({ id, name }));

@customElement("badnets-app")
export class BadnetsApp extends LitElement {
  @property({ attribute: false }) connections!: Connections;
  /** The page on view; while the next one loads, the one before. */
  @state() private shown: { readonly id: PageId; readonly element: PageElement } | null = null;
  /** Why the latest page could not be loaded. */
  @state() private failure: string | null = null;
  private readonly address = new AddressController(this, pages);
  private readonly opened = new Map<PageId, Promise<PageElement>>();
  private readonly elements = new Map<PageId, PageElement>();

  static override styles = css`
    :host {
      display: contents;
    }
  `;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("page-change", (event) =>
      this.address.goTo((event as CustomEvent<PageId>).detail),
    );
    this.addEventListener("address-wanted", () => this.address.flush());
    if (new URLSearchParams(location.search).has("debug")) void this.watch();
  }

  protected override willUpdate(): void {
    const { page } = this.address.place;
    void this.show(page);
    for (const [id, element] of this.elements) this.tell(id, element);
  }

  override render() {
    const { shown, failure } = this;
    if (shown) return shown.element;
    return failure === null
      ? nothing
      : html`<no-gpu problem="broken" .message=${failure}></no-gpu>`;
  }

  private async show(id: PageId): Promise<void> {
    if (id === this.shown?.id) return;
    try {
      const element = await this.open(id);
      if (id !== this.address.place.page) return;
      this.shown = { id, element };
      this.failure = null;
    } catch (error) {
      this.failure = `${rows[id].name} could not be loaded: ${textOf(error)}`;
      this.opened.delete(id);
      // What was on view stays.
      if (this.shown) this.address.goTo(this.shown.id);
    }
  }

  private async open(page: PageId): Promise<PageElement> {
    const opening = this.opened.get(page) ?? this.make(page);
    this.opened.set(page, opening);
    return await opening;
  }

  private async make(page: PageId): Promise<PageElement> {
    const element = await rows[page].load();
    element.connection = this.connections.to(element.study);
    element.connections = this.connections;
    element.addEventListener("view-change", (event) =>
      this.address.update(page, (event as CustomEvent<object>).detail),
    );
    element.addEventListener(
      "open-recipe",
      (event) => void this.openRecipe((event as CustomEvent<{ study: PageId }>).detail),
    );
    element.addEventListener("open-view", (event) => {
      const { detail } = event as CustomEvent<{ page: PageId; view: object }>;
      this.address.update(detail.page, detail.view);
      this.address.goTo(detail.page);
    });
    this.elements.set(page, element);
    this.tell(page, element);
    return element;
  }

  /** What the app has for a page, and what of it the reader looks at. */
  private tell(id: PageId, element: PageElement): void {
    const { place, problem } = this.address;
    element.shell = { pages: tabs, page: id, problem: this.failure ?? problem };
    element.view = place.views[id];
  }

  /** Hands a recipe to the page of its study, and goes there. */
  private async openRecipe(recipe: { readonly study: PageId }): Promise<void> {
    const page = await this.open(recipe.study);
    page.openRecipe?.(recipe);
    this.address.goTo(recipe.study);
  }

  private async watch(): Promise<void> {
    const { DebugPanel } = await import("./shell/debug-panel.ts");
    document.body.append(new DebugPanel(this.connections));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "badnets-app": BadnetsApp;
  }
}
