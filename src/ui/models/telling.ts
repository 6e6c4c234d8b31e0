/** Work of an element that may fail for reasons the reader should hear of: its `problem` event carries the error. */
export async function telling(element: EventTarget, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    element.dispatchEvent(new CustomEvent("problem", { detail: error }));
  }
}
