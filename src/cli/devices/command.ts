/** `badnets devices`: lists the adapters that WebGPU offers here. */
import { GpuError } from "../../gpu/gpu-error.ts";
import { openInNode } from "../../node/webgpu.ts";
import { argumentsUnlessHelp, describeOptions } from "../shared/options.ts";
import { say } from "../shared/say.ts";

const help = [
  "badnets devices: list the adapters that WebGPU offers on this machine",
  "",
  ...describeOptions({}),
];

/** Runs the command. @returns the exit status */
export async function devices(args: string[]): Promise<number> {
  if (!(await argumentsUnlessHelp("devices", {}, args, help))) return 0;
  for (const choice of ["gpu", "swiftshader"] as const) {
    try {
      const { adapter, device } = await openInNode(choice);
      const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
      await say([
        `${choice.padEnd(12)} ${[adapter.vendor, adapter.architecture, adapter.device, adapter.description].filter(Boolean).join(", ")}`,
        `${"".padEnd(12)} features: ${adapter.features.join(", ") || "none"}`,
        `${"".padEnd(12)} largest buffer ${maxBufferSize / 2 ** 20} MiB, largest binding ${Math.floor(maxStorageBufferBindingSize / 2 ** 20)} MiB`,
      ]);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      await say(`${choice.padEnd(12)} none: ${error.message}`);
    }
  }
  return 0;
}
