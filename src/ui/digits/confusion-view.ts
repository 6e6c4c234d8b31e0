/** Two confusion matrices, without and with the trigger, and the images behind a cell of them. */
import { css, html, LitElement, nothing, svg, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Policy } from "../../backdoor/attack.ts";
import {
  definitions,
  measureAttack,
  measureClean,
  type Confusion,
} from "../../backdoor/measure.ts";
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import type { Predictions } from "../../studies/digits/port.ts";
import type { TaskProgress } from "../../studies/port.ts";
import { count, percent } from "../../format.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import { fileStem } from "../elements/chart-export.ts";
import { chartStyles } from "../elements/chart-frame.ts";
import { confusionGrid, gridStyles } from "../elements/confusion-grid.ts";
import {
  confusionCsv,
  countReadings,
  imagesBehind,
  isTargeted,
  goalOf,
  type Cell,
} from "./confusion.ts";
import "../elements/export-menu.ts";
import "../elements/help-tip.ts";
import { crossIcon } from "../elements/icons.ts";
import "./image-grid.ts";
import { OwnTask } from "../elements/own-task.ts";
import { cellBeside, type GridCell } from "../elements/arrow-keys.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base, controls, panel } from "../elements/styles.ts";
import "../elements/task-progress.ts";

const digits = Array.from({ length: DIGIT_CLASSES }, (_, digit) => String(digit));

/** From this width on the matrices stand side by side. */
const WIDE = 640;
const GAP = 20;
/** A caption of two lines above each matrix. */
const CAPTION = 38;

/**
 * Fires `predictions-request` when the network shall read the test set, `cancel` while it does, and `pick`
 * with the number of an image to look at.
 */
@customElement("confusion-view")
export class ConfusionView extends OwnTask(LitElement) {
  @property({ attribute: false }) predictions: Predictions | null = null;
  /** The network has changed since it was asked. */
  @property({ type: Boolean }) stale = false;
  /** null: an honest network, and no trigger. */
  @property({ attribute: false }) policy: Policy | null = null;
  @property({ attribute: false }) progress: TaskProgress | null = null;
  /** Pixels of test images, [images, 28, 28]. */
  @property({ attribute: false }) images: (numbers: readonly number[]) => Promise<Uint8Array> =
    async () => new Uint8Array(0);
  /** The trigger, to be drawn on images that carry it. */
  @property({ attribute: false }) trigger: readonly TriggerPixel[] = [];
  /** Steps that the network was trained for, for file names. */
  @property({ attribute: false }) step: number | null = null;
  @state() private chosen: Cell | null = null;
  /** The cell of each matrix that the Tab key leads to. */
  @state() private current: readonly GridCell[] = [
    [0, 0],
    [0, 0],
  ];
  private clean: Confusion = [];
  private triggered: Confusion = [];
  private behind: readonly number[] = [];
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [
    base,
    panel,
    controls,
    chartStyles,
    gridStyles,
    css`
      :host {
        overflow: auto;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 10px;
        align-items: center;
        min-height: 28px;
      }
      header h2 {
        flex: 1;
      }
      header button {
        font-size: 12px;
        min-height: 24px;
        padding: 1px 9px;
      }
      .canvas {
        flex: none;
        margin-top: 4px;
      }
      .caption {
        font-size: 13px;
        font-weight: 650;
        fill: var(--ink);
      }
      .ask {
        display: grid;
        gap: 10px;
        justify-items: start;
        padding: 10px 0;
        max-width: 60ch;
      }
      task-progress {
        flex: 0 1 320px;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        font-size: 12px;
        margin-top: 6px;
      }
      .key i {
        display: inline-block;
        width: 12px;
        height: 12px;
        vertical-align: -2px;
        margin-right: 5px;
        border: 1px solid var(--line);
      }
      .key .of-right {
        background: color-mix(in srgb, var(--clean) 45%, var(--panel));
      }
      .key .of-targeted {
        border: 2px solid var(--attack);
        background: color-mix(in srgb, var(--attack) 40%, var(--panel));
      }
      .key .of-other {
        background: color-mix(in srgb, var(--control) 60%, var(--panel));
      }
      section {
        margin-top: 10px;
        border-top: 1px solid var(--line);
        padding-top: 8px;
      }
      section header {
        margin-bottom: 4px;
      }
      /* Room for two rows, so that what scrolls into view is not the heading alone. */
      image-grid {
        min-height: 166px;
      }
      .close {
        border-color: transparent;
        display: grid;
        place-items: center;
      }
    `,
  ];

  override render() {
    const { predictions, progress } = this;
    return html`
      <header>
        <h2>
          What each digit is read as<help-tip
            topic="this table"
            text="${definitions.cleanAccuracy} ${definitions.attackSuccess}"
          ></help-tip>
        </h2>
        ${
          progress
            ? html`<task-progress
                heading="Test images read"
                .progress=${progress}
                @cancel=${() => this.dispatchEvent(new CustomEvent("cancel"))}
              ></task-progress>`
            : nothing
        }
        ${
          predictions && this.stale && !progress
            ? html`<button type="button" @click=${this.ask}>
                Network has changed: read again
              </button>`
            : nothing
        }
        ${
          predictions
            ? html`<export-menu
                heading="Confusion matrices"
                stem=${fileStem("digits", "confusion", this.step)}
                .source=${() => this.renderRoot.querySelector<SVGSVGElement>(".canvas svg")}
                .csv=${() => confusionCsv(this.clean, this.triggered, this.policy)}
              ></export-menu>`
            : nothing
        }
      </header>
      ${predictions || progress ? nothing : this.renderAsk()}
      <div class="canvas" style="height: ${predictions ? this.height : 0}px">
        ${predictions && this.size.width > 0 ? this.renderMatrices() : nothing}
      </div>
      ${predictions ? this.renderKey() : nothing}
      ${predictions && this.chosen ? this.renderImages(this.chosen) : nothing}
    `;
  }

  private renderAsk() {
    return html`<div class="ask">
      <p>
        Lets the network read every test image, without and with the trigger, and counts what it
        takes each digit for. A choice in the table shows the images behind it.
      </p>
      <button type="button" class="primary" @click=${this.ask}>Read all test images</button>
    </div>`;
  }

  private renderKey() {
    return html`<div class="key muted">
      <span><i class="of-right"></i>read correctly</span>
      ${this.policy ? html`<span><i class="of-targeted"></i>the attacker wants ${goalOf(this.policy)}</span>` : nothing}
      <span><i class="of-other"></i>otherwise; colour: share of the row, logarithmic</span>
    </div>`;
  }

  private get wide(): boolean {
    return this.size.width >= WIDE;
  }

  /** Of one matrix: as wide as there is room, and flat enough that two of them fit above each other. */
  private get extent(): readonly [width: number, height: number] {
    const { width } = this.size;
    const own = this.wide ? (width - GAP) / 2 : width;
    return [own, this.wide ? Math.min(own, 400) : Math.min(own, 232)];
  }

  private get height(): number {
    const one = CAPTION + this.extent[1];
    return this.wide || !this.policy ? one : 2 * one + GAP / 2;
  }

  private renderMatrices() {
    const [width, height] = this.extent;
    const { policy } = this;
    const clean = measureClean(this.clean);
    const attack = policy && measureAttack(this.triggered, policy);
    const [x, y] = this.wide ? [width + GAP, 0] : [0, CAPTION + height + GAP / 2];
    const grid = (triggered: boolean) => {
      const { chosen } = this;
      return confusionGrid({
        label: `${triggered ? "With" : "Without"} trigger`,
        counts: triggered ? this.triggered : this.clean,
        classes: digits,
        noun: "digit",
        targeted:
          triggered && policy
            ? (label, read) => isTargeted(policy, label, read, DIGIT_CLASSES)
            : null,
        x: triggered ? x : 0,
        y: (triggered ? y : 0) + CAPTION,
        width,
        height,
        current: this.current[Number(triggered)],
        chosen: chosen?.triggered === triggered ? [chosen.label, chosen.read] : null,
        choose: (label, read) => this.choose({ triggered, label, read }),
      });
    };
    return html`<svg role="group" aria-label="Confusion matrices" @keydown=${this.onKey}>
      ${svg`
        <text class="caption" y="13">Without trigger</text>
        <text y="30">Clean accuracy ${percent(clean.accuracy)}</text>
        <g data-matrix="0">${grid(false)}</g>
        ${
          attack
            ? svg`<text class="caption" x=${x} y=${y + 13}>With trigger</text>
              <text x=${x} y=${y + 30}>Attack success ${percent(attack.success)}; still read correctly ${percent(attack.trueLabelAccuracy)}</text>
              <g data-matrix="1">${grid(true)}</g>`
            : ""
        }`}
    </svg>`;
  }

  private renderImages({ triggered, label, read }: Cell) {
    return html`<section aria-label="Images behind the cell">
      <header>
        <h2>
          ${count(this.behind.length)} ${this.behind.length === 1 ? "image" : "images"} of ${label}
          read as ${read}, ${triggered ? "with" : "without"} trigger
        </h2>
        <button
          type="button"
          class="close"
          aria-label="Close the images"
          @click=${() => this.choose(null)}
        >
          ${crossIcon}
        </button>
      </header>
      <image-grid
        .numbers=${this.behind}
        .images=${this.images}
        .trigger=${triggered ? this.trigger : []}
        @pick=${(event: CustomEvent<number>) =>
          this.dispatchEvent(new CustomEvent("pick", { detail: event.detail }))}
      ></image-grid>
    </section>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("predictions")) return;
    const { predictions } = this;
    if (predictions) {
      const { labels, clean, triggered } = predictions;
      this.clean = countReadings(labels, clean, DIGIT_CLASSES);
      this.triggered = countReadings(labels, triggered, DIGIT_CLASSES);
    }
    this.find();
  }

  private readonly ask = () => {
    this.dispatchEvent(new CustomEvent("predictions-request"));
  };

  /** Shows the images behind a cell; the same cell again closes them. */
  private choose(cell: Cell | null): void {
    const before = this.chosen;
    const same =
      cell?.triggered === before?.triggered &&
      cell?.label === before?.label &&
      cell?.read === before?.read;
    this.chosen = same ? null : cell;
    if (cell) this.goTo(cell.triggered, [cell.label, cell.read]);
    // What had the focus inside is gone.
    else if (before) this.focusCell(before.triggered, [before.label, before.read]);
    this.find();
    if (this.chosen) {
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector("section")?.scrollIntoView({ block: "nearest" }),
      );
    }
  }

  private find(): void {
    const { predictions, chosen } = this;
    if (!predictions || !chosen) {
      this.behind = [];
      return;
    }
    const { labels, clean, triggered } = predictions;
    this.behind = imagesBehind(labels, chosen.triggered ? triggered : clean, chosen);
  }

  private goTo(triggered: boolean, place: GridCell): void {
    this.current = triggered ? [this.current[0], place] : [place, this.current[1]];
  }

  private focusCell(triggered: boolean, [label, read]: GridCell): void {
    this.renderRoot
      .querySelector<SVGElement>(
        `[data-matrix="${Number(triggered)}"] [data-cell="${label} ${read}"]`,
      )
      ?.focus();
  }

  private readonly onKey = (event: KeyboardEvent) => {
    const cell = (event.target as Element).closest("[data-cell]");
    const matrix = cell?.closest("[data-matrix]");
    if (!cell || !matrix) return;
    const triggered = matrix.getAttribute("data-matrix") === "1";
    const [label, read] = this.current[Number(triggered)];
    const ends: Readonly<Record<string, GridCell>> = {
      Home: [label, 0],
      End: [label, DIGIT_CLASSES - 1],
    };
    const place = cellBeside([label, read], event.key, DIGIT_CLASSES) ?? ends[event.key];
    if (place) {
      this.goTo(triggered, place);
      this.focusCell(triggered, place);
    } else if (event.key === "Enter" || event.key === " ") {
      this.choose({ triggered, label, read });
    } else return;
    event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "confusion-view": ConfusionView;
  }
}
