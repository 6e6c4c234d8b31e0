/** Paints grey images on canvases. They are white on black in either theme, as the network sees them. */

/** Fills a canvas with as many grey levels as it has pixels. @param scale what makes a value one from 0 to 255 */
export function paintGrey(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number> | undefined,
  scale = 1,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < (values?.length ?? 0); i++) {
    const grey = scale * values![i];
    image.data.set([grey, grey, grey, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
