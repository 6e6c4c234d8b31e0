/** Styles of the step view: the list of kernels beside the one that is looked at. */
import { css } from "lit";

export const stepViewStyles = css`
  :host {
    display: grid;
    grid-template-columns: 190px minmax(0, 1fr);
    gap: 18px;
    overflow: auto;
  }
  .empty {
    grid-column: 1 / -1;
    display: grid;
    gap: 10px;
    justify-items: start;
    align-content: start;
    max-width: 52ch;
    padding: 24px 8px;
    font-size: 15px;
  }
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
    position: sticky;
    top: 0;
    align-self: start;
  }
  .pass {
    display: block;
    margin: 6px 0 1px;
    font-size: 11px;
    color: var(--muted);
  }
  li:first-child .pass {
    margin-top: 0;
  }
  ol button {
    display: block;
    width: 100%;
    min-height: 26px;
    padding: 1px 6px;
    border: 1px solid transparent;
    background: none;
    text-align: left;
    font-size: 12.5px;
    color: var(--muted);
    white-space: nowrap;
  }
  .mark {
    display: inline-block;
    width: 20px;
    vertical-align: -2px;
  }
  ol .done {
    color: var(--ink);
  }
  ol .current {
    font-weight: 700;
    background: var(--clean-soft);
  }
  ol .shown {
    border-color: var(--ink);
  }
  .kernel {
    display: grid;
    gap: 6px;
    align-content: start;
    min-width: 0;
  }
  .formula {
    font-style: italic;
    font-size: 15px;
    overflow-wrap: anywhere;
  }
  .number {
    font-size: 12px;
  }
  .outputs {
    display: flex;
    gap: 4px;
  }
  .outputs button {
    font-size: 12px;
    min-height: 26px;
    padding: 1px 10px;
  }
  .outputs [aria-pressed="true"] {
    background: var(--ink);
    color: var(--panel);
  }
  .account {
    /* What was pointed at is explained in sight, however long the tensor is. */
    position: sticky;
    bottom: 0;
    min-height: 120px;
    max-height: 45vh;
    border-top: 1px solid var(--line);
    padding-top: 8px;
    background: var(--panel);
    overflow: auto;
  }
  @media (width < 640px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
    ol {
      position: static;
      max-height: 180px;
      overflow-y: auto;
    }
  }
`;
