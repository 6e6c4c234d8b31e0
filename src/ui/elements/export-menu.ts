/** A menu to take a chart away: as SVG and PNG, or as PNG alone where it is a canvas, and as CSV. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { canvasFile, pngFile, svgFile } from "./chart-export.ts";
import { download } from "./files.ts";
import { placeBelow, popovers } from "./popover.ts";
import { base, controls } from "./styles.ts";

@customElement("export-menu")
export class ExportMenu extends LitElement {
  /** What the chart shows: the file's title, and part of the button's name. */
  @property() heading = "";
  /** The files' names without their ending; see `fileStem`. */
  @property() stem = "";
  /** The chart as it is when the menu is used; null while there is none. */
  @property({ attribute: false }) source: () => SVGSVGElement | HTMLCanvasElement | null = () =>
    null;
  @property({ type: Boolean }) canvas = false;
  /** Pixels of the PNG for each of a canvas. */
  @property({ type: Number }) scale = 2;
  /** The figures behind it; null where there is no such file. */
  @property({ attribute: false }) csv: (() => string | Promise<string>) | null = null;
  @state() private problem = "";
  @query("[popover]") private menu!: HTMLElement;
  @query("button") private button!: HTMLButtonElement;

  static override styles = [
    base,
    controls,
    popovers,
    css`
      :host {
        display: inline-block;
        flex: none;
      }
      button {
        font-size: 12px;
        line-height: 1.2;
        min-height: 24px;
        padding: 1px 9px;
      }
      [popover] {
        padding: 5px;
        min-width: 150px;
      }
      [popover] button {
        display: block;
        width: 100%;
        border-color: transparent;
        text-align: left;
        font-size: 13px;
        min-height: 30px;
      }
      p {
        padding: 4px 9px;
        font-size: 12px;
        color: var(--attack);
      }
    `,
  ];

  override render() {
    const entry = (text: string, take: () => Promise<void>) =>
      html`<button type="button" @click=${() => this.take(take)}>${text}</button>`;
    return html`
      <button type="button" popovertarget="menu" aria-label="Export ${this.heading}">Export</button>
      <div
        id="menu"
        popover
        role="group"
        aria-label="Export ${this.heading}"
        @toggle=${(event: ToggleEvent) => placeBelow(event, this.button, this.menu)}
      >
        ${this.canvas ? nothing : entry("Drawing (SVG)", async () => this.takeSvg())}
        ${entry("Picture (PNG)", async () => await this.takePng())}
        ${this.csv ? entry("Figures (CSV)", async () => await this.takeCsv()) : nothing}
        <p role="alert" ?hidden=${this.problem === ""}>${this.problem}</p>
      </div>
    `;
  }

  private async take(action: () => Promise<void>): Promise<void> {
    this.problem = "";
    try {
      await action();
      this.menu.hidePopover();
      this.button.focus();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  private chart(): SVGSVGElement | HTMLCanvasElement {
    const chart = this.source();
    if (!chart) throw new Error("There is nothing to export yet.");
    return chart;
  }

  private takeSvg(): void {
    const chart = this.chart();
    if (!(chart instanceof SVGSVGElement)) throw new Error("A heat map has no SVG; take the PNG.");
    download(`${this.stem}.svg`, svgFile(chart, this.heading), "image/svg+xml");
  }

  private async takePng(): Promise<void> {
    const chart = this.chart();
    const bytes =
      chart instanceof SVGSVGElement
        ? await pngFile(chart, this.heading, this.scale)
        : await canvasFile(chart, this.scale);
    download(`${this.stem}.png`, bytes, "image/png");
  }

  private async takeCsv(): Promise<void> {
    if (this.csv) download(`${this.stem}.csv`, await this.csv(), "text/csv");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "export-menu": ExportMenu;
  }
}
