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
import { tilingFor, type Tiling } from "../layers/tiling.ts";
import type { NetworkDescription } from "../models/description.ts";
import { buildNetwork, type Network } from "../models/network.ts";
import { Evaluator, type Between } from "../training/evaluator.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { LabelledImages } from "../training/trainer.ts";
import { compareResponses, type NeuronResponse } from "./neurons.ts";

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

/** Images that a walk through the test set takes at once. */
const BATCH = 64;

/** A network with what it needs to be fed; `classes` logits an image. */
interface Bench {
  readonly network: Network;
  readonly evaluator: Evaluator;
}

export class Inspector {
  private wide: Promise<Bench & { observer: Evaluator; summaries: readonly Tensor[] }> | null =
    null;

  private constructor(
    readonly gpu: Gpu,
    readonly options: InspectorOptions,
    readonly tiling: Tiling,
    private readonly data: ImagesOnGpu,
    private readonly trigger: Tensor,
    /** For one image at a time, without and with the trigger. */
    private readonly pair: Bench,
  ) {}

  /** Number of the image that `draw` sets: the one after the last test image. */
  get drawn(): number {
    return this.options.test.count;
  }

  static async build(gpu: Gpu, options: InspectorOptions): Promise<Inspector> {
    const { test } = options;
    const tiling = tilingFor(gpu, options.tiling);
    const size = options.network.input[1];
    return await gpu.withinMemory("The inspection of the network", async () => {
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
    });
  }

  /** Replaces the trigger. */
  setTrigger(mask: Uint32Array<ArrayBuffer>): void {
    this.gpu.write(this.trigger, mask);
  }

  /** Replaces the drawn image. @param pixels [SIZE, SIZE], 0 to 255 */
  draw(pixels: Uint8Array): void {
    const { images } = this.data;
    const place = { ...images, offset: this.drawn * pixels.length, byteLength: pixels.length };
    this.gpu.write(place, new Uint8Array(pixels));
  }

  /** One image without and with the trigger, through a network of these parameters. */
  async look(
    parameters: ParameterValues,
    image: number,
  ): Promise<{ pixels: Pair; layers: LayerMaps[]; logits: Pair }> {
    const { network, evaluator } = this.pair;
    // All is submitted before this function first waits, so looks never mix.
    load(this.gpu, network, parameters);
    evaluator.submitBatch(Uint32Array.of(image, (image | TRIGGERED) >>> 0));
    const [x, ...outputs] = await this.gpu.read(
      network.x,
      ...network.layers.map(({ output }) => output.full),
    );
    const layers = network.layers.map(({ label, output }, i): LayerMaps => {
      const [, channels, height = 1, width = 1] = output.full.shape;
      const kind = output.full.shape.length === 4 ? "conv" : "dense";
      return { label, kind, shape: [channels, height, width], ...halves(outputs[i]) };
    });
    const { clean, triggered } = layers.at(-1)!;
    return { pixels: halves(x), layers, logits: { clean, triggered } };
  }

  /**
   * Confusion matrix of test images.
   * @param entries see Evaluator.evaluate
   */
  async evaluate(
    parameters: ParameterValues,
    entries: Uint32Array,
    between?: Between,
  ): Promise<Uint32Array> {
    const { network, evaluator } = await this.wideBench();
    load(this.gpu, network, parameters);
    return await evaluator.evaluate(entries, between);
  }

  /** Predicted class of each entry. */
  async predict(
    parameters: ParameterValues,
    entries: Uint32Array,
    between?: Between,
  ): Promise<Uint8Array> {
    const { network, evaluator } = await this.wideBench();
    load(this.gpu, network, parameters);
    return await evaluator.predict(entries, between);
  }

  /**
   * How every neuron below the last layer responds to images without and with the trigger.
   * @param images numbers of test images; all unless given
   * @param between told the images looked at so far, of twice their number
   */
  async respond(
    parameters: ParameterValues,
    images: Uint32Array = everyImage(this.options.test.count),
    between?: (done: number) => boolean | Promise<boolean>,
  ): Promise<NeuronResponse[]> {
    const { network, observer, summaries } = await this.wideBench();
    load(this.gpu, network, parameters);
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
    return network.layers
      .slice(0, -1)
      .flatMap(({ label }, i) => compareResponses(label, clean[i], triggered[i]));
  }

  /** Builds what walks through the test set need, which else the first of them does. */
  async warmUp(): Promise<void> {
    await this.wideBench();
  }

  /** The network for walks through the test set, built when it is first wanted. */
  private async wideBench() {
    this.wide ??= (async () => {
      const { gpu, options, data, trigger, tiling } = this;
      const network = buildNetwork(gpu, options.network, BATCH, tiling);
      const labels = gpu.tensor("labels", [BATCH], "u32");
      const observed = network.layers.slice(0, -1).map(({ label, output }) => {
        const values = output.values;
        const summary = gpu.tensor(`${label}.summary`, [values.shape[1], SUMMARY_WIDTH]);
        return { summary, spec: statisticsSpec({ label, values, labels, summary }) };
      });
      const [bench, observer] = await Promise.all([
        feed(gpu, options, network, data, trigger, labels),
        Evaluator.build(gpu, {
          network,
          classes: options.classes,
          data,
          trigger,
          labels,
          observers: observed.map(({ spec }) => spec),
        }),
      ]);
      return { ...bench, observer, summaries: observed.map(({ summary }) => summary) };
    })();
    return await this.wide;
  }
}

interface Pair {
  readonly clean: Float32Array;
  readonly triggered: Float32Array;
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
  return {
    network,
    evaluator: await Evaluator.build(gpu, { network, classes, data, trigger, labels }),
  };
}

function load(gpu: Gpu, network: Network, parameters: ParameterValues): void {
  for (const [label, { value }] of network.parameters) gpu.write(value, parameters.get(label)!);
}
