/** The digit study's questions: what is asked of the network on view, and of the digits. */
import type { NamedBytes } from "../../data/digits.ts";
import { everyImage, TRIGGERED } from "../../data/order.ts";
import { Random, Stream } from "../../data/random.ts";
import type { NeuronId, NeuronScale } from "../../inspection/neurons.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../models/digit-net.ts";
import type { Question } from "../questions.ts";
import type { QuestionSubject, View } from "../study.ts";
import { timed } from "../task-queue.ts";
import { samplesOf, softmaxRows } from "./gallery.ts";
import { layerWeights } from "./layer-weights.ts";
import { defenceQuestions } from "./defence-questions.ts";
import { inTurn, type DigitNetwork, type NetworkSubject } from "./network.ts";
import { reproductionQuestions } from "../reproduction/questions.ts";
import type { DigitPaper } from "./paper/items.ts";
import type {
  AblationCurve,
  AblationMeasure,
  DigitImage,
  LayerWeights,
  Look,
  NeuronReport,
  Predictions,
  Readings,
  Sample,
  ScaledMeasure,
} from "./port.ts";
import { measure } from "./result.ts";

type Ask<Arguments, Answer, Progress = never> = Question<
  NetworkSubject,
  Arguments,
  Answer,
  Progress
>;
type LongAsk<Arguments, Answer> = Question<NetworkSubject, Arguments, Answer>;
type AskDigits<Arguments, Answer> = Question<
  QuestionSubject<DigitNetwork>,
  Arguments,
  Answer,
  never
>;

/** Neurons of the network that are changed for the question; none are, of the run itself. */
interface Changed {
  readonly scaled: readonly NeuronScale[];
}

/** Test images that changed neurons are judged on at first, and for each point of a curve. */
const SAMPLE = 500;

/** One image's way through the network, without and with the trigger. */
const look: Ask<Changed & { readonly image: DigitImage }, Look> = async (subject, args) => {
  const { image, scaled } = args;
  const { inspector, parameters, version } = await subject.view();
  const { pixels, layers, logits } = await inspector.look({ parameters, scaled }, image);
  const number = typeof image === "number" ? image : null;
  return {
    image: number,
    label: number === null ? null : subject.source.digits().test.labels[number],
    pixels,
    layers,
    probabilities: {
      clean: softmaxRows(logits.clean, DIGIT_CLASSES),
      triggered: softmaxRows(logits.triggered, DIGIT_CLASSES),
    },
    version,
  };
};

/** What the network makes of some test images. */
const readings: Ask<Changed & { readonly images: readonly number[] }, Readings> = async (
  subject,
  args,
) => {
  const { images, scaled } = args;
  const { inspector, parameters, step } = await subject.view();
  const logits = await inspector.logits({ parameters, scaled }, images);
  return {
    images,
    step,
    clean: softmaxRows(logits.clean, DIGIT_CLASSES),
    triggered: softmaxRows(logits.triggered, DIGIT_CLASSES),
  };
};

/** The parameters, or the gradients that the last training step left; no layers where nothing trains. */
const weights: Ask<Changed & { readonly what: "values" | "gradients" }, LayerWeights[]> = async (
  subject,
  { what, scaled },
) => {
  const { inspector, parameters, gradients } = await subject.view();
  const values =
    what === "gradients" ? await gradients() : await inspector.parameters({ parameters, scaled });
  return values ? layerWeights(inspector.options.network, values) : [];
};

/** How every neuron responds to the trigger, over the whole test set, or one class of it. */
const neurons: LongAsk<Changed & { readonly label: number | null }, NeuronReport> = async (
  subject,
  { label, scaled },
  asking,
) => {
  const { labels, count } = subject.source.digits().test;
  const images = everyImage(count).filter((image) => label === null || labels[image] === label);
  return await inTurn(subject, "neurons", asking, async (view, signal) => {
    const tell = timed(2 * images.length, asking.onProgress);
    const { inspector, parameters, version } = view;
    const found = await inspector.respond({ parameters, scaled }, images, (done) => {
      tell(done);
      return !signal.aborted;
    });
    return { version, images: images.length, label, neurons: found };
  });
};

/**
 * What the changed network does: told on a sample within a second, beside the unchanged one on the same images, then
 * on the whole test set.
 */
const measureScaled: Ask<Changed, ScaledMeasure, ScaledMeasure> = async (
  subject,
  { scaled },
  asking,
) => {
  const { count } = subject.source.digits().test;
  return await inTurn(subject, "measure", asking, async (view, signal) => {
    const sample = sampleOf(count);
    const changed = await judge(view, scaled, sample, signal);
    asking.onProgress({ ...changed, unchanged: await judge(view, [], sample, signal) });
    return { ...(await judge(view, scaled, everyImage(count), signal)), unchanged: null };
  });
};

/** Clean accuracy and attack success with more and more of a ranking switched off. */
const ablationCurve: LongAsk<{ readonly ranking: readonly NeuronId[] }, AblationCurve> = async (
  subject,
  { ranking },
  asking,
) => {
  const images = sampleOf(subject.source.digits().test.count);
  return await inTurn(subject, "curve", asking, async (view, signal) => {
    const sizes = curveSizes(ranking.length);
    const tell = timed(sizes.length, asking.onProgress);
    const points: AblationCurve["points"][number][] = [];
    for (const n of sizes) {
      const off = ranking.slice(0, n).map((neuron) => ({ ...neuron, factor: 0 }));
      const { cleanAccuracy, attackSuccess } = await judge(view, off, images, signal);
      if (signal.aborted) break;
      points.push({ n, cleanAccuracy, attackSuccess });
      tell(points.length);
    }
    return { images: images.length, points };
  });
};

/** What the network reads every test image as. */
const predictions: LongAsk<Changed, Predictions> = async (subject, { scaled }, asking) => {
  const { labels, count } = subject.source.digits().test;
  return await inTurn(subject, "predictions", asking, async (view, signal) => {
    const { inspector, parameters, version } = view;
    const tell = timed(2 * count, asking.onProgress);
    const between = (before: number) => (done: number) => {
      tell(before + done);
      return !signal.aborted;
    };
    const network = { parameters, scaled };
    const clean = await inspector.predict(network, everyImage(count), between(0));
    const marked = everyImage(count, true);
    const triggered = await inspector.predict(network, marked, between(count));
    return { version, labels: labels.slice(), clean, triggered };
  });
};

/** Pixels of test images, [images, 28, 28], 0 to 255. */
const images: Ask<{ readonly numbers: readonly number[] }, Uint8Array> = ({ source }, args) => {
  const area = DIGIT_SIZE ** 2;
  const all = source.digits().test.images;
  const pixels = new Uint8Array(args.numbers.length * area);
  args.numbers.forEach((number, i) => {
    pixels.set(all.subarray(number * area, (number + 1) * area), i * area);
  });
  return pixels;
};

/** The first test digits of every class, for the gallery. */
const samples: AskDigits<object, Sample[]> = ({ source }) => {
  const { set } = source.view();
  return set ? samplesOf(source.digits().test) : [];
};

/** Replaces the digits by four idx files. When they are not in order, everything stays as it was. */
const openDigits: AskDigits<{ readonly files: readonly NamedBytes[] }, void> = async (
  { source },
  { files },
) => await source.open(files);

export const digitQuestions = {
  look,
  readings,
  weights,
  neurons,
  measureScaled,
  ablationCurve,
  predictions,
  images,
  samples,
  openDigits,
  ...defenceQuestions,
  ...reproductionQuestions<DigitPaper>(),
};
export type DigitQuestions = typeof digitQuestions;

/** Test images in an order that says nothing of them. */
function sampleOf(count: number): Uint32Array<ArrayBuffer> {
  return new Random(0, Stream.shuffle).shuffle(everyImage(count)).slice(0, SAMPLE);
}

async function judge(
  { inspector, parameters, recipe }: View<DigitNetwork>,
  scaled: readonly NeuronScale[],
  entries: Uint32Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<AblationMeasure> {
  const policy = recipe.attack?.policy ?? null;
  const network = { parameters, scaled };
  const going = () => !signal.aborted;
  const clean = await inspector.evaluate(network, entries, going);
  const marked = entries.map((image) => (image | TRIGGERED) >>> 0);
  const triggered = policy && (await inspector.evaluate(network, marked, going));
  const measured = measure({ clean: [...clean], triggered: triggered && [...triggered] }, policy);
  return {
    cleanAccuracy: measured.clean.accuracy,
    attackSuccess: measured.attack?.success ?? null,
    images: entries.length,
  };
}

/** Numbers of neurons to switch off: every one at first, then in growing steps, to the whole ranking. */
export function curveSizes(most: number): number[] {
  const sizes: number[] = [];
  for (let n = 0; n < most; n = Math.max(n + 1, Math.floor(n * 1.4))) sizes.push(n);
  return [...sizes, most];
}
