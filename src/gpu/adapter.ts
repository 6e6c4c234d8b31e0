/** The adapter: what it is called, what of it is asked for, and the device that it gives. */
import { GpuError } from "./gpu-error.ts";
import { Watch } from "./watch.ts";

/** Which adapter a result was made on; part of every result. */
export interface AdapterReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True where the adapter computes on the CPU (SwiftShader). */
  readonly fallback: boolean;
  /** Optional features that this device was opened with. */
  readonly features: readonly string[];
}

/** What to call an adapter: browsers keep the better names to themselves. */
export function adapterName({ description, device, vendor, architecture }: AdapterReport): string {
  return description || device || `${vendor} ${architecture}`.trim() || "WebGPU";
}

/** Used when present, never required. */
const optionalFeatures = ["timestamp-query", "subgroups", "shader-f16"] as const;

/** Raised to what the adapter grants; everything else stays at WebGPU's defaults. */
const raisedLimits = ["maxBufferSize", "maxStorageBufferBindingSize"] as const;

/** What kernels rely on beyond the adapter's own say; all are WebGPU's guaranteed defaults. */
const requiredLimits = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
} as const;

/** An adapter answers within a moment, on a busy machine within seconds. */
const OPENING_SECONDS = 60;

export interface GpuOptions {
  /** Ask for WebGPU's default limits only, as the smallest adapters grant. */
  readonly defaultLimits?: boolean;
}

/**
 * The fastest adapter that `entry` offers, and a device on it.
 * @throws GpuError when WebGPU is missing, there is no adapter, the device is refused, or no answer comes.
 */
export async function requestDevice(
  entry: GPU | undefined,
  options: GpuOptions,
): Promise<{ device: GPUDevice; report: AdapterReport }> {
  if (!entry) {
    throw new GpuError(
      "no-webgpu",
      "WebGPU is missing here: use a browser that has it, over https or on localhost.",
    );
  }
  const adapter = await answered(
    "an adapter",
    entry.requestAdapter({ powerPreference: "high-performance" }),
  );
  if (!adapter) {
    throw new GpuError(
      "no-adapter",
      "WebGPU found no adapter: update the graphics driver or allow software rendering.",
    );
  }
  for (const [name, least] of Object.entries(requiredLimits)) {
    const granted = adapter.limits[name as keyof typeof requiredLimits];
    if (granted < least) {
      throw new GpuError(
        "limits",
        `This adapter's ${name} is ${granted}, and at least ${least} is needed.`,
      );
    }
  }
  const features = optionalFeatures.filter((feature) => adapter.features.has(feature));
  const limits = options.defaultLimits
    ? {}
    : Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name]]));
  let device: GPUDevice;
  try {
    const label = "BadNets Lab";
    device = await answered(
      "a device",
      adapter.requestDevice({ label, requiredFeatures: features, requiredLimits: limits }),
    );
  } catch (cause) {
    if (cause instanceof GpuError) throw cause;
    throw new GpuError("no-device", `The adapter refused a device: ${(cause as Error).message}`, {
      cause,
    });
  }
  const { vendor, architecture, device: name, description } = adapter.info;
  const fallback = adapter.info.isFallbackAdapter || /swiftshader/i.test(architecture);
  const report = { vendor, architecture, device: name, description, fallback, features };
  return { device, report };
}

/** @param what was asked for @throws GpuError when no answer comes */
async function answered<T>(what: string, pending: Promise<T>): Promise<T> {
  const silence = () =>
    new GpuError(
      "silent",
      `WebGPU was asked for ${what} and gave no answer for ${OPENING_SECONDS} seconds: try again.`,
    );
  return await new Watch(OPENING_SECONDS, silence).answer(pending);
}
