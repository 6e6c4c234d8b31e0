/** A bar of choices above what they are about. */
import { css } from "lit";

export const barStyles = css`
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 14px;
    align-items: center;
    font-size: 13px;
    min-height: 34px;
  }
  .bar label {
    display: flex;
    align-items: center;
    gap: 8px;
    white-space: nowrap;
  }
  .bar input[type="range"] {
    width: 120px;
  }
  .bar button {
    font-size: 13px;
    min-height: 30px;
    padding: 3px 12px;
  }
  .bar .grow {
    flex: 1 1 160px;
    color: var(--muted);
  }
`;
