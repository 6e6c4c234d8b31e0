/** The page's engine before, or without, a GPU: answers from the recording of the shipped BadNet. */
import { UserError } from "../../errors.ts";
import { digitNet } from "../../models/digit-net.ts";
import type { DigitResult } from "./result.ts";
import { decodeModel, type Model } from "../../files/model-file.ts";
import type { Laboratory, Look, RunView, Sample, Snapshot } from "./port.ts";
import { layerWeights } from "./layer-weights.ts";
import { LossCurve } from "../../engine/loss-curve.ts";
import { decodeRecording, type Recording } from "./recording.ts";

export class RecordedClient {
  /** The run that made the shipped BadNet, as it ended. */
  readonly run: RunView;
  readonly lab: Laboratory;

  private constructor(
    readonly recording: Recording,
    private readonly result: DigitResult,
    private readonly model: Model,
  ) {
    this.run = viewResult(result, recording);
    this.lab = this.laboratory();
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
    return new RecordedClient(
      decodeRecording(recording, "recording.safetensors"),
      JSON.parse(new TextDecoder().decode(result)) as DigitResult,
      decodeModel(digitNet, model, "model.safetensors").model,
    );
  }

  get snapshot(): Snapshot {
    const { result, recording } = this;
    const { training, adapter, recipe } = result;
    return {
      adapter,
      data: { name: result.data.name, train: training.images, test: recording.report.images },
      download: null,
      run: this.run,
      subject: {
        kind: "showcase",
        attack: recipe.attack,
        id: 0,
        step: training.steps,
        version: 0,
        recordedOn: recording.adapter,
      },
      refusal: null,
      notices: [],
    };
  }

  get samples(): Sample[] {
    return this.recording.looks.map(({ image, label, pixels }) => ({
      image,
      label: label!,
      pixels: Uint8Array.from(pixels.clean, (value) => Math.round(255 * value)),
    }));
  }

  private laboratory(): Laboratory {
    const { recording, model } = this;
    const needs = (what: string) =>
      Promise.reject(new UserError(`${what} needs WebGPU: this is a recording.`));
    const find = (image: number): Look => {
      const look = recording.looks.find((one) => one.image === image);
      if (!look) throw new UserError("Only ten digits were recorded: others need WebGPU.");
      return look;
    };
    return {
      look: async (image) => await Promise.resolve(find(image)),
      draw: async () => await needs("A drawn digit"),
      weights: async (what) => {
        if (what === "gradients") return [];
        return await Promise.resolve(layerWeights(model.parameters));
      },
      neurons: async (label) =>
        label === null
          ? await Promise.resolve(recording.report)
          : await needs("A measurement on one class"),
      scale: async () => await needs("Changing neurons"),
      measureScaled: async () => await needs("Changing neurons"),
      ablationCurve: async () => await needs("Switching neurons off"),
      predictions: async () => await Promise.resolve(recording.predictions),
      images: async () => await needs("Looking at more images"),
      cancel: async () => await Promise.resolve(),
      tensor: async () => await needs("Stepping"),
    };
  }
}

/** A finished run's result as a view of it. */
function viewResult(result: DigitResult, { looks }: Recording): RunView {
  const { recipe, training, curve: points, clean, attack, loss } = result;
  const stepsPerEpoch = Math.round(training.steps / recipe.epochs);
  const curve = new LossCurve(training.steps);
  curve.update(loss);
  const epoch = (step: number) => step / stepsPerEpoch;
  const rows = (side: "clean" | "triggered") =>
    Float32Array.from(looks.flatMap(({ probabilities }) => [...probabilities[side]]));
  return {
    phase: "finished",
    recipe,
    stepsPerEpoch,
    totalSteps: training.steps,
    copies: training.triggeredCopies,
    shareOfFinalSet: training.shareOfFinalSet,
    step: training.steps,
    progress: null,
    loss: curve.view(),
    points: points.map((point) => ({ ...point, epoch: epoch(point.step) })),
    measured: { step: training.steps, epoch: recipe.epochs, clean, attack },
    gallery: {
      picks: looks.map(({ image }) => image),
      step: training.steps,
      clean: rows("clean"),
      triggered: rows("triggered"),
    },
    keptStep: null,
    rewindable: [],
    pace: null,
    stepping: null,
    failure: null,
  };
}
