/** Scales neurons of a network, or switches them off, where it lies on the device. */
import type { Dispatch } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { compile } from "../gpu/pipelines.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { scaleSpec } from "../layers/scale.ts";
import type { ParameterTensors } from "../training/parameter-values.ts";
import type { NeuronScale } from "./neurons.ts";

interface LayerScaler {
  /** [O] */
  readonly factors: Tensor;
  /** Of its weights and of its biases. */
  readonly dispatches: readonly Dispatch[];
}

export class NeuronScaler {
  private constructor(
    private readonly gpu: Gpu,
    private readonly layers: ReadonlyMap<string, LayerScaler>,
  ) {}

  /** @param layers names of those whose neurons it can scale */
  static async build(
    gpu: Gpu,
    layers: readonly string[],
    parameters: ParameterTensors,
  ): Promise<NeuronScaler> {
    const made = layers.map(async (label): Promise<[string, LayerScaler]> => {
      const tensors = [`${label}.w`, `${label}.b`].map((name) => parameters.get(name)!.value);
      const factors = gpu.tensor(`${label}.factors`, [tensors[1].shape[0]]);
      const specs = tensors.map((values) => scaleSpec({ label: values.label, values, factors }));
      return [label, { factors, dispatches: await compile(gpu, specs) }];
    });
    return new NeuronScaler(gpu, new Map(await Promise.all(made)));
  }

  /** Multiplies the outputs of these neurons, which must be of its layers (see checkNeurons), as they are by now. */
  scale(scaled: readonly NeuronScale[]): void {
    for (const [label, { factors, dispatches }] of this.layers) {
      const own = scaled.filter(({ layer }) => layer === label);
      if (own.length === 0) continue;
      const values = new Float32Array(factors.shape[0]).fill(1);
      for (const { channel, factor } of own) values[channel] *= factor;
      this.gpu.write(factors, values);
      this.gpu.submit(dispatches);
    }
  }
}
