/** Pairwise Neural Cleanse as pictures: a heat map of how few pixels turn one class into another, and the trigger. */
import { range, scaleBand, scaleLinear } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CleansedPair, PairwiseFindings } from "../../defences/pairwise-cleanse.ts";
import { percent } from "../../format.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import { cellBeside } from "../elements/arrow-keys.ts";
import { findingStyles } from "./finding-styles.ts";
import { triggerPictures, type TrueTrigger } from "./trigger-pictures.ts";

const WIDTH = 420;
const HEAD = 34;
const SIDE = 34;

/** Fires `neurons`, to look at those that the trigger wakes. */
@customElement("pair-triggers")
export class PairTriggers extends LitElement {
  @property({ attribute: false }) findings!: PairwiseFindings;
  @property({ attribute: false }) trigger: TrueTrigger = null;
  /** null: the pair with the smallest trigger. */
  @state() private chosen: readonly [source: number, target: number] | null = null;

  static override styles = [
    ...findingStyles,
    css`
      svg {
        width: 100%;
        max-width: 520px;
        height: auto;
        font-family: var(--font);
        font-variant-numeric: tabular-nums;
      }
      .cell {
        cursor: pointer;
        outline: none;
      }
      .cell:focus-visible .ring {
        stroke: var(--focus);
      }
    `,
  ];

  private get shown(): CleansedPair {
    const { pairs } = this.findings;
    const { chosen } = this;
    return (
      pairs.find(({ source, target }) => source === chosen?.[0] && target === chosen[1]) ??
      pairs.reduce((a, b) => (b.l1 < a.l1 ? b : a))
    );
  }

  override render() {
    const { shown } = this;
    const { source, target, l1, success, flagged } = shown;
    return html`
      ${this.renderMap(shown)}
      <p role="status">
        ${source} to ${target}: ${l1.toFixed(1)} pixels turn ${percent(success, 0)} of the images;
        ${flagged ? "flagged" : "not flagged"}.
      </p>
      ${triggerPictures(shown, `that turns ${source} into ${target}`, this.trigger, () =>
        this.dispatchEvent(new CustomEvent("neurons")),
      )}
    `;
  }

  private renderMap(shown: CleansedPair) {
    const { pairs, pixels } = this.findings;
    const x = scaleBand(range(DIGIT_CLASSES), [SIDE, WIDTH - 4]);
    const size = x.bandwidth();
    const y = scaleBand(range(DIGIT_CLASSES), [HEAD, HEAD + size * DIGIT_CLASSES]);
    // The fewer pixels, the deeper: from twice the limit on it is as pale as can be.
    const depth = scaleLinear([0, 2 * pixels], [0.75, 0.04]).clamp(true);
    const of = new Map(pairs.map((pair) => [`${pair.source} ${pair.target}`, pair]));
    const middle = (at: number) => at + size / 2;
    const digits = range(DIGIT_CLASSES);
    const text = (content: unknown, place: string) =>
      svg`<text transform=${place} text-anchor="middle" font-size="12" fill="var(--muted)">${content}</text>`;
    return html`<svg
      viewBox="0 0 ${WIDTH} ${HEAD + size * DIGIT_CLASSES + 4}"
      @keydown=${this.move}
    >
      <g
        role="grid"
        aria-label="Pixels of the trigger for each pair: source digits in rows, target digits in columns"
      >
        ${text("target: what it is read as", `translate(${(SIDE + WIDTH) / 2} 11)`)}
        ${text("source: what it is", `translate(10 ${HEAD + (size * DIGIT_CLASSES) / 2}) rotate(-90)`)}
        <g role="row">
          ${digits.map(
            (digit) =>
              svg`<text role="columnheader" x=${middle(x(digit)!)} y=${HEAD - 6} text-anchor="middle" font-size="12" fill="var(--muted)">${digit}</text>`,
          )}
        </g>
        ${digits.map(
          (source) => svg`<g role="row">
            <text role="rowheader" x=${SIDE - 9} y=${middle(y(source)!)} dy="0.35em" text-anchor="middle" font-size="12" fill="var(--muted)">${source}</text>
            ${digits.map((target) => {
              const pair = of.get(`${source} ${target}`);
              if (!pair) return nothing;
              return this.renderCell(pair, pair === shown, depth(pair.l1), {
                place: `translate(${x(target)!} ${y(source)!})`,
                size,
              });
            })}
          </g>`,
        )}
      </g>
    </svg>`;
  }

  private renderCell(
    { source, target, l1, flagged }: CleansedPair,
    isShown: boolean,
    depth: number,
    { place, size }: { place: string; size: number },
  ) {
    return svg`<g class="cell" role="gridcell" tabindex=${isShown ? 0 : -1}
      data-cell="${source} ${target}" aria-selected=${isShown ? "true" : "false"}
      aria-label="${source} to ${target}: ${l1.toFixed(1)} pixels${flagged ? ", flagged" : ""}"
      transform=${place} @click=${() => (this.chosen = [source, target])}>
      <rect width=${size - 1} height=${size - 1} fill="var(--attack)" fill-opacity=${depth}></rect>
      <text x=${size / 2} y=${size / 2} dy="0.35em" text-anchor="middle" font-size="11"
        font-weight=${flagged ? 700 : 400} fill="var(--ink)">${l1.toFixed(l1 < 9.95 ? 1 : 0)}</text>
      <rect class="ring" x="1" y="1" width=${size - 3} height=${size - 3} fill="none"
        stroke=${isShown ? "var(--ink)" : "none"} stroke-width="2"></rect>
    </g>`;
  }

  private readonly move = (event: KeyboardEvent) => {
    const { source, target } = this.shown;
    let next = cellBeside([source, target], event.key, DIGIT_CLASSES);
    if (!next) return;
    event.preventDefault();
    // The diagonal is no pair.
    if (next[0] === next[1]) next = cellBeside(next, event.key, DIGIT_CLASSES)!;
    if (next[0] === next[1]) return;
    this.chosen = next;
    const cell = `[data-cell="${next[0]} ${next[1]}"]`;
    void this.updateComplete.then(() => this.renderRoot.querySelector<SVGElement>(cell)?.focus());
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "pair-triggers": PairTriggers;
  }
}
