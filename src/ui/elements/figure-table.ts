/** The look of a small table of figures: names on the left, figures under each other on the right. */
import { css } from "lit";

export const figureTable = css`
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
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
  /* Figures of clean and of triggered images, the paper's, and a row for all. */
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
  tr.all > * {
    font-weight: 700;
    border-bottom: 0;
  }
`;
