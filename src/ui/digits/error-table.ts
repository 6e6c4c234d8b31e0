/** Errors by digit on the whole test set, the paper's beside them. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { definitions } from "../../backdoor/measure.ts";
import type { Policy } from "../../backdoor/attack.ts";
import type { Measured } from "../../studies/digits/port.ts";
import { paperAllToAll, paperErrors } from "../../studies/digits/paper/published.ts";
import { PAPER } from "../../studies/reproduction/provenance.ts";
import { percent } from "../../format.ts";
import "../elements/help-tip.ts";
import { figureTable, figureTableStyles, type Column, type Row } from "../elements/figure-table.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";

/** The paper's figures, which are in % already. */
const percents = (values: readonly number[]) => values.map((value) => value.toFixed(2));

/** Ours, which are shares, and may be missing. */
const own = (values: readonly (number | null | undefined)[]) =>
  values.map((value) => (typeof value === "number" ? (100 * value).toFixed(2) : "–"));

interface FilledColumn extends Column {
  /** For each digit, then for all. */
  readonly cells: readonly string[];
}

@customElement("error-table")
export class ErrorTable extends OwnTask(LitElement) {
  /** What the network was trained for; "none": an honest network. */
  @property() attack: Policy["kind"] | "none" = "all-to-all";
  @property({ attribute: false }) measured: Measured | null = null;
  /** Data and trigger are the paper's, whose figures may stand beside. */
  @property({ type: Boolean }) paper = false;

  static override styles = [
    base,
    panel,
    figureTableStyles,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: baseline;
        gap: 0 12px;
      }
      header span,
      p {
        font-size: 12px;
      }
      p {
        min-height: 2.8em;
        line-height: 1.4;
      }
      table {
        margin: 2px 0 4px;
        line-height: 1.3;
      }
      th,
      td {
        padding: 1px 0 1px 6px;
      }
      th:first-child {
        padding-left: 2px;
      }
    `,
  ];

  override render() {
    const { measured } = this;
    const attack = measured?.attack;
    const columns = this.columns();
    return html`
      <header>
        <h2>
          Error by digit, in %<help-tip
            topic="the error by digit"
            text="${definitions.cleanAccuracy} ${definitions.attackSuccess} ${definitions.trueLabelAccuracy} ${definitions.otherClassesAccuracy}"
          ></help-tip>
        </h2>
        <span class="muted number">${noteOf(measured)}</span>
      </header>
      ${figureTable("digit", columns, rowsOf(columns))}
      <p class="muted">
        ${
          attack
            ? html`With trigger, ${percent(attack.trueLabelAccuracy, 1)} are still read as what they
              are${othersInWords(attack)}. `
            : ""
        }${columns.some(({ kind }) => kind === "paper") ? `Paper: ${PAPER}, on MNIST.` : ""}
      </p>
    `;
  }

  /** Ours, and where the paper has figures for such a run, the paper's. */
  private columns(): FilledColumn[] {
    const { attack: kind, measured } = this;
    const byDigit = kind === "none" || kind === "all-to-all";
    const paper = paperErrors(kind);
    const clean = measured?.clean;
    const digits = Array.from({ length: 10 }, (_, i) => i);
    const columns: FilledColumn[] = [
      {
        title: "Clean error",
        kind: "clean",
        cells: own([...digits.map((i) => clean?.perClass[i].error), clean?.error]),
      },
    ];
    const paperClean = kind === "none" ? paperAllToAll.baselineClean : paperAllToAll.clean;
    if (paper.clean !== null && this.paper) {
      const cells = byDigit ? percents(paperClean) : digits.map(() => "");
      columns.push({ title: "in the paper", kind: "paper", cells: [...cells, paper.clean] });
    }
    if (kind === "none") return columns;
    const attacked = new Map(measured?.attack?.perClass.map((one) => [one.label, one.error]));
    columns.push({
      title: "Backdoor error",
      kind: "attack",
      cells: own([...digits.map((i) => attacked.get(i)), measured?.attack?.error]),
    });
    if (paper.backdoor !== null && this.paper) {
      const cells = byDigit ? percents(paperAllToAll.backdoor) : digits.map(() => "");
      columns.push({ title: "in the paper", kind: "paper", cells: [...cells, paper.backdoor] });
    }
    return columns;
  }
}

/** What the trigger does to digits that are not attacked; nothing where all are, or an old result does not say. */
function othersInWords({ otherClassesAccuracy: right }: NonNullable<Measured["attack"]>): string {
  return typeof right === "number" ? `, of the digits not attacked ${percent(right, 1)}` : "";
}

function noteOf(measured: Measured | null): string {
  return measured ? `after epoch ${Number(measured.epoch.toFixed(2))}` : "at each epoch's end";
}

const heads: readonly string[] = [...Array.from({ length: 10 }, (_, i) => String(i)), "all"];

const rowsOf = (columns: readonly FilledColumn[]): Row[] =>
  heads.map((head, i) => ({
    head,
    cells: columns.map(({ cells }) => cells[i]),
    kind: head === "all" ? "all" : undefined,
  }));

declare global {
  interface HTMLElementTagNameMap {
    "error-table": ErrorTable;
  }
}
