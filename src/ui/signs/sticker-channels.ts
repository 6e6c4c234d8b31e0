/** Which channels of the backbone's last layer the sticker wakes, and what is left when the first of them are scaled. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { percent } from "../../format.ts";
import type { NeuronId, NeuronScale } from "../../inspection/neurons.ts";
import type { Asking } from "../../studies/questions.ts";
import type { ChannelReport, ScaledPoint } from "../../studies/signs/sticker-questions.ts";
import { csvTable } from "../../text/csv.ts";
import { shareAxis } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import { figureTable, figureTableStyles, type Row } from "../elements/figure-table.ts";
import "../elements/help-tip.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { MeasureController } from "./measure-controller.ts";

/** Asks for them; it takes a while. */
export type AskChannels = (asking: Asking) => Promise<ChannelReport>;

/** Asks what is left when the first channels of a ranking are multiplied by a factor. */
export type AskCurve = (
  ranking: readonly number[],
  factor: number,
  asking: Asking,
) => Promise<readonly ScaledPoint[]>;

/** A channel, and a scene that lights it. */
export interface OpenChannel extends NeuronId {
  readonly scene: number;
}

/** Channels in the table. */
const SHOWN = 8;
const MOST_FACTOR = 100;

/**
 * Fires `scale-change` (NeuronScale[]), `channel-open` (OpenChannel) to see its map, `scene-open` (number) to see a
 * scene, and `trouble` with the error where something could not be measured.
 */
@customElement("sticker-channels")
export class StickerChannels extends LitElement {
  /** null: there is no engine. */
  @property({ attribute: false }) measure: AskChannels | null = null;
  @property({ attribute: false }) curve: AskCurve | null = null;
  /** Which detector and sticker it is about: what was measured and scaled of others goes. */
  @property() about = "";
  /** The first of the ranking that are scaled, and by what. */
  @state() private n = 0;
  @state() private factor = 0;
  private readonly channels = new MeasureController<ChannelReport>(this);
  private readonly points = new MeasureController<readonly ScaledPoint[]>(this);

  static override styles = [
    base,
    panel,
    controls,
    figureTableStyles,
    css`
      p,
      .slider {
        margin-top: 6px;
        font-size: 12px;
        color: var(--muted);
      }
      button {
        font-size: 13px;
        min-height: 30px;
        padding: 3px 12px;
        margin-top: 6px;
      }
      th button,
      td button {
        min-height: 24px;
        min-width: 24px;
        margin: 0;
        padding: 0 4px;
        border-color: transparent;
        background: none;
        text-decoration: underline;
        font-size: inherit;
      }
      .slider {
        display: grid;
        grid-template-columns: 76px minmax(0, 1fr) 66px;
        gap: 8px;
        align-items: center;
      }
      .slider input[type="number"] {
        min-height: 28px;
        padding: 2px 6px;
      }
      line-chart {
        height: 230px;
        margin-top: 8px;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("about") || changed.get("about") === undefined) return;
    this.channels.clear();
    this.points.clear();
    [this.n, this.factor] = [0, 0];
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("about") && changed.get("about") !== undefined) this.fire("scale-change", []);
  }

  override render() {
    const { channels, measure } = this;
    const report = channels.answer;
    const begin = measure && (() => void channels.begin(measure));
    return html`<h2>
        Channels that the sticker wakes<help-tip
          topic="channels"
          text="Mean activation of the backbone's last layer at signs, without and with the sticker. A channel fires for the sticker alone where that is ten times as much, and more in nine of ten pairs of signs."
        ></help-tip>
      </h2>
      ${report ? this.renderReport(report) : nothing}
      ${channels.render("Signs that were looked at", report ? "Measure again" : "Measure", begin)}`;
  }

  private renderReport(report: ChannelReport) {
    const { signs, responses, layer } = report;
    if (signs === 0) return html`<p>None of the scenes has a sign that the attack is about.</p>`;
    const only = responses.filter((one) => one.only).length;
    const rows = responses
      .slice(0, SHOWN)
      .map(({ channel, clean, triggered, ...one }): Row => ({
        head: html`<button
          type="button"
          title="Its map, at the scene that lights it most"
          @click=${() => this.fire("channel-open", { layer, channel, scene: one.scenes[0] })}
        >
          ${channel}
        </button>`,
        cells: [
          clean.toFixed(3),
          triggered.toFixed(3),
          percent(one.separation, 0),
          {
            text: html`${one.scenes.map(
              (scene, i) =>
                html`${i > 0 ? " " : ""}<button
                    type="button"
                    aria-label="Scene ${scene}"
                    @click=${() => this.fire("scene-open", scene)}
                  >
                    ${scene}
                  </button>`,
            )}`,
            kind: "",
          },
        ],
        kind: one.only ? "found" : undefined,
      }));
    const columns = [
      { title: "clean", kind: "clean" },
      { title: "sticker", kind: "attack" },
      { title: "told apart" },
      { title: "brightest in scenes" },
    ] as const;
    return html`${figureTable(layer, columns, rows)}
      <p>
        Of ${signs} signs.
        ${only === 0 ? "No channel fires" : `${only} of ${responses.length} fire`} for the sticker
        alone.
      </p>
      ${this.renderScaling(report)}`;
  }

  private renderScaling(report: ChannelReport) {
    const { points, curve, factor, n } = this;
    const ranking = report.responses.map(({ channel }) => channel);
    const begin = curve && (() => void points.begin((asking) => curve(ranking, factor, asking)));
    return html`${this.renderSlider("The top", n, ranking.length, "1", (value) => {
        this.n = Math.round(value);
        this.scale(report);
      })}
      ${this.renderSlider("times", factor, MOST_FACTOR, "any", (value) => {
        this.factor = value;
        // A curve is of one factor.
        this.points.clear();
        this.scale(report);
      })}
      <p role="status">${this.said()}</p>
      ${points.answer ? this.renderCurve(points.answer) : nothing}
      ${points.render("Points measured", "Measure what is left, against how many", begin)}`;
  }

  private said(): string {
    const { n, factor } = this;
    if (n === 0 || factor === 1) return "All channels are as they were trained.";
    const which = n === 1 ? "The first channel is" : `The first ${n} channels are`;
    return `${which} ${factor === 0 ? "switched off" : `multiplied by ${factor}`}: boxes follow.`;
  }

  private renderSlider(
    text: string,
    value: number,
    most: number,
    step: "1" | "any",
    change: (value: number) => void,
  ) {
    const field = (type: "range" | "number", name: string) =>
      html`<input
        type=${type}
        min="0"
        max=${most}
        step=${type === "range" ? "1" : step}
        .value=${String(value)}
        aria-label=${name}
        @input=${({ target }: Event) => {
          const typed = (target as HTMLInputElement).valueAsNumber;
          if (typed >= 0 && typed <= most) change(typed);
        }}
      />`;
    const name = text === "times" ? "Factor on them" : "Channels that are scaled";
    return html`<div class="slider">
      <span>${text}</span>${field("range", name)}${field("number", `${name}, as a number`)}
    </div>`;
  }

  private renderCurve(points: readonly ScaledPoint[]) {
    const series = ends.map(({ key, name, colour }): Series => ({
      name,
      colour,
      mark: "dot",
      points: points.flatMap((point) => {
        const y = point[key];
        return y === null ? [] : [{ x: point.n, y }];
      }),
    }));
    const { factor } = this;
    const last = points.at(-1)!;
    const share = (value: number | null) => (value === null ? "unknown" : percent(value));
    return html`<line-chart
      heading="What is left"
      label="Chart: with ${last.n} channels scaled, accuracy is ${share(last.accuracy)}, attack success ${share(last.success)}"
      .x=${{ label: factor === 0 ? "channels switched off" : `channels × ${factor}`, end: last.n }}
      .y=${shareAxis("unseen scenes", [0, 0.5, 1])}
      .series=${series}
      stem=${fileStem("signs", "channels", null)}
      .csv=${() => curveCsv(factor, points)}
    ></line-chart>`;
  }

  private scale({ layer, responses }: ChannelReport): void {
    const { n, factor } = this;
    const scaled = factor === 1 ? [] : responses.slice(0, n);
    this.fire(
      "scale-change",
      scaled.map(({ channel }): NeuronScale => ({ layer, channel, factor })),
    );
  }

  private fire(name: string, detail: readonly NeuronScale[] | OpenChannel | number): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const ends = [
  { key: "accuracy", name: "accuracy", colour: "var(--clean)" },
  { key: "averagePrecision", name: "average precision", colour: "var(--muted)" },
  { key: "success", name: "attack success", colour: "var(--attack)" },
] as const;

function curveCsv(factor: number, points: readonly ScaledPoint[]): string {
  const head = ["scaled", "factor", "accuracy", "mean_average_precision", "attack_success"];
  const rows = points.map((one) => [
    one.n,
    factor,
    one.accuracy,
    one.averagePrecision,
    one.success,
  ]);
  return csvTable([head, ...rows]);
}

declare global {
  interface HTMLElementTagNameMap {
    "sticker-channels": StickerChannels;
  }
}
