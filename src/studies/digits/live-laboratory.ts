/** What the laboratory's views ask, answered on the GPU for the network on view. */
import type { Policy } from "../../backdoor/attack.ts";
import type { DigitData } from "../../data/digits.ts";
import { everyImage, TRIGGERED } from "../../data/order.ts";
import { Random, Stream } from "../../data/random.ts";
import type { Inspector } from "../../inspection/inspector.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import {
  checkNeurons,
  scaleNeurons,
  type NeuronId,
  type NeuronScale,
} from "../../inspection/neurons.ts";
import { DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import { measure } from "./result.ts";
import {
  DRAWN,
  type AblationCurve,
  type AblationMeasure,
  type Laboratory,
  type LayerWeights,
  type Look,
  type NeuronReport,
  type Predictions,
} from "./port.ts";
import { type TaskProgress, type TensorView } from "../port.ts";
import { softmax } from "./gallery.ts";
import { layerWeights } from "./layer-weights.ts";
import { Cancelled, TaskLine, timed } from "../task-queue.ts";

/** The network on view: where its parameters come from, and what it was taught. */
export interface NetworkOnView {
  readonly policy: Policy | null;
  parameters(): Promise<ParameterValues>;
  /** What the last training step left; null where nothing trains. */
  gradients(): Promise<ParameterValues> | null;
  tensor(label: string): Promise<TensorView>;
}

/** Test images that changed neurons are judged on at first. */
const SAMPLE = 500;
/** Test images for each point of a curve. */
const CURVE_SAMPLE = 500;

export class LiveLaboratory implements Laboratory {
  private scales: readonly NeuronScale[] = [];
  private readonly tasks = new TaskLine();
  private closed = false;
  /** Test images in an order that says nothing of them. */
  private readonly shuffled: Uint32Array<ArrayBuffer>;

  constructor(
    private readonly inspector: Inspector,
    private readonly data: DigitData,
    private readonly network: () => NetworkOnView,
    /** How often what is on view has changed. */
    private readonly version: () => number,
    /** Something that `look` shows is different now. */
    private readonly onChange: () => void,
  ) {
    this.shuffled = new Random(0, Stream.shuffle).shuffle(everyImage(data.test.count));
  }

  /** Ends all work and, once it has ended, frees what it has on the device. */
  async close(): Promise<void> {
    this.closed = true;
    this.tasks.cancel();
    await this.tasks.idle();
    this.inspector.gpu.destroy();
  }

  /** Builds ahead of time what questions about all test images need. */
  async warmUp(): Promise<void> {
    await this.tasks.do("warm-up", async () => await this.inspector.warmUp());
  }

  async look(image: number): Promise<Look> {
    const { test } = this.data;
    const version = this.version();
    const number = image === DRAWN ? this.inspector.drawn : image;
    const parameters = await this.changed();
    if (this.closed) throw new Cancelled();
    const { pixels, layers, logits } = await this.inspector.look(parameters, number);
    return {
      image,
      label: image === DRAWN ? null : test.labels[image],
      pixels,
      layers,
      probabilities: {
        clean: Float32Array.from(softmax([...logits.clean])),
        triggered: Float32Array.from(softmax([...logits.triggered])),
      },
      version,
    };
  }

  draw(pixels: Uint8Array): Promise<void> {
    if (this.closed) return Promise.reject(new Cancelled());
    this.inspector.draw(pixels);
    this.onChange();
    return Promise.resolve();
  }

  async weights(what: "values" | "gradients"): Promise<LayerWeights[]> {
    const network = this.network();
    const values = await (what === "gradients" ? network.gradients() : this.changed());
    if (!values) return [];
    return layerWeights(values);
  }

  async neurons(
    label: number | null,
    onProgress: (progress: TaskProgress) => void,
  ): Promise<NeuronReport> {
    const { labels, count } = this.data.test;
    const images = everyImage(count).filter((image) => label === null || labels[image] === label);
    return await this.tasks.do("neurons", async (going) => {
      const version = this.version();
      const tell = timed(2 * images.length, onProgress);
      const neurons = await this.inspector.respond(await this.changed(), images, (done) => {
        tell(done);
        return going();
      });
      return { version, images: images.length, label, neurons };
    });
  }

  async scale(neurons: readonly NeuronScale[]): Promise<void> {
    // Checks them before they are kept.
    checkNeurons(digitNet, neurons);
    this.scales = neurons;
    this.onChange();
  }

  async measureScaled(onMeasure: (measure: AblationMeasure) => void): Promise<AblationMeasure> {
    return await this.tasks.do("measure", async (going) => {
      const parameters = await this.changed();
      onMeasure(await this.judge(parameters, this.shuffled.slice(0, SAMPLE), going));
      return await this.judge(parameters, everyImage(this.data.test.count), going);
    });
  }

  async ablationCurve(
    ranking: readonly NeuronId[],
    onProgress: (progress: TaskProgress) => void,
  ): Promise<AblationCurve> {
    return await this.tasks.do("curve", async (going) => {
      const sizes = curveSizes(ranking.length);
      const tell = timed(sizes.length, onProgress);
      const parameters = await this.network().parameters();
      const images = this.shuffled.slice(0, CURVE_SAMPLE);
      const points: AblationCurve["points"][number][] = [];
      for (const n of sizes) {
        const off = ranking.slice(0, n).map((neuron) => ({ ...neuron, factor: 0 }));
        const changed = scaleNeurons(digitNet, parameters, off);
        const { cleanAccuracy, attackSuccess } = await this.judge(changed, images, going);
        if (!going()) break;
        points.push({ n, cleanAccuracy, attackSuccess });
        tell(points.length);
      }
      return { images: images.length, points };
    });
  }

  async predictions(onProgress: (progress: TaskProgress) => void): Promise<Predictions> {
    return await this.tasks.do("predictions", async (going) => {
      const version = this.version();
      const { labels, count } = this.data.test;
      const tell = timed(2 * count, onProgress);
      const parameters = await this.changed();
      const between = (before: number) => (done: number) => {
        tell(before + done);
        return going();
      };
      const { inspector } = this;
      const clean = await inspector.predict(parameters, everyImage(count), between(0));
      const marked = everyImage(count, true);
      const triggered = await inspector.predict(parameters, marked, between(count));
      return { version, labels: labels.slice(), clean, triggered };
    });
  }

  images(numbers: readonly number[]): Promise<Uint8Array> {
    const area = DIGIT_SIZE ** 2;
    const { images } = this.data.test;
    const pixels = new Uint8Array(numbers.length * area);
    numbers.forEach((number, i) => {
      pixels.set(images.subarray(number * area, (number + 1) * area), i * area);
    });
    return Promise.resolve(pixels);
  }

  cancel(): Promise<void> {
    this.tasks.cancel();
    return Promise.resolve();
  }

  async tensor(label: string): Promise<TensorView> {
    return await this.network().tensor(label);
  }

  /** Parameters of the network on view with its changed neurons. */
  private async changed(): Promise<ParameterValues> {
    return scaleNeurons(digitNet, await this.network().parameters(), this.scales);
  }

  private async judge(
    parameters: ParameterValues,
    images: Uint32Array<ArrayBuffer>,
    going: () => boolean,
  ): Promise<AblationMeasure> {
    const { policy } = this.network();
    const { inspector } = this;
    const clean = await inspector.evaluate(parameters, images, going);
    const marked = images.map((image) => (image | TRIGGERED) >>> 0);
    const triggered = policy && (await inspector.evaluate(parameters, marked, going));
    const measured = measure({ clean: [...clean], triggered: triggered && [...triggered] }, policy);
    return {
      cleanAccuracy: measured.clean.accuracy,
      attackSuccess: measured.attack?.success ?? null,
      images: images.length,
    };
  }
}

/** Numbers of neurons to switch off: every one at first, then in growing steps, to the whole ranking. */
export function curveSizes(most: number): number[] {
  const sizes: number[] = [];
  for (let n = 0; n < most; n = Math.max(n + 1, Math.floor(n * 1.4))) sizes.push(n);
  return [...sizes, most];
}
