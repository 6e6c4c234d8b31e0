/** Where on a sign, and in which size, the sticker works: measured when asked for, as a heat map and a curve. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { attackDefinitions } from "../../backdoor/sign-attack.ts";
import type { StickerPlace } from "../../data/sticker.ts";
import { percent } from "../../format.ts";
import type { Asking } from "../../studies/questions.ts";
import {
  overPlaces,
  overSizes,
  sweepCsv,
  type StickerVariant,
  type Sweep,
} from "../../studies/signs/sticker-variants.ts";
import { cellBeside } from "../elements/arrow-keys.ts";
import { shareAxis } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import { drawing, drawingStyles } from "../elements/drawing.ts";
import "../elements/export-menu.ts";
import "../elements/help-tip.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls, panel } from "../elements/styles.ts";
import type { ExampleSign } from "./example-signs.ts";
import { MeasureController } from "./measure-controller.ts";
import { placeText, sweepMap, type Measured } from "./sweep-map.ts";

/** @param variants of the sticker as it is when the question is asked */
export type AskSweep = (
  variants: (sticker: StickerVariant) => StickerVariant[],
  scenes: number,
  asking: Asking,
) => Promise<Sweep>;

const over = { place: "its place", size: "its size" } as const;
const measures: Readonly<Record<Measured, string>> = {
  confidence: "confidence",
  success: "success",
};

/** A sweep with how it was asked for; grid null: over sizes. */
interface Asked {
  readonly sweep: Sweep;
  readonly grid: number | null;
}

/** Fires `place-choose` with the place of a cell that was chosen, and `trouble` with the error where it could not be measured. */
@customElement("sticker-heat-map")
export class StickerHeatMap extends LitElement {
  /** null: there is no engine. */
  @property({ attribute: false }) measure: AskSweep | null = null;
  /** Which detector and sticker it is about: what was measured of others goes. */
  @property() about = "";
  /** Of the class attacked; null: it is of no one class. */
  @property({ attribute: false }) sign: ExampleSign | null = null;
  @state() private over: keyof typeof over = "place";
  @state() private measured: Measured = "confidence";
  @state() private grid = 7;
  @state() private scenes = 10;
  /** Where the keyboard is, and what is pointed at. */
  @state() private current = 0;
  @state() private pointed: number | null = null;
  private readonly sweep = new MeasureController<Asked>(this);

  static override styles = [
    base,
    panel,
    controls,
    segmentedStyles,
    drawingStyles,
    css`
      header,
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 12px;
        align-items: center;
        margin-bottom: 6px;
        font-size: 12px;
      }
      header h2 {
        flex: 1;
      }
      .row label {
        display: flex;
        gap: 6px;
        align-items: center;
        color: var(--muted);
      }
      select {
        width: auto;
        min-height: 28px;
        padding: 2px 6px;
        font-size: 12px;
      }
      button {
        font-size: 13px;
        min-height: 30px;
        padding: 3px 12px;
      }
      p {
        font-size: 12px;
        color: var(--muted);
        min-height: 1.4em;
      }
      .drawing {
        margin: 0 auto;
      }
      line-chart {
        height: 230px;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("about") && changed.get("about") !== undefined) this.sweep.clear();
  }

  override render() {
    const { sweep, measure } = this;
    const { answer } = sweep;
    const begin = measure && (() => void this.begin(measure));
    return html`<header>
        <h2>
          Where the sticker works<help-tip
            topic="the heat map"
            text="Confidence: the mean over signs of the highest score that says the attacker's class, 0 where none does. Success: ${attackDefinitions.success}"
          ></help-tip>
        </h2>
        ${answer && answer.grid !== null && answer.sweep.signs > 0 ? this.renderExport(answer.sweep) : nothing}
      </header>
      <div class="row">
        ${segmented("Sweep over", Object.values(over), over[this.over], (name) => {
          this.over = name === over.place ? "place" : "size";
        })}
        ${this.over === "place" ? this.renderSelect("Grid", "grid", [5, 7, 9], (n) => `${n} × ${n}`) : nothing}
        ${this.renderSelect("Scenes", "scenes", [5, 10, 20, 40], String)}
      </div>
      ${answer ? this.renderAnswer(answer) : nothing}
      ${sweep.render("Pictures looked at", answer ? "Measure again" : "Measure", begin)}`;
  }

  private renderAnswer({ sweep, grid }: Asked) {
    if (sweep.signs === 0) {
      return html`<p>None of the scenes has a sign that the attack is about.</p>`;
    }
    if (grid === null) return this.renderSizes(sweep);
    const { measured, sign, current } = this;
    return html`<div class="row">
        ${segmented("Shown", Object.values(measures), measures[measured], (name) => {
          this.measured = name === measures.success ? "success" : "confidence";
        })}
      </div>
      <div @keydown=${(event: KeyboardEvent) => this.move(event, grid)}>
        ${drawing(
          sweepMap({
            cells: sweep.cells,
            grid,
            measured,
            sign,
            current: Math.min(current, sweep.cells.length - 1),
            choose: (cell) => this.choose(cell),
            point: (cell) => (this.pointed = cell),
          }),
          "group",
        )}
      </div>
      <p role="status">${this.reading(sweep)}</p>`;
  }

  private reading({ cells, signs }: Sweep): string {
    const cell = this.pointed === null ? undefined : cells[this.pointed];
    if (!cell) return `Of ${signs} signs in each cell. Click one to put the sticker there.`;
    const { confidence, success } = cell;
    return `${placeText(cell)}: confidence ${percent(confidence, 0)}, success ${percent(success, 0)}.`;
  }

  private renderSizes(sweep: Sweep) {
    const colours = { confidence: "var(--muted)", success: "var(--attack)" } as const;
    const series = (Object.keys(colours) as Measured[]).map((key): Series => ({
      name: measures[key],
      colour: colours[key],
      mark: "dot",
      points: sweep.cells.map((cell) => ({ x: Math.round(100 * cell.size), y: cell[key] })),
    }));
    return html`<line-chart
      heading="By the sticker's size"
      label="Chart of confidence and success by the sticker's size"
      .note=${`of ${sweep.signs} signs`}
      .x=${{ label: "width and height, % of the sign", end: 40 }}
      .y=${shareAxis("signs with the sticker", [0, 0.5, 1])}
      .series=${series}
      stem=${fileStem("signs", "sticker-size", null)}
      .csv=${() => sweepCsv(sweep)}
    ></line-chart>`;
  }

  private renderExport(sweep: Sweep) {
    return html`<export-menu
      heading="Where the sticker works"
      stem=${fileStem("signs", "sticker-place", null)}
      .source=${() => this.renderRoot.querySelector<SVGSVGElement>("svg.drawing")}
      .csv=${() => sweepCsv(sweep)}
    ></export-menu>`;
  }

  private renderSelect(
    text: string,
    part: "grid" | "scenes",
    choices: readonly number[],
    name: (choice: number) => string,
  ) {
    return html`<label
      >${text}
      <select
        @change=${({ target }: Event) => (this[part] = Number((target as HTMLSelectElement).value))}
      >
        ${choices.map(
          (choice) =>
            html`<option value=${choice} ?selected=${this[part] === choice}>
              ${name(choice)}
            </option>`,
        )}
      </select>
    </label>`;
  }

  private async begin(measure: AskSweep): Promise<void> {
    const { scenes } = this;
    const grid = this.over === "place" ? this.grid : null;
    await this.sweep.begin(async (asking) => {
      const variants = (sticker: StickerVariant) =>
        grid === null ? overSizes(sticker) : overPlaces(grid, sticker);
      return { sweep: await measure(variants, scenes, asking), grid };
    });
  }

  private choose(cell: number): void {
    const place = this.sweep.answer?.sweep.cells[cell]?.place;
    if (!place) return;
    this.current = cell;
    this.dispatchEvent(new CustomEvent<StickerPlace>("place-choose", { detail: place }));
  }

  private move(event: KeyboardEvent, grid: number): void {
    const { current } = this;
    const next = cellBeside([Math.floor(current / grid), current % grid], event.key, grid);
    if (next) {
      this.current = next[0] * grid + next[1];
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector<SVGElement>(`[data-cell="${this.current}"]`)?.focus(),
      );
    } else if (event.key === "Enter" || event.key === " ") this.choose(current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sticker-heat-map": StickerHeatMap;
  }
}
