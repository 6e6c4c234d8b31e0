/** Where each layer's parameters lie in the one buffer that the optimiser updates. */
import { sizeOf } from "../gpu/tensor.ts";
import type { BindingView, StepView } from "../engine/lab-port.ts";

/** A layer's weights or biases within the buffer. */
export interface ParameterPart {
  /** For example "conv2.w". */
  readonly label: string;
  readonly shape: readonly number[];
  /** Place of its first element. */
  readonly offset: number;
}

/** What an adapter may ask the beginnings of bindings to be multiples of, in elements. */
const alignments = [64, 32, 16, 8, 4, 2, 1];

/**
 * The parts in order, told from what the forward kernels read and how long the whole is: adapters
 * differ in the gaps that they need between parts.
 * @returns null when no spacing gives that length
 */
export function parameterLayout({ dispatches }: StepView): ParameterPart[] | null {
  const update = dispatches.find(({ pass }) => pass === "update");
  const whole = update?.writes.find(({ name }) => name === "w");
  if (!whole) return null;
  const parts = dispatches
    .filter(({ pass }) => pass === "forward")
    .flatMap(({ reads }) => [binding(reads, "w"), binding(reads, "bias")])
    .flatMap((part) => part ?? []);
  for (const alignment of alignments) {
    let end = 0;
    const layout = parts.map(({ label, shape }) => {
      const offset = end;
      end += Math.ceil(sizeOf(shape) / alignment) * alignment;
      return { label, shape, offset };
    });
    if (end === sizeOf(whole.shape)) return layout;
  }
  return null;
}

function binding(bindings: readonly BindingView[], name: string): BindingView | undefined {
  return bindings.find((one) => one.name === name);
}
