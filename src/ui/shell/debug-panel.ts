/** With `?debug` in the address: snapshots a second, how fast runs go, and what was asked and how long it took. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { StudyId } from "../../studies/table.ts";
import type { Connection, Connections } from "./connection.ts";

const SECOND_MS = 1000;

/** What was seen of a study's engine. */
interface Watched {
  readonly connection: Connection<any>;
  /** Snapshots since the last second began, and within the one before. */
  counting: number;
  snapshots: number;
}

@customElement("debug-panel")
export class DebugPanel extends LitElement {
  @state() private readonly watched = new Map<StudyId, Watched>();
  private clock = 0;

  static override styles = css`
    :host {
      position: fixed;
      z-index: 4;
      top: 60px;
      right: 8px;
      max-width: 280px;
      padding: 6px 10px;
      border: 1px solid var(--control);
      border-radius: 6px;
      background: color-mix(in srgb, var(--panel) 92%, transparent);
      font:
        11px/1.4 ui-monospace,
        Menlo,
        Consolas,
        monospace;
      pointer-events: none;
    }
    p,
    ol {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      justify-content: space-between;
      gap: 10px;
      color: var(--muted);
    }
  `;

  constructor(private readonly connections: Connections) {
    super();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = window.setInterval(() => this.count(), SECOND_MS);
    this.count();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  private count(): void {
    for (const [study, connection] of this.connections.opened) {
      const watched = this.watched.get(study) ?? this.watch(study, connection);
      watched.snapshots = watched.counting;
      watched.counting = 0;
    }
    this.requestUpdate();
  }

  private watch(study: StudyId, connection: Connection<any>): Watched {
    const watched: Watched = { connection, counting: 0, snapshots: 0 };
    this.watched.set(study, watched);
    connection.subscribe(() => (watched.counting += 1));
    return watched;
  }

  override render() {
    return [...this.watched].map(([study, { connection, snapshots }]) => {
      const run = connection.client?.snapshot.run;
      return html`<p>
          <b>${study}</b>: ${connection.client ? `${snapshots} snapshots/s` : "no engine"}
          ${
            run
              ? html`<br />${run.phase}, ${run.progress?.imagesPerSecond.toFixed(0) ?? "–"}
                  images/s, pace ${run.pace ?? "full"}`
              : nothing
          }
        </p>
        <ol>
          ${connection.asked.map(
            ({ name, milliseconds }) =>
              html`<li><span>${name}</span><span>${milliseconds.toFixed(0)} ms</span></li>`,
          )}
        </ol>`;
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "debug-panel": DebugPanel;
  }
}
