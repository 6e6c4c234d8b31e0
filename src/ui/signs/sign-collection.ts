/** Photographs to train on: what was read, which names stand for which class, and what was left out. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { TaskProgress } from "../../studies/port.ts";
import type { PhotoSummary } from "../../studies/signs/port.ts";
import { count } from "../../format.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { figureTable, figureTableStyles } from "../elements/figure-table.ts";
import "../elements/task-progress.ts";

/** Lines of the report that are shown; a file has them all. */
const MOST_LINES = 40;

/** Fires `import` (File[]), `cancel`, `class-change` ({ name, label }), `forget` and `save-report`. */
@customElement("sign-collection")
export class SignCollectionPanel extends LitElement {
  @property({ attribute: false }) summary: PhotoSummary | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];
  /** While they are read. */
  @property({ attribute: false }) progress: TaskProgress | null = null;
  /** There is no engine to read them. */
  @property({ type: Boolean }) disabled = false;
  @query("#folder") private folder!: HTMLInputElement;
  @query("#zip") private zip!: HTMLInputElement;

  static override styles = [
    base,
    panel,
    controls,
    figureTableStyles,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 10px;
        align-items: center;
        margin-top: 8px;
      }
      .row button {
        font-size: 13px;
        min-height: 30px;
        padding: 3px 12px;
      }
      p {
        font-size: 13px;
      }
      table {
        width: auto;
        margin-top: 8px;
      }
      th,
      td {
        padding-right: 10px;
      }
      td.class,
      th:last-child {
        text-align: left;
      }
      select {
        min-height: 28px;
        font-size: 13px;
      }
      .scroll {
        max-height: 220px;
        overflow: auto;
      }
      ul {
        margin: 6px 0 0;
        padding-left: 18px;
        font-size: 12px;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      summary {
        cursor: pointer;
        font-size: 13px;
        margin-top: 8px;
      }
      task-progress {
        flex: 1 1 220px;
      }
    `,
  ];

  override render() {
    const { summary, progress, disabled } = this;
    return html`
      <h2>Train on photographs of your own</h2>
      <p class="muted">
        A folder or zip file with YOLO, PASCAL VOC, LISA, GTSDB or plain text labels. Photographs
        that look alike stay together: half of them train, half measure.
      </p>
      <div class="row">
        <button ?disabled=${disabled || progress !== null} @click=${() => this.folder.click()}>
          Open a folder…
        </button>
        <button ?disabled=${disabled || progress !== null} @click=${() => this.zip.click()}>
          Open a zip file…
        </button>
        ${
          summary
            ? html`<button
                ?disabled=${progress !== null}
                @click=${() => this.dispatchEvent(new CustomEvent("forget"))}
              >
                Remove them
              </button>`
            : nothing
        }
        ${
          progress
            ? html`<task-progress
                heading="Reading photographs"
                .progress=${progress}
                @cancel=${() => this.dispatchEvent(new CustomEvent("cancel"))}
              ></task-progress>`
            : nothing
        }
        <input
          id="folder"
          type="file"
          webkitdirectory
          hidden
          aria-label="A folder of photographs with labels"
          @change=${() => this.give(this.folder)}
        />
        <input
          id="zip"
          type="file"
          accept=".zip"
          hidden
          aria-label="A zip file of photographs with labels"
          @change=${() => this.give(this.zip)}
        />
      </div>
      ${summary ? this.renderSummary(summary) : nothing}
    `;
  }

  private renderSummary({ name, count: all, train, test, names, report }: PhotoSummary) {
    return html`
      <p class="number" style="margin-top: 8px">
        <b>${name}</b>: ${count(all)} photographs, ${count(train)} to train on, ${count(test)} to
        measure on.
      </p>
      ${
        names.length === 0
          ? html`<p>None of them has a box.</p>`
          : html`<div class="scroll">
              ${figureTable(
                "name in the labels",
                [{ title: "boxes" }, { title: "class" }],
                names.map((one) => ({
                  head: one.name,
                  cells: [count(one.boxes), { text: this.renderClass(one), kind: "class" }],
                })),
              )}
            </div>`
      }
      ${
        report.length === 0
          ? nothing
          : html`<details>
              <summary>${count(report.length)} things were left out</summary>
              <ul>
                ${report.slice(0, MOST_LINES).map((line) => html`<li>${line}</li>`)}
              </ul>
              <div class="row">
                <button @click=${() => this.dispatchEvent(new CustomEvent("save-report"))}>
                  Save the whole list
                </button>
              </div>
            </details>`
      }
    `;
  }

  /** Which class a name in the labels is taken for, to be chosen. */
  private renderClass({ name, label }: PhotoSummary["names"][number]) {
    return html`<select
      aria-label="Class of ${name}"
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        const detail = { name, label: value === "" ? null : Number(value) };
        this.dispatchEvent(new CustomEvent("class-change", { detail }));
      }}
    >
      <option value="" ?selected=${label === null}>left out</option>
      ${this.classes.map(
        (title, i) => html`<option value=${i} ?selected=${label === i}>${title}</option>`,
      )}
    </select>`;
  }

  private give(picker: HTMLInputElement): void {
    const files = [...(picker.files ?? [])];
    picker.value = "";
    if (files.length > 0) this.dispatchEvent(new CustomEvent("import", { detail: files }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-collection": SignCollectionPanel;
  }
}
