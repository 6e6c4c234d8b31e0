/**
 * Explains a value that a kernel of the training step stored: the numbers it was made of, with the sum
 * done again in double precision and held against what the GPU left. Pure: no DOM, no GPU.
 */
import type { DispatchView } from "../../studies/port.ts";
import { convBackwardInput, convBackwardWeights, convForward } from "./explain/conv2d.ts";
import { denseBackwardInput, denseBackwardWeights, denseForward } from "./explain/dense.ts";
import { tensorOf, type Explanation, type Question, type Tensors } from "./explain/explanation.ts";
import { gather } from "./explain/gather.ts";
import { flatten } from "./explain/indices.ts";
import { loss } from "./explain/loss.ts";
import { adamStep, sgdStep } from "./explain/update.ts";
import { kernelOf } from "./kernels.ts";

interface Explainer {
  readonly explain: (question: Question, stepsDone: number) => Explanation | null;
  /** Bindings that it looks at, beside the one asked for. */
  readonly needs: readonly string[];
}

const explainers: Readonly<Record<string, Explainer>> = {
  "batch.gather": {
    explain: gather,
    needs: ["settings", "order", "labels", "trigger", "targets", "x"],
  },
  "conv2d.forward": { explain: convForward, needs: ["x", "w", "bias", "y"] },
  "conv2d.backward_weights": { explain: convBackwardWeights, needs: ["x", "dy"] },
  "conv2d.backward_input": { explain: convBackwardInput, needs: ["w", "dy", "below"] },
  "dense.forward": { explain: denseForward, needs: ["x", "w", "bias"] },
  "dense.backward_weights": { explain: denseBackwardWeights, needs: ["x", "dy"] },
  "dense.backward_input": { explain: denseBackwardInput, needs: ["w", "dy", "below"] },
  "softmax-cross-entropy.loss": { explain: loss, needs: ["z", "label", "progress"] },
  "sgd.step": { explain: sgdStep, needs: ["optimiser", "progress", "dw", "w", "v"] },
  "adam.step": { explain: adamStep, needs: ["optimiser", "progress", "dw", "w", "moments"] },
};

/** True where values of a kernel can be explained one by one. */
export function explains(dispatch: DispatchView): boolean {
  return kernelOf(dispatch) in explainers && !dispatch.constants["ADDS"];
}

/** Names of the bindings that `explain` wants, the explained one among them. */
export function needs(dispatch: DispatchView, output: string): string[] {
  const wanted = explainers[kernelOf(dispatch)]?.needs ?? [];
  return [...new Set([output, ...wanted])];
}

/**
 * @param tensors by the name of their variable in the shader, as they stood when the kernel ran
 * @param output the written tensor, by its variable
 * @param index in every dimension of it
 * @param stepsDone steps that were done before this one
 * @returns null where there is nothing to tell, such as a scratch tensor
 * @throws RangeError when a tensor is missing or the index lies outside
 */
export function explain(
  dispatch: DispatchView,
  tensors: Tensors,
  output: string,
  index: readonly number[],
  stepsDone: number,
): Explanation | null {
  // What was there before a kernel added to it is gone.
  const explainer = explains(dispatch) ? explainers[kernelOf(dispatch)] : undefined;
  // An index outside would be told about some other tensor first.
  flatten(tensorOf(tensors, output).shape, index);
  return explainer?.explain({ dispatch, tensors, output, index }, stepsDone) ?? null;
}
