/** A trainer's step as the views see it, and its tensors by the names in the shader. */
import type { BindingView, DispatchView, StepView, TensorView } from "../../src/engine/lab-port.ts";
import type { Dispatch } from "../../src/gpu/dispatch.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import type { Trainer } from "../../src/training/trainer.ts";

function passOf(label: string): DispatchView["pass"] {
  if (label === "batch.gather") return "batch";
  if (label === "loss") return "loss";
  if (label.includes(".backward")) return "backward";
  return label.endsWith(".forward") ? "forward" : "update";
}

const bindings = (tensors: Readonly<Record<string, Tensor>>): BindingView[] =>
  Object.entries(tensors).map(([name, { label, shape, type }]) => ({ name, label, shape, type }));

export function dispatchView(dispatch: Dispatch): DispatchView {
  const { label, shader, entry, constants, workgroups, flops, bytes } = dispatch;
  const pass = passOf(label);
  return {
    label,
    layer: pass === "forward" || pass === "backward" ? label.split(".")[0] : null,
    pass,
    shader: shader.name,
    entry,
    constants,
    workgroups,
    workgroupSize: shader.entryPoints.get(entry)!.workgroupSize,
    flops,
    bytes,
    reads: bindings(dispatch.reads),
    writes: bindings(dispatch.writes),
  };
}

export function stepView(trainer: Trainer, cursor: number): StepView {
  return { dispatches: trainer.trainStep.map(dispatchView), cursor };
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
