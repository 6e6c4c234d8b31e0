/** Popovers: their looks, and where they go. */
import { css } from "lit";

export const popovers = css`
  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    border: 1px solid var(--control);
    border-radius: var(--radius);
    background: var(--panel);
    color: var(--ink);
    box-shadow: 0 6px 24px rgb(0 0 0 / 25%);
  }
`;

/** Puts a popover that opens below its button, or above where there is no room, within the window. */
export function placeBelow(event: ToggleEvent, button: HTMLElement, popover: HTMLElement): void {
  if (event.newState !== "open") return;
  const { left, bottom, top } = button.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const x = Math.max(12, Math.min(left - 8, innerWidth - width - 12));
  const y = bottom + 6 + height > innerHeight - 8 ? top - height - 6 : bottom + 6;
  popover.style.left = `${x}px`;
  popover.style.top = `${Math.max(8, y)}px`;
}
