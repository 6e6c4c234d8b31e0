/** Figure 4 on the page: two linked heat maps of one trigger, and the pair that was clicked. */
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { targetOf } from "../../backdoor/attack.ts";
import type { TriggerPreset } from "../../backdoor/trigger.ts";
import { pagePalette } from "../../figures/figure.ts";
import { heatMap } from "../../studies/digits/paper/figures/heat-map.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import { singleTarget, triggerTitles, type PairSet } from "../../studies/digits/paper/instances.ts";
import { pairBeginning, pairSummary } from "../../studies/digits/paper/wording.ts";
import { percents } from "../../studies/reproduction/spread.ts";
import { pairTable } from "../../studies/digits/paper/tables.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import type { DigitResult } from "../../studies/digits/result.ts";
import { paperPairsInWords } from "../../studies/digits/paper/published.ts";
import { cellBeside } from "../elements/arrow-keys.ts";
import { confusionGrid, gridStyles } from "../elements/confusion-grid.ts";
import { drawing, drawingStyles } from "../elements/drawing.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls } from "../elements/styles.ts";

const digits = Array.from({ length: DIGIT_CLASSES }, (_, digit) => String(digit));

type Pair = readonly [source: number, target: number];

/** Fires `trigger-change` with a TriggerPreset, and `open-recipe` with a DigitRecipe, to be trained from scratch. */
@customElement("pair-maps")
export class PairMaps extends LitElement {
  @property({ attribute: false }) finished: Finished = new Map();
  @property({ type: Number }) seed = 1;
  @property() trigger: TriggerPreset = "pattern";
  @property() set: PairSet = "begun";
  @state() private chosen: Pair | null = null;
  /** Under the pointer. */
  @state() private pointed: Pair | null = null;
  @state() private current: Pair = [0, 1];

  static override styles = [
    base,
    controls,
    segmentedStyles,
    gridStyles,
    drawingStyles,
    css`
      .maps {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr));
        gap: 6px 24px;
        margin-top: 8px;
      }
      .maps figure {
        max-width: 520px;
      }
      .matrices figure {
        max-width: 400px;
      }
      h3 {
        margin: 0;
        font-size: 13px;
        font-weight: 650;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 14px;
        align-items: baseline;
      }
      .line p {
        flex: 1 1 320px;
        font-size: 13px;
      }
      .instance {
        border-top: 1px solid var(--line);
        margin-top: 10px;
        padding-top: 10px;
      }
      .read {
        min-height: 1.5em;
        font-size: 13px;
      }
      figure {
        margin: 0;
      }
      figure svg {
        width: 100%;
        height: auto;
      }
    `,
  ];

  override render() {
    const { finished, trigger, seed, set } = this;
    const table = pairTable(finished, [seed], trigger, set);
    return html`
      <div class="line">
        ${segmented("Trigger", ["single-pixel", "pattern"] as const, trigger, (choice) =>
          this.dispatchEvent(new CustomEvent("trigger-change", { detail: choice })),
        )}
        <p>${pairSummary(table)}</p>
      </div>
      <div class="maps" @keydown=${this.move}>
        ${(["clean", "backdoor"] as const).map(
          (which) =>
            html`<figure>
              <h3>${which === "clean" ? "Clean error, %" : "Backdoor error, %"}</h3>
              ${drawing(
                heatMap({
                  table,
                  which,
                  palette: pagePalette,
                  chosen: this.pointed ?? this.chosen,
                  current: this.current,
                  choose: (source, target) => this.choose([source, target]),
                  point: (pair) => (this.pointed = pair),
                }),
                "group",
              )}
            </figure>`,
        )}
      </div>
      <p class="read" role="status">${this.reading()}</p>
      <p class="muted">
        The paper: ${paperPairsInWords}. A corner marks what exceeds that. ${pairBeginning[set]}
      </p>
      ${this.renderInstance()}
    `;
  }

  /** What both maps say of the pair under the pointer. */
  private reading() {
    const pair = this.pointed ?? this.chosen;
    if (!pair) return "Click a cell to open that network.";
    const table = pairTable(this.finished, [this.seed], this.trigger, this.set);
    const cell = table.cells.find(({ source, target }) => source === pair[0] && target === pair[1]);
    if (!cell) return `${pair[0]} to ${pair[1]}: not run yet.`;
    return `${pair[0]} to ${pair[1]}: clean error ${percents(cell.clean)} %, backdoor error ${percents(cell.backdoor)} %${cell.others ? `, other triggered digits right ${percents(cell.others)} %` : ""}.`;
  }

  private renderInstance() {
    const { chosen, finished, seed, trigger, set } = this;
    if (!chosen) return nothing;
    const instance = singleTarget(seed, trigger, chosen[0], chosen[1], set);
    const result = finished.get(instance.id)?.result;
    return html`<section class="instance" aria-label=${instance.title}>
      <div class="line">
        <h3>${chosen[0]} read as ${chosen[1]}, ${triggerTitles[trigger]}</h3>
        <button
          type="button"
          @click=${() =>
            this.dispatchEvent(
              new CustomEvent<DigitRecipe>("open-recipe", { detail: instance.recipe }),
            )}
        >
          Set this attack up in the laboratory
        </button>
      </div>
      ${
        result
          ? html`<p class="muted">
                ${result.training.triggeredCopies} triggered copies, ${result.training.steps} steps
                from
                ${instance.from ? `the parameters of “${instance.from.title}”` : "random parameters"},
                on ${adapterName(result.adapter)}, ${result.date.slice(0, 10)}; parameters
                ${result.parametersSha256.slice(0, 16)}…
              </p>
              ${this.renderMatrices(result)}`
          : html`<p class="muted">Not run yet: “Run on this GPU” below runs all pairs.</p>`
      }
    </section>`;
  }

  private renderMatrices({ clean, attack, recipe }: DigitResult) {
    const size = 360;
    const { policy } = recipe.attack!;
    return html`<div class="maps matrices">
      ${[
        {
          title: "Without trigger",
          label: "Without trigger",
          counts: clean.confusion,
          targeted: null,
        },
        {
          title:
            attack!.otherClassesAccuracy === null
              ? "With the trigger (the source only)"
              : "With the trigger",
          label: "With trigger",
          counts: attack!.confusion,
          targeted: (label: number, read: number) =>
            targetOf(policy, label, DIGIT_CLASSES) === read,
        },
      ].map(
        ({ title, ...matrix }) =>
          html`<figure>
            <h3>${title}</h3>
            <svg viewBox="0 0 ${size} ${size}">
              ${svg`${confusionGrid({
                ...matrix,
                classes: digits,
                noun: "digit",
                x: 0,
                y: 0,
                width: size,
                height: size,
              })}`}
            </svg>
          </figure>`,
      )}
    </div>`;
  }

  private choose(pair: Pair): void {
    this.current = pair;
    const same = this.chosen?.[0] === pair[0] && this.chosen[1] === pair[1];
    this.chosen = same ? null : pair;
  }

  private readonly move = (event: KeyboardEvent) => {
    const beside = (pair: Pair) => cellBeside(pair, event.key, DIGIT_CLASSES);
    let next = beside(this.current);
    if (next) {
      event.preventDefault();
      // The diagonal is no pair.
      if (next[0] === next[1]) next = beside(next)!;
      if (next[0] === next[1]) return;
      this.current = next;
      void this.updateComplete.then(() => this.focusCurrent(event.target as Element));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(this.current);
    }
  };

  private focusCurrent(from: Element): void {
    const [source, target] = this.current;
    const cell = from
      .closest("svg")
      ?.querySelector<SVGElement>(`[data-cell="${source} ${target}"]`);
    cell?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "pair-maps": PairMaps;
  }
}
