/** What every page stands in: the head, banners, notices, dropped files, the list of keys. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Snapshot, StudyPort } from "../../studies/port.ts";
import { base } from "../elements/styles.ts";
import "./app-header.ts";
import type { Trouble } from "./connection.ts";
import "./drop-zone.ts";
import "./no-gpu-banner.ts";
import "./notice-list.ts";
import type { Message } from "./notice-list.ts";
import type { Shell } from "./page.ts";
import "./shortcut-help.ts";
import type { ShortcutHelp } from "./shortcut-help.ts";
import {
  bindShortcuts,
  noKeys,
  type PageKeys,
  type TimeAction,
  type ViewAction,
} from "./shortcuts.ts";

/**
 * Slots: `above` for banners of the page's own, the page itself, `foot` for what stays at the bottom. Fires `files`
 * with those that were dropped or chosen; `page-change` of its head bubbles on.
 */
@customElement("app-frame")
export class AppFrame extends LitElement {
  @property({ attribute: false }) shell!: Shell;
  @property({ attribute: false }) snapshot: Snapshot<StudyPort> | null = null;
  /** There is an engine, and no longer only a recording. */
  @property({ type: Boolean }) live = false;
  @property({ attribute: false }) trouble: Trouble | null = null;
  /** There is something to show without an engine. */
  @property({ type: Boolean }) recorded = false;
  /** What is on view, in a sentence. */
  @property() lead = "";
  /** What it is trained on; null while that is on its way. */
  @property() data: string | null = null;
  /** What may be opened, for those who do not see the page; null: nothing. */
  @property() opens: string | null = null;
  /** What may be dropped. */
  @property() drops = "";
  @property({ attribute: false }) errors: readonly Message[] = [];
  /** Does what a key asks for. @returns false where there is nothing to do */
  @property({ attribute: false }) act: (action: TimeAction | ViewAction) => boolean = () => false;
  /** What keys do here, for their list. */
  @property({ attribute: false }) keys: PageKeys = noKeys;
  @state() private dismissed: ReadonlySet<string> = new Set();
  @query("shortcut-help") private help!: ShortcutHelp;
  private unbind: (() => void) | undefined;

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100dvh;
        padding: 0 16px;
      }
      footer {
        position: sticky;
        bottom: 0;
        z-index: 2;
        margin: 8px -16px 0;
      }
      /* Above what stays at the bottom, whatever its height. */
      notice-list {
        position: absolute;
        z-index: 5;
        bottom: calc(100% + 10px);
        left: 50%;
        transform: translateX(-50%);
        width: min(720px, calc(100vw - 24px));
      }
      /* A screen tall enough takes all of it at once. */
      @media (width >= 1024px) and (height >= 700px) {
        :host {
          height: 100dvh;
        }
      }
      @media (width < 820px) {
        :host {
          padding: 0 12px;
        }
        footer {
          margin: 8px -12px 0;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.unbind = bindShortcuts(window, (action) => {
      if (action.kind !== "help") return this.act(action);
      this.help.toggle();
      return true;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unbind?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("snapshot") || this.snapshot?.run?.failure) return;
    // The same failure may come again, and must be seen again.
    const kept = [...this.dismissed].filter((key) => !key.startsWith("failure"));
    if (kept.length < this.dismissed.size) this.dismissed = new Set(kept);
  }

  override render() {
    const { snapshot, trouble, live } = this;
    return html`
      <app-header
        .shell=${this.shell}
        .lead=${this.lead}
        .adapter=${snapshot?.adapter ?? null}
        .data=${this.data}
        .opens=${this.opens}
        .engine=${live ? "open" : trouble ? "missing" : "opening"}
        @files=${this.pass}
        @help=${() => this.help.toggle()}
      ></app-header>
      ${
        trouble
          ? html`<no-gpu-banner
              .problem=${trouble.problem}
              .message=${trouble.message}
              ?recorded=${this.recorded}
            ></no-gpu-banner>`
          : nothing
      }
      <slot name="above"></slot>
      <slot></slot>
      <footer>
        <slot name="foot"></slot>
        <notice-list
          .messages=${this.messages()}
          @dismiss=${(event: CustomEvent<string>) =>
            (this.dismissed = new Set([...this.dismissed, event.detail]))}
        ></notice-list>
      </footer>
      <drop-zone .text=${this.drops} @files=${this.pass}></drop-zone>
      <shortcut-help .keys=${this.keys}></shortcut-help>
    `;
  }

  private messages(): Message[] {
    const { notices = [], run = null } = this.snapshot ?? {};
    const { problem } = this.shell;
    const notice = (key: string, text: string): Message => ({ key, kind: "notice", text });
    const all = [
      ...(problem ? [notice(`address ${problem}`, problem)] : []),
      ...notices.map(({ id, text }) => notice(`notice ${id}`, text)),
      ...(run?.failure
        ? [{ key: `failure ${run.failure}`, kind: "error" as const, text: run.failure }]
        : []),
      ...this.errors,
    ];
    return all.filter(({ key }) => !this.dismissed.has(key));
  }

  private readonly pass = ({ detail }: CustomEvent<File[]>) => {
    if (detail.length > 0) this.dispatchEvent(new CustomEvent("files", { detail }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "app-frame": AppFrame;
  }
}
