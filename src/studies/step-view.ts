/** The training step as the stepper shows it: its dispatches as plain data, and their tensors' values. */
import type { Dispatch } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { passOf } from "../training/profile-step.ts";
import type { BindingView, DispatchView, TensorView } from "../studies/port.ts";

/** In the order in which they run. */
export function viewDispatches(dispatches: readonly Dispatch[]): DispatchView[] {
  const bindings = (tensors: Readonly<Record<string, Tensor>>): BindingView[] =>
    Object.entries(tensors).map(([name, { label, shape, type }]) => ({ name, label, shape, type }));
  return dispatches.map((dispatch) => {
    const { label, shader, entry, constants, workgroups, flops, bytes, reads, writes } = dispatch;
    const pass = passOf(dispatch);
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
      reads: bindings(reads),
      writes: bindings(writes),
    };
  });
}

/** How many kernels the rest of the layer (and pass) takes that the next kernel belongs to. */
export function layerAhead(dispatches: readonly DispatchView[], cursor: number): number {
  const { layer, pass } = dispatches[cursor];
  const end = dispatches.findIndex(
    (dispatch, i) => i > cursor && (dispatch.layer !== layer || dispatch.pass !== pass),
  );
  return (end === -1 ? dispatches.length : end) - cursor;
}

/** Reads a tensor that one of the dispatches uses. @throws RangeError when none does */
export async function readTensor(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  label: string,
): Promise<TensorView> {
  const tensor = dispatches
    .flatMap(({ reads, writes }) => [...Object.values(writes), ...Object.values(reads)])
    .find((candidate) => candidate.label === label);
  if (!tensor) throw new RangeError(`no kernel of the step uses a tensor called ${label}`);
  const [floats] = await gpu.read(tensor);
  const { shape, type } = tensor;
  const values = type === "f32" ? floats : new Uint32Array(floats.buffer);
  return { label, shape, type, values };
}
