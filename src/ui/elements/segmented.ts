/** A choice among a few, side by side: radio buttons in one frame. */
import { css, html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

export const segmentedStyles = css`
  .segments {
    display: flex;
    flex: none;
    margin: 0;
    padding: 2px;
    border: 1px solid var(--line);
    border-radius: 999px;
    background: var(--sunken);
  }
  .segments label {
    position: relative;
    padding: 3px 10px;
    border-radius: 999px;
    font-size: 12px;
    cursor: pointer;
    color: var(--muted);
  }
  /* Invisible, but where a pointer would look for it. */
  .segments input {
    position: absolute;
    inset: 0;
    width: 100%;
    min-height: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .segments label:hover {
    color: var(--ink);
  }
  .segments label:has(:checked) {
    background: var(--ink);
    color: var(--panel);
  }
  .segments label:has(:focus-visible) {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
`;

/** @param name of the group, for those who do not see its frame */
export function segmented<T extends string>(
  name: string,
  choices: readonly T[],
  chosen: T,
  onChoose: (choice: T) => void,
): TemplateResult {
  return html`<fieldset class="segments">
    <legend class="hidden">${name}</legend>
    ${choices.map(
      (choice) =>
        html`<label
          ><input
            type="radio"
            name=${name}
            value=${choice}
            .checked=${live(choice === chosen)}
            @change=${() => onChoose(choice)}
          />${choice}</label
        >`,
    )}
  </fieldset>`;
}
