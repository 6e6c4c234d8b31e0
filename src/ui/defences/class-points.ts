/** A class's training images as points among each other, what was taken for poison, and the images behind the points. */
import { extent, scaleLinear } from "d3";
import { css, html, LitElement, nothing, svg, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { FeaturePoints } from "../../defences/features.ts";
import { barChart, type Bar } from "../../figures/bar-chart.ts";
import { pagePalette } from "../../figures/figure.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import "../elements/digit-image.ts";
import { drawing } from "../elements/drawing.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { findingStyles } from "./finding-styles.ts";

/** A class as it is drawn. */
export interface PointedClass {
  readonly label: number;
  readonly bar: Omit<Bar, "name">;
  readonly points: FeaturePoints;
}

const WIDTH = 420;
const HEIGHT = 190;
const EDGE = 12;
/** Images that are shown of each kind. */
const SHOWN = 10;

/** Fires `problem` where images could not be had. */
@customElement("class-points")
export class ClassPoints extends LitElement {
  @property({ attribute: false }) classes: readonly PointedClass[] = [];
  /** Of the bars: a label, what the values are, and what they are held against. */
  @property() label = "";
  @property() axis = "";
  @property({ attribute: false }) limit: { value: number; name: string } | null = null;
  /** What `taken` means here: "the smaller cluster". */
  @property() taken = "";
  /** Pixels of training images by their numbers. */
  @property({ attribute: false }) images!: (numbers: readonly number[]) => Promise<Uint8Array>;
  /** null: the class with the highest bar. */
  @state() private chosen: number | null = null;
  @state() private pointed: number | null = null;
  /** Of the class on view, once they are there. */
  @state() private pixels: Uint8Array | null = null;
  private fetched: FeaturePoints | null = null;

  static override styles = [
    ...findingStyles,
    segmentedStyles,
    css`
      .points {
        display: flex;
        gap: 10px;
        align-items: flex-start;
      }
      .points svg {
        flex: 1;
        min-width: 0;
        max-width: 560px;
        background: var(--sunken);
        border-radius: 7px;
      }
      .points digit-image {
        width: 84px;
        height: 84px;
      }
      circle,
      path {
        stroke-width: 1.5;
      }
      .clean {
        fill: var(--clean);
      }
      .poison {
        fill: var(--attack);
      }
      .taken {
        stroke: var(--ink);
      }
      .strip {
        display: flex;
        flex-wrap: wrap;
        gap: 3px;
      }
      .strip digit-image {
        width: 34px;
        height: 34px;
      }
    `,
  ];

  private get shown(): PointedClass {
    const { classes, chosen } = this;
    return (
      classes.find(({ label }) => label === chosen) ??
      classes.reduce((a, b) => (b.bar.value > a.bar.value ? b : a))
    );
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const { points } = this.shown;
    if (points === this.fetched) return;
    this.fetched = points;
    this.pixels = this.pointed = null;
    void this.fetch(points);
  }

  private async fetch(points: FeaturePoints): Promise<void> {
    try {
      const pixels = await this.images([...points.images]);
      if (points === this.fetched) this.pixels = pixels;
    } catch (error) {
      this.dispatchEvent(new CustomEvent("problem", { detail: error }));
    }
  }

  override render() {
    const { classes, label, axis, limit, shown } = this;
    return html`
      ${drawing(
        barChart({
          label,
          bars: classes.map(({ label, bar }) => ({ ...bar, name: String(label) })),
          axis,
          across: "class",
          limit,
          palette: pagePalette,
          chosen: classes.indexOf(shown),
          choose: (i) => (this.chosen = classes[i].label),
        }),
      )}
      <div class="row">
        ${segmented(
          "Points of the class",
          classes.map((one) => String(one.label)),
          String(shown.label),
          (chosen) => (this.chosen = Number(chosen)),
        )}
      </div>
      ${this.renderPoints(shown)} ${this.renderStrip("Taken for poison", shown, 1)}
      ${this.renderStrip("Left alone", shown, 0)}
    `;
  }

  private renderPoints({ label, points }: PointedClass) {
    const { x, y, poison, taken, images } = points;
    const across = scaleLinear(extent(x) as [number, number], [EDGE, WIDTH - EDGE]);
    const flat = y.every((value) => value === 0);
    // Where there is one direction only, points are spread so that they can be told apart.
    const height = (i: number) => (flat ? (images[i] * 0.618) % 1 : y[i]);
    const upwards = scaleLinear(flat ? [0, 1] : (extent(y) as [number, number]), [
      HEIGHT - EDGE,
      EDGE,
    ]);
    const count = poison.reduce((sum, one) => sum + one, 0);
    const draw = (i: number) => {
      const kind = `${poison[i] ? "poison" : "clean"} ${taken[i] ? "taken" : ""}`;
      const place = `translate(${across(x[i])} ${upwards(height(i))})`;
      const point = () => (this.pointed = i);
      return poison[i]
        ? svg`<path class=${kind} transform=${place} d="M0 -5L5 0L0 5L-5 0Z" @pointerenter=${point} @click=${point}></path>`
        : svg`<circle class=${kind} transform=${place} r="4" @pointerenter=${point} @click=${point}></circle>`;
    };
    return html`<div class="points">
        <svg
          viewBox="0 0 ${WIDTH} ${HEIGHT}"
          role="img"
          aria-label="${images.length} training images of class ${label} as points, ${count} of them triggered copies"
        >
          ${[...images.keys()].map(draw)}
        </svg>
        ${this.pointed === null ? nothing : this.renderImage(this.pointed)}
      </div>
      <p class="muted">
        ${images.length} images of ${label}: dots are clean, diamonds triggered copies (which a
        defender does not know); a rim marks ${this.taken}. Point at one to see it.
      </p>`;
  }

  private renderImage(i: number) {
    const { pixels } = this;
    if (!pixels) return nothing;
    const { points, label } = this.shown;
    const area = DIGIT_SIZE ** 2;
    const of = points.poison[i] ? `A triggered copy labelled ${label}` : `A clean ${label}`;
    return html`<digit-image
      .pixels=${pixels.subarray(i * area, (i + 1) * area)}
      name=${of}
    ></digit-image>`;
  }

  private renderStrip(title: string, { points }: PointedClass, kind: 0 | 1) {
    const chosen = [...points.images.keys()].filter((i) => points.taken[i] === kind);
    if (chosen.length === 0) return nothing;
    return html`<div>
      <h3>${title}</h3>
      <div class="strip">${chosen.slice(0, SHOWN).map((i) => this.renderImage(i))}</div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "class-points": ClassPoints;
  }
}
