/** WebGPU in Node through Dawn: the machine's own Vulkan driver first, else the packaged SwiftShader. */
import { constants } from "node:os";
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { GpuError } from "../gpu/gpu-error.ts";
import type { GpuOptions } from "../gpu/adapter.ts";
import { openDawn } from "./dawn.ts";
import { unpackSwiftShader } from "./packaged-browser.ts";

export type AdapterChoice = "auto" | "gpu" | "swiftshader" | "null";

/**
 * Opens a device in Node.
 * @param choice "gpu": only a real driver; "swiftshader": only the CPU; "auto": the first that works;
 *   "null": a backend that checks everything and computes nothing, for tests of that.
 * @throws GpuError when there is no such adapter.
 */
export async function openInNode(
  choice: AdapterChoice = "auto",
  options: GpuOptions = {},
): Promise<Gpu> {
  if (choice === "null") return await openDawn(options, ["backend=null"]);
  if (choice === "gpu" && !hasVulkan()) {
    throw new GpuError(
      "no-adapter",
      "There is no Vulkan driver here: install one, or compute on the CPU with SwiftShader.",
    );
  }
  if (choice === "gpu" || (choice === "auto" && hasVulkan())) {
    try {
      return await openDawn(options);
    } catch (error) {
      if (choice === "gpu" || !(error instanceof GpuError) || error.problem !== "no-adapter")
        throw error;
    }
  }
  await loadSwiftShader();
  return await openDawn(options);
}

/** Whether this machine has a Vulkan loader of its own; without one Dawn would complain aloud. */
function hasVulkan(): boolean {
  return process.platform !== "linux" || loadLibrary("libvulkan.so.1") === null;
}

/**
 * Makes SwiftShader the Vulkan driver of this process. Dawn looks for libvulkan.so.1 by name, and
 * LD_LIBRARY_PATH counts only when it was set before Node started; a library of that name which is
 * already loaded is found without it.
 */
async function loadSwiftShader(): Promise<void> {
  const folder = await unpackSwiftShader();
  process.env["VK_ICD_FILENAMES"] = `${folder}/vk_swiftshader_icd.json`;
  const problem = loadLibrary(`${folder}/libvulkan.so.1`);
  if (problem !== null) {
    throw new UserError(`SwiftShader's Vulkan library could not be loaded: ${problem}`);
  }
}

/** Loads a shared library for good. @returns null, or why it could not be loaded */
function loadLibrary(path: string): string | null {
  const RTLD_NODELETE = 0x1000;
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  try {
    process.dlopen({ exports: {} }, path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    return null;
  } catch (error) {
    // It is no Node addon, and that complaint means that it was loaded.
    const { message } = error as Error;
    return message.includes("did not self-register") ? null : message;
  }
}
