/**
 * An inspector: networks of its own beside the one that trains, with the same form and any parameters,
 * to look at single images, at neurons over a whole test set, and at what a changed network does.
 */
import { everyImage, TRIGGERED } from "../data/order.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { uploadImages, type ImagesOnGpu } from "../layers/batch.ts";
import {
  readSummary,
  statisticsSpec,
  SUMMARY_WIDTH,
  type ChannelSummary,
} from "../layers/statistics.ts";
import type { Layer } from "../layers/layer.ts";
import { withTiling, type Tiling } from "../layers/tiling.ts";
import { describeParameters, isWeighted, type NetworkDescription } from "../models/description.ts";
import { buildNetwork, type Network } from "../models/network.ts";
import { Evaluator, type Between } from "../training/evaluator.ts";
import {
  loadParameters,
  type ParameterSource,
  type ParameterValues,
} from "../training/parameter-values.ts";
import type { LabelledImages } from "../training/trainer.ts";
import { NeuronScaler } from "./neuron-scaler.ts";
import {
  checkNeurons,
  compareResponses,
  type NeuronResponse,
  type NeuronScale,
} from "./neurons.ts";

export interface InspectorOptions {
  readonly network: NetworkDescription;
  readonly classes: number;
  readonly test: LabelledImages;
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Uint32Array<ArrayBuffer>;
  readonly tiling?: Tiling;
}

/** One image's activations in a layer, after its ReLU and before its pooling. */
export interface LayerMaps {
  /** For example "conv1". */
  readonly label: string;
  readonly kind: "conv" | "dense";
  /** [channels, height, width]; height and width are 1 in a dense layer. */
  readonly shape: readonly [number, number, number];
  readonly clean: Float32Array;
  readonly triggered: Float32Array;
}

/** A network of the inspector's form: parameters from somewhere, and neurons that are changed. */
export interface Inspected {
  readonly parameters: ParameterSource;
  readonly scaled: readonly NeuronScale[];
}

interface Pair {
  readonly clean: Float32Array;
  readonly triggered: Float32Array;
}

/** Images that a walk through the test set takes at once. */
const BATCH = 64;

/** A network with what it needs to be fed; `classes` logits an image. */
interface Bench {
  readonly network: Network;
  readonly scaler: NeuronScaler;
  readonly evaluator: Evaluator;
}

interface WideBench extends Bench {
  readonly observer: Evaluator;
  readonly summaries: readonly Tensor[];
}

export class Inspector {
  private wide: Promise<WideBench> | null = null;

  private constructor(
    readonly gpu: Gpu,
    readonly options: InspectorOptions,
    readonly tiling: Tiling,
    private readonly data: ImagesOnGpu,
    private readonly trigger: Tensor,
    /** For one image at a time, without and with the trigger. */
    private readonly pair: Bench,
  ) {}

  static async build(gpu: Gpu, options: InspectorOptions): Promise<Inspector> {
    return await withTiling(gpu, options.tiling, (tiling) =>
      gpu.withinMemory("The inspection of the network", () =>
        Inspector.assemble(gpu, options, tiling),
      ),
    );
  }

  private static async assemble(
    gpu: Gpu,
    options: InspectorOptions,
    tiling: Tiling,
  ): Promise<Inspector> {
    const { test } = options;
    const size = options.network.input[1];
    // One place more than there are test images, for a drawn one.
    const count = test.count + 1;
    const images = new Uint8Array(count * size * size);
    images.set(test.images);
    const labels = new Uint8Array(count);
    labels.set(test.labels);
    const data = uploadImages(gpu, "test", { images, labels, count }, size);
    const trigger = gpu.tensor("trigger", [size, size], "u32");
    gpu.write(trigger, options.trigger);
    const network = buildNetwork(gpu, options.network, 2, tiling);
    const pair = await feed(gpu, options, network, data, trigger);
    return new Inspector(gpu, options, tiling, data, trigger, pair);
  }

  /**
   * One image's way through a network, without and with the trigger.
   * @param image number of a test image, or pixels, [SIZE, SIZE], 0 to 255
   */
  async look(
    inspected: Inspected,
    image: number | Uint8Array,
  ): Promise<{ pixels: Pair; layers: LayerMaps[]; logits: Pair }> {
    const { network, evaluator } = this.pair;
    // All is submitted before this function first waits, so looks never mix.
    load(this.gpu, this.pair, inspected);
    const number = typeof image === "number" ? image : this.draw(image);
    evaluator.submitBatch(Uint32Array.of(number, (number | TRIGGERED) >>> 0));
    const [x, ...outputs] = await this.gpu.read(
      network.x,
      ...weighted(network).map(({ output }) => output.full),
    );
    const layers = weighted(network).map(({ label, output }, i): LayerMaps => {
      const [, channels, height = 1, width = 1] = output.full.shape;
      const kind = output.full.shape.length === 4 ? "conv" : "dense";
      return { label, kind, shape: [channels, height, width], ...halves(outputs[i]) };
    });
    const { clean, triggered } = layers.at(-1)!;
    return { pixels: halves(x), layers, logits: { clean, triggered } };
  }

  /**
   * What a network makes of a few test images.
   * @returns [images, classes] each
   */
  async logits(inspected: Inspected, images: readonly number[]): Promise<Pair> {
    const { evaluator } = this.pair;
    load(this.gpu, this.pair, inspected);
    // Submitted before it first waits, as in `look`.
    const reads = images.map(
      async (image) => await evaluator.logits(Uint32Array.of(image, (image | TRIGGERED) >>> 0)),
    );
    const pairs = (await Promise.all(reads)).map(halves);
    return {
      clean: Float32Array.from(pairs.flatMap(({ clean }) => [...clean])),
      triggered: Float32Array.from(pairs.flatMap(({ triggered }) => [...triggered])),
    };
  }

  /** A network's parameters, with its changed neurons. */
  async parameters(inspected: Inspected): Promise<ParameterValues> {
    const { network } = this.pair;
    load(this.gpu, this.pair, inspected);
    const tensors = [...network.parameters.values()].map(({ value }) => value);
    const values = await this.gpu.read(...tensors);
    return new Map([...network.parameters.keys()].map((label, i) => [label, values[i]]));
  }

  /**
   * Confusion matrix of test images.
   * @param entries see Evaluator.evaluate
   */
  async evaluate(
    inspected: Inspected,
    entries: Uint32Array,
    between?: Between,
  ): Promise<Uint32Array> {
    const bench = await this.wideBench();
    load(this.gpu, bench, inspected);
    return await bench.evaluator.evaluate(entries, between);
  }

  /** Predicted class of each entry. */
  async predict(
    inspected: Inspected,
    entries: Uint32Array,
    between?: Between,
  ): Promise<Uint8Array> {
    const bench = await this.wideBench();
    load(this.gpu, bench, inspected);
    return await bench.evaluator.predict(entries, between);
  }

  /**
   * How every neuron below the last layer responds to images without and with the trigger.
   * @param images numbers of test images; all unless given
   * @param between told the images looked at so far, of twice their number
   */
  async respond(
    inspected: Inspected,
    images: Uint32Array = everyImage(this.options.test.count),
    between?: (done: number) => boolean | Promise<boolean>,
  ): Promise<NeuronResponse[]> {
    const bench = await this.wideBench();
    const { network, observer, summaries } = bench;
    load(this.gpu, bench, inspected);
    const pass = async (entries: Uint32Array, before: number): Promise<ChannelSummary[][]> => {
      for (const summary of summaries) {
        this.gpu.write(summary, new Float32Array(summary.byteLength / 4));
      }
      await observer.evaluate(entries, between && ((done) => between(before + done)));
      return (await this.gpu.read(...summaries)).map(readSummary);
    };
    const clean = await pass(images, 0);
    const marked = images.map((image) => (image | TRIGGERED) >>> 0);
    const triggered = await pass(marked, images.length);
    return weighted(network)
      .slice(0, -1)
      .flatMap(({ label }, i) => compareResponses(label, clean[i], triggered[i]));
  }

  /** Builds what walks through the test set need, which else the first of them does. */
  async warmUp(): Promise<void> {
    await this.wideBench();
  }

  /** Puts pixels behind the last test image. @returns their number */
  private draw(pixels: Uint8Array): number {
    const { count } = this.options.test;
    const { images } = this.data;
    const place = { ...images, offset: count * pixels.length, byteLength: pixels.length };
    this.gpu.write(place, new Uint8Array(pixels));
    return count;
  }

  /** The network for walks through the test set, built when it is first needed, or could not be built before. */
  private async wideBench(): Promise<WideBench> {
    this.wide ??= withTiling(this.gpu, this.tiling, (tiling) => this.buildWide(tiling));
    return await this.wide.catch((error: unknown) => {
      this.wide = null;
      throw error;
    });
  }

  private async buildWide(tiling: Tiling): Promise<WideBench> {
    const { gpu, options, data, trigger } = this;
    const network = buildNetwork(gpu, options.network, BATCH, tiling);
    const labels = gpu.tensor("labels", [BATCH], "u32");
    const observed = weighted(network)
      .slice(0, -1)
      .map(({ label, output }) => {
        const values = output.values;
        const summary = gpu.tensor(`${label}.summary`, [values.shape[1], SUMMARY_WIDTH]);
        return { summary, spec: statisticsSpec({ label, values, labels, summary }) };
      });
    const { classes } = options;
    const observers = observed.map(({ spec }) => spec);
    const [bench, observer] = await Promise.all([
      feed(gpu, options, network, data, trigger, labels),
      Evaluator.build(gpu, { network, classes, data, trigger, labels, observers }),
    ]);
    return { ...bench, observer, summaries: observed.map(({ summary }) => summary) };
  }
}

/** The layers that have neurons of their own: pools have not. */
function weighted({ layers, description }: Network): readonly Layer[] {
  return layers.filter((_, i) => isWeighted(description.layers[i]));
}

/** What a batch of two holds of either image. */
function halves(values: Float32Array): Pair {
  const half = values.length / 2;
  return { clean: values.slice(0, half), triggered: values.slice(half) };
}

async function feed(
  gpu: Gpu,
  { classes }: InspectorOptions,
  network: Network,
  data: ImagesOnGpu,
  trigger: Tensor,
  labels = gpu.tensor("labels", [network.batch], "u32"),
): Promise<Bench> {
  const [evaluator, scaler] = await Promise.all([
    Evaluator.build(gpu, { network, classes, data, trigger, labels }),
    NeuronScaler.build(
      gpu,
      weighted(network).map(({ label }) => label),
      network.parameters,
    ),
  ]);
  return { network, scaler, evaluator };
}

/** @throws RangeError as checkNeurons does */
function load(gpu: Gpu, { network, scaler }: Bench, { parameters, scaled }: Inspected): void {
  checkNeurons(describeParameters(network.description), scaled);
  loadParameters(gpu, network.parameters, parameters);
  scaler.scale(scaled);
}
