/** The look of the page of street signs, beside what all studies' pages have in common. */
import { css } from "lit";

export const signsPageStyles = css`
  .sheet {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 180px), 1fr));
    gap: 10px 14px;
    align-content: start;
    overflow-y: auto;
  }
  .sheet.large {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr));
  }
  .given {
    position: relative;
  }
  .given button {
    position: absolute;
    top: 6px;
    right: 6px;
    font-size: 12px;
    min-height: 26px;
    padding: 1px 8px;
    opacity: 0.9;
  }
  .whole {
    grid-column: 1 / -1;
  }
  .empty {
    grid-column: 1 / -1;
    max-width: 60ch;
    color: var(--muted);
    padding: 8px 0;
  }
  .evidence {
    gap: 12px;
  }
  sign-loss-chart {
    height: 270px;
  }
  sign-score-chart {
    height: 250px;
  }
`;
