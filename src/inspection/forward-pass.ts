/** Activations of images that come from the CPU, whatever they are: clean, triggered or laid over one another. */
import type { Dispatch } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { compile } from "../gpu/pipelines.ts";
import { withTiling, type Tiling } from "../layers/tiling.ts";
import type { NetworkDescription } from "../models/description.ts";
import { buildNetwork, type Network } from "../models/network.ts";
import { writeParameters, type ParameterValues } from "../training/parameter-values.ts";

/** Images at once. */
const BATCH = 64;

export interface Images {
  readonly count: number;
  /** Writes the pixels of one of them, 0 to 1. @param into [C * H * W] */
  fill(image: number, into: Float32Array): void;
}

export class ForwardPass {
  private constructor(
    private readonly gpu: Gpu,
    private readonly network: Network,
    private readonly dispatches: readonly Dispatch[],
  ) {}

  /** It lives as long as `gpu`, which should be a scope. */
  static async build(
    gpu: Gpu,
    description: NetworkDescription,
    parameters: ParameterValues,
    tiling?: Tiling,
  ): Promise<ForwardPass> {
    return await withTiling(gpu, tiling, async (form) => {
      const network = await gpu.withinMemory("The forward pass", () =>
        Promise.resolve(buildNetwork(gpu, description, BATCH, form)),
      );
      writeParameters(gpu, network.parameters, parameters);
      return new ForwardPass(gpu, network, await compile(gpu, network.forward));
    });
  }

  /**
   * What a layer makes of images, after its ReLU and pooling.
   * @param layer its label, for example "fc1"
   * @param between told after each batch how many images are done; what it throws ends the walk
   * @returns [count, neurons of the layer]
   */
  async activations(
    layer: string,
    images: Images,
    between?: (done: number) => void,
  ): Promise<Float32Array> {
    const { gpu, network } = this;
    const output = network.layers.find(({ label }) => label === layer)!.output.values;
    const width = output.byteLength / 4 / BATCH;
    const size = network.x.byteLength / 4 / BATCH;
    const found = new Float32Array(images.count * width);
    const pixels = new Float32Array(BATCH * size);
    for (let first = 0; first < images.count; first += BATCH) {
      const here = Math.min(BATCH, images.count - first);
      for (let i = 0; i < here; i++)
        images.fill(first + i, pixels.subarray(i * size, (i + 1) * size));
      gpu.write(network.x, pixels);
      gpu.submit(this.dispatches);
      const [values] = await gpu.read(output);
      found.set(values.subarray(0, here * width), first * width);
      between?.(first + here);
    }
    return found;
  }

  /** What the last layer makes of them, as `activations` does. @returns [count, classes] */
  async logits(images: Images, between?: (done: number) => void): Promise<Float32Array> {
    return await this.activations(this.network.layers.at(-1)!.label, images, between);
  }
}
