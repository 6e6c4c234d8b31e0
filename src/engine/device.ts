/** Holds the engine's device, and gets another one when it was lost. */
import { GpuError } from "../gpu/gpu-error.ts";
import { Gpu } from "../gpu/gpu.ts";
import type { AdapterReport } from "../gpu/adapter.ts";

/** Tries to get a new device after a loss, with growing pauses: a crashed GPU process takes a moment. */
const OPEN_TRIES = 6;

export interface DeviceHooks {
  /** A sentence about an error that the GPU reported. */
  readonly onError: (text: string) => void;
  /** The device was lost while it was the latest. @param text how, in a sentence without its end */
  readonly onLost: (text: string) => void;
  /** The browser gives none any more; see `refusal`. */
  readonly onRefused: () => void;
}

export class DeviceHolder {
  /** Of the latest device. */
  adapter: AdapterReport | null = null;
  /** Why the browser gives no device any more; null when all is well. */
  refusal: string | null = null;
  private gpu: Gpu | null = null;
  private opening: Promise<Gpu> | null = null;

  /** @param entry navigator.gpu */
  constructor(
    private readonly entry: GPU | undefined,
    private readonly hooks: DeviceHooks,
  ) {}

  /** Opens a device. @throws GpuError when there is none */
  async open(): Promise<Gpu> {
    const gpu = await Gpu.open(this.entry);
    this.gpu = gpu;
    this.adapter = gpu.adapter;
    gpu.device.addEventListener("uncapturederror", ({ error }) => {
      this.hooks.onError(`The GPU reported an error, so figures may be wrong: ${error.message}`);
    });
    void gpu.gone.then(() => {
      if (this.gpu === gpu) this.hooks.onLost(gpu.lossText!);
    });
    return gpu;
  }

  /** The device, or another one when it was lost. */
  async get(): Promise<Gpu> {
    if (this.gpu && !this.gpu.lost) return this.gpu;
    this.opening ??= this.reopen().finally(() => (this.opening = null));
    return await this.opening;
  }

  private async reopen(): Promise<Gpu> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.open();
      } catch (error) {
        const silent = error instanceof GpuError && error.problem === "silent";
        if (silent || attempt === OPEN_TRIES) {
          this.refusal = error instanceof Error ? error.message : String(error);
          this.hooks.onRefused();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
      }
    }
  }
}
