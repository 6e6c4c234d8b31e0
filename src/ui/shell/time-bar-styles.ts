/** Styles of the time bar: one row, or as many as a narrow screen needs. */
import { css } from "lit";

export const timeBarStyles = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 18px;
    padding: 8px 16px;
    background: var(--panel);
    border-top: 1px solid var(--line);
  }
  .buttons,
  .step {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .buttons button {
    min-width: 84px;
    min-height: 40px;
    font-size: 15px;
  }
  .label {
    font-size: 12px;
    color: var(--muted);
    margin-right: 2px;
  }
  .unit {
    padding: 3px 9px;
    font-size: 13px;
  }
  kbd {
    font: inherit;
    font-size: 11px;
    color: var(--muted);
  }
  .pace {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .pace select {
    width: 104px;
    font-size: 13px;
  }
  .place {
    flex: 1 1 160px;
    min-width: 140px;
    height: 58px;
  }
  .status {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    font-size: 13px;
    height: 18px;
    white-space: nowrap;
    overflow: hidden;
  }
  .status b {
    flex: none;
  }
  .status span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  time-track {
    margin-top: -3px;
  }
  progress {
    appearance: none;
    display: block;
    width: 100%;
    height: 6px;
    margin-top: 12px;
    border: 0;
    border-radius: 3px;
    overflow: hidden;
    background: var(--line);
  }
  progress::-webkit-progress-bar {
    background: var(--line);
  }
  progress::-webkit-progress-value {
    background: var(--ink);
  }
  progress::-moz-progress-bar {
    background: var(--ink);
  }
  dl {
    display: grid;
    grid-template-columns: 108px 56px 76px 56px;
    gap: 0 10px;
    margin: 0;
  }
  dl div {
    display: flex;
    flex-direction: column-reverse;
  }
  dt {
    font-size: 11px;
    color: var(--muted);
  }
  dd {
    margin: 0;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  @media (width < 1400px) {
    :host {
      gap: 6px 12px;
    }
    .label {
      display: none;
    }
    .unit {
      padding: 3px 7px;
    }
    .pace select {
      width: 88px;
    }
    dl {
      grid-template-columns: 100px 56px 72px 52px;
      gap: 0 8px;
    }
  }
  @media (width < 1200px) {
    :host {
      gap: 6px 10px;
      padding: 6px 12px;
    }
    .buttons button {
      min-width: 72px;
    }
    .step {
      gap: 4px;
    }
    dl {
      grid-template-columns: 92px 68px 48px;
    }
    /* What a lecture can do without. */
    dl .images-s {
      display: none;
    }
  }
  @media (width < 820px) {
    :host {
      padding: 6px 12px;
      gap: 4px 12px;
    }
    .place {
      flex-basis: 100%;
      order: -1;
    }
    .buttons button {
      min-width: 70px;
      min-height: 34px;
    }
    .pace select {
      width: 84px;
    }
    dl {
      display: none;
    }
    kbd {
      display: none;
    }
  }
`;
