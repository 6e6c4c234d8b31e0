/** MM-BD as pictures: how far each class can be lifted above all others, and the image that does it. */
import { html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { MarginFindings } from "../../defences/margin.ts";
import { barChart } from "../../figures/bar-chart.ts";
import { pagePalette } from "../../figures/figure.ts";
import "../elements/digit-image.ts";
import { drawing } from "../elements/drawing.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { findingStyles } from "./finding-styles.ts";
import { picture } from "./trigger-pictures.ts";

@customElement("class-margins")
export class ClassMargins extends LitElement {
  @property({ attribute: false }) findings!: MarginFindings;
  /** null: the class with the largest margin. */
  @state() private chosen: number | null = null;

  static override styles = [...findingStyles, segmentedStyles];

  override render() {
    const { classes, largest, ratio, flagged } = this.findings;
    const shown = classes.find(({ label }) => label === this.chosen) ?? classes[largest];
    // ratio = largest / median
    const middle = classes[largest].margin / ratio;
    return html`
      ${drawing(
        barChart({
          label: `Largest margin of each class; ${largest} has the largest, ${ratio.toFixed(2)} times the median`,
          bars: classes.map(({ label, margin }) => ({
            name: String(label),
            value: margin,
            found: flagged && label === largest,
            title: `${label}: ${margin.toFixed(1)} above all other classes`,
          })),
          axis: "margin of logits",
          across: "class",
          limit: { value: middle, name: `median ${middle.toFixed(1)}` },
          palette: pagePalette,
          chosen: classes.indexOf(shown),
          choose: (i) => (this.chosen = classes[i].label),
        }),
      )}
      <div class="row">
        ${segmented(
          "Image of the class",
          classes.map(({ label }) => String(label)),
          String(shown.label),
          (chosen) => (this.chosen = Number(chosen)),
        )}
      </div>
      <div class="pictures">
        ${picture(
          html`<digit-image
            .pixels=${Uint8Array.from(shown.image, (value) => Math.round(255 * value))}
            name="Image that lifts ${shown.label} highest"
          ></digit-image>`,
          `lifts ${shown.label} by ${shown.margin.toFixed(1)} above all others`,
        )}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "class-margins": ClassMargins;
  }
}
