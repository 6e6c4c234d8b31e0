/** Neural Cleanse as pictures: how small a trigger each class can be reached with, and the trigger itself. */
import { html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { NeuralCleanseFindings } from "../../defences/neural-cleanse.ts";
import { barChart } from "../../figures/bar-chart.ts";
import { pagePalette } from "../../figures/figure.ts";
import { drawing } from "../elements/drawing.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { findingStyles } from "./finding-styles.ts";
import { triggerPictures, type TrueTrigger } from "./trigger-pictures.ts";

/** Fires `neurons`, to look at those that the trigger wakes. */
@customElement("class-triggers")
export class ClassTriggers extends LitElement {
  @property({ attribute: false }) findings!: NeuralCleanseFindings;
  @property({ attribute: false }) trigger: TrueTrigger = null;
  /** null: the class with the smallest trigger. */
  @state() private chosen: number | null = null;

  static override styles = [...findingStyles, segmentedStyles];

  override render() {
    const { classes, medianL1 } = this.findings;
    const smallest = classes.reduce((a, b) => (b.l1 < a.l1 ? b : a));
    const shown = classes.find(({ target }) => target === this.chosen) ?? smallest;
    const { target, index } = shown;
    return html`
      ${drawing(
        barChart({
          label: `Pixels of the smallest trigger to each class; the smallest is that to ${smallest.target}`,
          bars: classes.map(({ target, l1, index, flagged }) => ({
            name: String(target),
            value: l1,
            found: flagged,
            title: `to ${target}: ${l1.toFixed(1)} pixels, index ${index.toFixed(2)}`,
          })),
          axis: "pixels",
          across: "target class",
          limit: { value: medianL1, name: `median ${medianL1.toFixed(1)}` },
          palette: pagePalette,
          chosen: classes.indexOf(shown),
          choose: (i) => (this.chosen = classes[i].target),
        }),
      )}
      <div class="row">
        ${segmented(
          "Trigger to the class",
          classes.map(({ target }) => String(target)),
          String(target),
          (chosen) => (this.chosen = Number(chosen)),
        )}
        <span role="status">to ${target}: anomaly index ${index.toFixed(2)}</span>
      </div>
      ${triggerPictures(shown, `to ${target}`, this.trigger, () =>
        this.dispatchEvent(new CustomEvent("neurons")),
      )}
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "class-triggers": ClassTriggers;
  }
}
