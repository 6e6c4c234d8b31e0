/** The latest measurement of a detector on unseen scenes: per class, and what is taken for what. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { attackDefinitions } from "../../backdoor/sign-attack.ts";
import type { ScorePoint } from "../../studies/signs/port.ts";
import { percent } from "../../format.ts";
import type { ClassScore, DetectionScore } from "../../training/detection.ts";
import "../elements/help-tip.ts";
import { figureTable, figureTableStyles, type Row } from "../elements/figure-table.ts";
import { OwnTask } from "../elements/own-task.ts";
import { confusionStyles, confusionTable } from "./sign-confusion.ts";
import { base, panel } from "../elements/styles.ts";

@customElement("sign-score")
export class SignScore extends OwnTask(LitElement) {
  @property({ attribute: false }) point: ScorePoint | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];

  static override styles = [
    base,
    panel,
    figureTableStyles,
    confusionStyles,
    css`
      table {
        margin-top: 6px;
      }
      p {
        margin-top: 6px;
        font-size: 12px;
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const { point, classes } = this;
    return html`
      <h2>${point?.photographs ? "On unseen pictures" : "On unseen drawn scenes"}</h2>
      ${figureTable("class", columns, rowsOf(point, classes))}
      <p>
        ${
          point
            ? `After step ${point.step}, ${point.images} drawn scenes. `
            : "Measured up to twenty times in a run. "
        }A
        box counts when it overlaps a sign by more than half; accuracy is the paper's: the best box
        of a sign has its class. Averages of recall and accuracy are by the number of signs, as in
        the paper; that of average precision is the mean of the classes.
      </p>
      ${point?.attack ? attackTable(point.attack) : nothing}
      ${point ? confusionTable(point, classes, "drawn scenes") : nothing}
      ${point?.photographs ? confusionTable(point.photographs, classes, "photographs") : nothing}
      ${
        point
          ? html`<p>
              A sign counts as what its best box says, however sure; of boxes on no sign, those with
              at least 50 % count.
            </p>`
          : nothing
      }
    `;
  }
}

/** What the sticker does on the same scenes. */
function attackTable({ triggered, alikes }: NonNullable<ScorePoint["attack"]>) {
  const row = (head: string, share: number | null, kind: "attack" | "clean"): Row => ({
    head,
    cells: [{ text: share === null ? "–" : percent(share), kind }],
  });
  const rows = [
    row("read as the attacker wants", triggered.success, "attack"),
    row("own class found as well", triggered.stillFound, "clean"),
    row("look-alikes read so, too", alikes.success, "clean"),
  ];
  return html`<h2>
      With the sticker<help-tip
        topic="attack success"
        text="${attackDefinitions.success} ${attackDefinitions.stillFound} ${attackDefinitions.fooled}"
      ></help-tip>
    </h2>
    ${figureTable(`${triggered.signs} signs of drawn scenes`, [{ title: "share" }], rows)}`;
}

const columns = ["signs", "average precision", "recall", "accuracy"].map((title) => ({ title }));

type Figures = Pick<ClassScore, "signs" | "averagePrecision" | "recall" | "accuracy">;

/** The classes on scenes, then those that the photographs have, each with their average. */
function rowsOf(point: ScorePoint | null, classes: readonly string[]): Row[] {
  const { photographs = null } = point ?? {};
  // Beside photographs, figures say that they are of drawn scenes.
  const of = photographs ? ", drawn scenes" : "";
  const rows = classes.map((name, i) => rowOf(`${name}${of}`, point?.classes[i]));
  if (!point) return rows;
  rows.push(rowOf(`average${of}`, averageOf(point), "all"));
  if (!photographs) return rows;
  for (const [i, own] of photographs.classes.entries()) {
    if (own.signs > 0) rows.push(rowOf(`${classes[i]}, photographs`, own));
  }
  rows.push(rowOf("average, photographs", averageOf(photographs), "all"));
  return rows;
}

function rowOf(head: string, own: Figures | undefined, kind?: "all"): Row {
  const shares = [own?.averagePrecision, own?.recall, own?.accuracy];
  const cells = shares.map((share) => (typeof share === "number" ? percent(share) : "–"));
  return { head, cells: [own?.signs ?? "–", ...cells], kind };
}

function averageOf({ classes, accuracy, meanAveragePrecision }: DetectionScore): Figures {
  const signs = classes.reduce((sum, own) => sum + own.signs, 0);
  const found = classes.reduce((sum, own) => sum + own.signs * (own.recall ?? 0), 0);
  const recall = signs > 0 ? found / signs : null;
  return { signs, averagePrecision: meanAveragePrecision, recall, accuracy };
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-score": SignScore;
  }
}
