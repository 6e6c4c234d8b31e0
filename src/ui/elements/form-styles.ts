/** How the recipe's form is laid out. */
import { css } from "lit";

export const formStyles = css`
  form {
    display: grid;
    gap: 10px;
  }
  .group {
    display: grid;
    gap: 7px;
  }
  .group + .group {
    border-top: 1px solid var(--line);
    padding-top: 10px;
  }
  .choices {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 4px 10px;
  }
  .choices label,
  .check {
    display: flex;
    align-items: center;
    gap: 7px;
    min-height: 24px;
  }
  .pair {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 6px 12px;
    align-items: start;
  }
  .field > label:not(.check) {
    display: block;
    font-size: 12px;
    color: var(--muted);
    margin-bottom: 2px;
  }
  .field .label {
    display: flex;
    gap: 4px;
    align-items: center;
    font-size: 12px;
    color: var(--muted);
    margin-bottom: 2px;
  }
  .policy {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(86px, 1fr));
    gap: 0 12px;
    align-items: start;
  }
  /* Alone in its row it needs no line for its label. */
  .share:only-child {
    display: grid;
    grid-template-columns: 1fr 1fr;
    align-items: center;
    gap: 0 12px;
  }
  .share:only-child > :last-child {
    grid-column: 1 / -1;
  }
  .error {
    color: var(--attack);
    font-size: 12px;
    line-height: 1.3;
    margin-top: 2px;
  }
  .error svg {
    vertical-align: -2px;
  }
  fieldset:disabled {
    opacity: 0.8;
  }
  trigger-pad[hidden] {
    display: none;
  }
`;
