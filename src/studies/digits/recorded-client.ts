/** The page's engine before, or without, a GPU: answers from the recording of the shipped BadNet. */
import { LossCurve } from "../loss-curve.ts";
import { UserError } from "../../errors.ts";
import { decodeModel, type Model } from "../../files/model-file.ts";
import { digitNet } from "../../models/digit-net.ts";
import type { CommonQuestions } from "../common-questions.ts";
import type { History, Snapshot } from "../port.ts";
import type { AnswerOf, ArgumentsOf, Ask } from "../questions.ts";
import { assertMeasured } from "../../training/parameter-values.ts";
import { layerWeights } from "./layer-weights.ts";
import type { DigitImage, NeuronScale, Readings, Sample } from "./port.ts";
import type { DigitPort } from "./types.ts";
import type { DigitQuestions } from "./questions.ts";
import { decodeRecording, type RecordedLook, type Recording } from "./recording.ts";
import type { DigitResult } from "./result.ts";

type Table = DigitQuestions & CommonQuestions;

/** What it can answer. */
type Answers = {
  readonly [Name in keyof Table]?: (args: ArgumentsOf<Table[Name]>) => AnswerOf<Table[Name]>;
};

/** What was asked for in vain, in words. */
const missing: Readonly<Partial<Record<keyof Table, string>>> = {
  measureScaled: "Changing neurons",
  ablationCurve: "Switching neurons off",
  images: "Looking at more images",
  tensor: "Stepping",
  profile: "Profiling",
};

export class RecordedClient {
  readonly snapshot: Snapshot<DigitPort>;
  private readonly answers: Answers;

  private constructor(recording: Recording, result: DigitResult, model: Model) {
    this.snapshot = snapshotOf(recording, result);
    this.answers = answersOf(recording, result, model);
  }

  /** @param base URL of the app's folder */
  static async open(base: string): Promise<RecordedClient> {
    const get = async (file: string) => {
      const response = await fetch(new URL(`showcase/${file}`, base));
      if (!response.ok) throw new UserError(`showcase/${file} could not be loaded.`);
      return new Uint8Array(await response.arrayBuffer());
    };
    const [recording, result, model] = await Promise.all([
      get("recording.safetensors"),
      get("result.json"),
      get("model.safetensors"),
    ]);
    const measured = JSON.parse(new TextDecoder().decode(result)) as DigitResult;
    const shipped = await decodeModel(digitNet, model, "model.safetensors");
    await assertMeasured(shipped.model.parameters, measured, "showcase/result.json");
    const recorded = await decodeRecording(recording, "recording.safetensors");
    return new RecordedClient(recorded, measured, shipped.model);
  }

  /** Answers what was recorded. @throws UserError for everything else */
  readonly ask: Ask<Table> = async (name, args) => {
    const answer = this.answers[name];
    if (!answer) throw needsGpu(missing[name] ?? "This");
    // The table's types say that they belong together.
    return await Promise.resolve(answer(args as never) as never);
  };
}

function needsGpu(what: string): UserError {
  return new UserError(`${what} needs WebGPU: this is a recording.`);
}

function answersOf(recording: Recording, result: DigitResult, model: Model): Answers {
  const { looks, report, predictions } = recording;
  const samples = looks.map(({ image, label, pixels }): Sample => ({
    image,
    label,
    pixels: Uint8Array.from(pixels.clean, (value) => Math.round(255 * value)),
  }));
  const find = (image: DigitImage): RecordedLook => {
    if (typeof image !== "number") throw needsGpu("A drawn digit");
    const look = looks.find((one) => one.image === image);
    if (!look) throw new UserError("Only ten digits were recorded: others need WebGPU.");
    return look;
  };
  const assertUnchanged = (scaled: readonly NeuronScale[]) => {
    if (scaled.length > 0) throw needsGpu("Changing neurons");
  };
  return {
    look: ({ image, scaled }) => {
      assertUnchanged(scaled);
      return find(image);
    },
    readings: ({ images, scaled }) => {
      assertUnchanged(scaled);
      return readingsOf(images.map(find), result);
    },
    weights: ({ what, scaled }) => {
      assertUnchanged(scaled);
      return what === "gradients" ? [] : layerWeights(digitNet, model.parameters);
    },
    neurons: ({ label, scaled }) => {
      assertUnchanged(scaled);
      if (label !== null) throw needsGpu("A measurement on one class");
      return report;
    },
    predictions: ({ scaled }) => {
      assertUnchanged(scaled);
      return predictions;
    },
    samples: () => samples,
  };
}

function readingsOf(looks: readonly RecordedLook[], { training }: DigitResult): Readings {
  const rows = (side: "clean" | "triggered") =>
    Float32Array.from(looks.flatMap(({ probabilities }) => [...probabilities[side]]));
  return {
    images: looks.map(({ image }) => image),
    step: training.steps,
    clean: rows("clean"),
    triggered: rows("triggered"),
  };
}

function snapshotOf({ adapter: recordedOn, report }: Recording, result: DigitResult) {
  const { adapter, data, recipe, training } = result;
  return {
    adapter,
    data: { set: { name: data.name, train: training.images, test: report.images }, download: null },
    loading: null,
    run: null,
    subject: {
      kind: "showcase",
      recipe,
      id: 0,
      step: training.steps,
      version: 0,
      ready: true,
      recordedOn,
    },
    history: historyOf(result),
    refusal: null,
    keeps: false,
    owns: false,
    notices: [],
  } as const;
}

/** How the shipped BadNet came about. */
function historyOf(result: DigitResult): History<DigitPort> {
  const { recipe, training, curve: points, clean, attack, loss } = result;
  const { steps, triggeredCopies, shareOfFinalSet } = training;
  const stepsPerEpoch = Math.round(steps / recipe.epochs);
  const losses = new LossCurve(steps);
  losses.update(loss);
  const epoch = (step: number) => step / stepsPerEpoch;
  return {
    step: steps,
    totalSteps: steps,
    stepsPerEpoch,
    metrics: [losses.view()],
    details: {
      copies: triggeredCopies,
      shareOfFinalSet,
      points: points.map((point) => ({ ...point, epoch: epoch(point.step) })),
      measured: { step: steps, epoch: recipe.epochs, clean, attack },
    },
  };
}
