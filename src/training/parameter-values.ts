/** Values of a network's parameters, by name. */
import { sha256Hex } from "../data/digest.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

/** By label, for example "conv1.w". */
export type ParameterValues = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/** Parameters on a device, by label. */
export type ParameterTensors = ReadonlyMap<string, { readonly value: Tensor }>;

/**
 * Where parameters come from: a network on the same device, or values on the CPU. It is asked at the moment of
 * use, as a network that trains may be gone by then. @throws what there is to say of that
 */
export type ParameterSource = () =>
  { readonly tensors: ParameterTensors } | { readonly values: ParameterValues };

/** Takes over a network's parameters; those of another network travel on the device. */
export function loadParameters(gpu: Gpu, into: ParameterTensors, source: ParameterSource): void {
  const from = source();
  if ("values" in from) writeParameters(gpu, into, from.values);
  else gpu.copy([...into].map(([label, { value }]) => [from.tensors.get(label)!.value, value]));
}

/** Sets a network's parameters. @throws Error naming the first that is missing or of another length */
export function writeParameters(
  gpu: Gpu,
  parameters: ParameterTensors,
  values: ParameterValues,
): void {
  for (const [label, { value }] of parameters) {
    const own = values.get(label);
    if (own?.byteLength !== value.byteLength) {
      throw new Error(`${label}: ${own?.length ?? "no"} values, expected ${sizeOf(value.shape)}`);
    }
    gpu.write(value, own);
  }
}

/** SHA-256 of all parameters' bytes, in their order: that of the network. */
export async function parametersSha256(
  parameters: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
): Promise<string> {
  const bytes = await new Blob([...parameters.values()]).arrayBuffer();
  return await sha256Hex(new Uint8Array(bytes));
}
