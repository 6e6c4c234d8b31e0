/** What goes wrong with a GPU, by its reason. */
import { UserError } from "../errors.ts";

/** Why there is no usable WebGPU device, for pages and messages that say what to do about it. */
export type GpuProblem =
  | "no-webgpu"
  | "no-adapter"
  | "no-device"
  /** A device was asked for, and no answer came. */
  | "silent"
  | "limits"
  | "memory"
  | "lost";

/** WebGPU is missing, or a device could not be had or was lost. */
export class GpuError extends UserError {
  override name = "GpuError";
  constructor(
    readonly problem: GpuProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
