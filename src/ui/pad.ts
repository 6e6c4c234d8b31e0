/** What the pads that are drawn on share: the keys that move a cursor, and where a pointer is. */

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
