/** Values of a network's parameters, by name. */
import { sha256Hex } from "../data/digest.ts";
import { UserError } from "../errors.ts";
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

/** Whether no value is NaN or infinite. */
export function allFinite(values: Float32Array): boolean {
  // Zero times a finite number is zero, and anything else is NaN: without a branch for each value.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i];
  return sum === 0;
}

/**
 * A measurement tells of no other parameters than its own.
 * @param name of the result's file, for the message
 * @throws UserError where the parameters are not those that the result was measured with
 */
export async function assertMeasured(
  parameters: ParameterValues,
  result: { readonly parametersSha256: string },
  name: string,
): Promise<void> {
  if (result.parametersSha256 === (await parametersSha256(parameters))) return;
  throw new UserError(
    `${name} is not the result of the network beside it: its parametersSha256 is of other parameters; ` +
      "give both as they were written.",
  );
}
