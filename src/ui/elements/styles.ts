/** Styles that several elements share: boxes, headings, buttons, fields and dialogs. */
import { css } from "lit";

export const base = css`
  :host {
    display: block;
    min-width: 0;
  }
  * {
    box-sizing: border-box;
  }
  h2 {
    margin: 0;
    font-size: 13px;
    font-weight: 650;
    letter-spacing: 0.01em;
  }
  p {
    margin: 0;
  }
  .muted {
    color: var(--muted);
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
`;

export const panel = css`
  :host {
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    padding: 12px 16px;
  }
`;

export const controls = css`
  button {
    font: inherit;
    color: var(--ink);
    background: var(--panel);
    border: 1px solid var(--control);
    border-radius: 7px;
    padding: 5px 12px;
    min-height: 32px;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--sunken);
    border-color: var(--ink);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button.primary {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--panel);
    font-weight: 650;
  }
  button.primary:hover:not(:disabled) {
    background: var(--ink);
    filter: brightness(1.25);
  }
  input,
  select {
    font: inherit;
    font-variant-numeric: tabular-nums;
    color: var(--ink);
    background: var(--sunken);
    border: 1px solid var(--control);
    border-radius: 7px;
    padding: 4px 8px;
    min-height: 32px;
    width: 100%;
    min-width: 0;
  }
  input[aria-invalid="true"] {
    border-color: var(--attack);
    box-shadow: inset 0 0 0 1px var(--attack);
  }
  input[type="checkbox"],
  input[type="radio"] {
    width: auto;
    min-height: 0;
    margin: 0;
    flex: none;
    accent-color: var(--ink);
  }
  input[type="range"] {
    padding: 0;
    min-height: 24px;
    accent-color: var(--ink);
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  legend {
    padding: 0;
  }
`;

export const dialogs = css`
  dialog {
    max-height: calc(100dvh - 28px);
    padding: 16px 20px 20px;
    border: 1px solid var(--control);
    border-radius: var(--radius);
    background: var(--panel);
    color: var(--ink);
    box-shadow: 0 12px 48px rgb(0 0 0 / 30%);
  }
  dialog::backdrop {
    background: rgb(10 12 16 / 45%);
  }
`;
