/** Dawn, which is WebGPU for Node: a device from whatever driver it finds. */
import { create, globals } from "webgpu";
import { UserError } from "../errors.ts";
import type { GpuOptions } from "../gpu/adapter.ts";
import { Gpu } from "../gpu/gpu.ts";
import { pollPatiently } from "./patient-polling.ts";

Object.assign(globalThis, globals);
pollPatiently();

/** Dawn's instances must outlive every object made from them; one collected too early is a crash. */
const instances: GPU[] = [];

/**
 * Opens a device. The process ends by itself once all devices are destroyed.
 * @param flags Dawn's own, such as "backend=null"
 * @throws GpuError when there is no adapter
 */
export async function openDawn(
  options: GpuOptions = {},
  flags: readonly string[] = [],
): Promise<Gpu> {
  const instance = create([...flags]);
  instances.push(instance);
  const gpu = await Gpu.open(instance, options);
  gpu.device.addEventListener("uncapturederror", ({ error }) => {
    const [reason] = error.message.trim().split("\n");
    // Nobody waits for it, and nothing that is computed after it can be trusted: it ends the program.
    setTimeout(() => {
      throw new UserError(`The GPU reported an error, so that figures would be wrong: ${reason}`);
    });
  });
  return gpu;
}
