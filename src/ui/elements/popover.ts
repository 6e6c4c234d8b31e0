/** Where a popover goes. */

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
