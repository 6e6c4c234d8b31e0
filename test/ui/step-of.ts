/** A trainer's step as the views see it, and its tensors by the names in the shader. */
import type { DispatchView, StepView, TensorView } from "../../src/studies/port.ts";
import { viewDispatches } from "../../src/studies/step-view.ts";
import type { Dispatch } from "../../src/gpu/dispatch.ts";
import type { Trainer } from "../../src/training/trainer.ts";

export function dispatchView(dispatch: Dispatch): DispatchView {
  return viewDispatches([dispatch])[0];
}

export function stepView(trainer: Trainer, cursor: number): StepView {
  return { dispatches: viewDispatches(trainer.trainStep), cursor };
}

/** All tensors of a dispatch that are not huge, as they stand now. */
export async function tensorsOf(
  trainer: Trainer,
  dispatch: Dispatch,
): Promise<Map<string, TensorView>> {
  const tensors = Object.entries({ ...dispatch.reads, ...dispatch.writes });
  const read = await trainer.gpu.read(...tensors.map(([, tensor]) => tensor));
  return new Map(
    tensors.map(([name, { label, shape, type }], i) => {
      const values = type === "f32" ? read[i] : new Uint32Array(read[i].buffer);
      return [name, { label, shape, type, values }];
    }),
  );
}
