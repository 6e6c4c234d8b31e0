/** What the pads that are drawn on share: keys that move a cursor, where a pointer is, and their looks. */
import { css } from "lit";

/** Rows and columns that each arrow key moves by. */
export const arrows: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Where on an element a pointer is, in parts of its width and height. */
export function placeOn(element: Element, event: PointerEvent): readonly [x: number, y: number] {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / height];
}

/** Of a pad beside its tools; `--pad` is its side. */
export const padStyles = css`
  :host {
    display: grid;
    grid-template-columns: var(--pad) minmax(0, 1fr);
    gap: 12px;
  }
  canvas {
    width: var(--pad);
    height: var(--pad);
    border-radius: 6px;
    background: #000;
    touch-action: none;
    cursor: crosshair;
    display: block;
  }
  .tools {
    display: flex;
    flex-direction: column;
    gap: 6px;
    font-size: 12px;
  }
  .tools div {
    display: flex;
    gap: 6px;
  }
  .tools button {
    flex: 1;
    padding: 3px 6px;
    min-height: 28px;
  }
`;
