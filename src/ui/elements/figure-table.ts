/** A small table of figures: names on the left, figures under each other on the right. */
import { css, html, nothing, type TemplateResult } from "lit";

export interface Column {
  readonly title: string;
  /** Classes of its cells: whose figures they are. */
  readonly kind?: "clean" | "attack" | "paper";
}

/** A figure, or one with a class of its own. */
export type TableCell =
  string | number | { readonly text: string | number | TemplateResult; readonly kind: string };

export interface Row {
  readonly head: string | number | TemplateResult;
  readonly cells: readonly TableCell[];
  /** "all": a sum or an average of those above; "found": one that stands out. */
  readonly kind?: "all" | "found" | undefined;
}

export const figureTableStyles = css`
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
  }
  caption {
    text-align: left;
    font-size: 12px;
    color: var(--muted);
    padding-bottom: 2px;
  }
  th,
  td {
    padding: 3px 4px;
    text-align: right;
    font-weight: 400;
    border-bottom: 1px solid var(--line);
  }
  thead th {
    font-size: 12px;
    color: var(--muted);
    vertical-align: bottom;
  }
  th:first-child {
    text-align: left;
  }
  .clean {
    color: var(--clean);
    font-weight: 650;
  }
  .attack {
    color: var(--attack);
    font-weight: 650;
  }
  .paper {
    color: var(--muted);
  }
  tr.found > * {
    background: var(--attack-soft);
  }
  tr.all > * {
    font-weight: 700;
    border-bottom: 0;
  }
`;

/**
 * @param corner what the names on the left are
 * @param caption what the table is of, where no heading says so
 */
export function figureTable(
  corner: string,
  columns: readonly Column[],
  rows: readonly Row[],
  caption?: string,
): TemplateResult {
  return html`<table>
    ${
      caption === undefined
        ? nothing
        : html`<caption>
            ${caption}
          </caption>`
    }
    <thead>
      <tr>
        <th scope="col">${corner}</th>
        ${columns.map(({ title, kind }) => html`<th scope="col" class=${kind ?? ""}>${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ head, cells, kind }) =>
          html`<tr class=${kind ?? ""}>
            <th scope="row">${head}</th>
            ${cells.map((cell, i) => drawCell(cell, columns[i]))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function drawCell(cell: TableCell, column: Column) {
  const { text, kind } = typeof cell === "object" ? cell : { text: cell, kind: column.kind ?? "" };
  return html`<td class=${kind}>${text}</td>`;
}
