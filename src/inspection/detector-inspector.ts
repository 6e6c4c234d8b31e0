/** Looks at detectors: one of its own beside the one that trains, with any parameters. */
import type { Picture } from "../data/picture.ts";
import type { Sticker } from "../data/sticker.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { mipLevels, SIGN_SIZE } from "../data/sign-atlas.ts";
import { unfedPixels } from "../layers/scene.ts";
import { inputSide } from "../models/detector-presets.ts";
import { describeDetector } from "../models/detector-parameters.ts";
import type { Tiling } from "../layers/tiling.ts";
import type { Detection, Judged } from "../training/detection.ts";
import type { DetectorPlan } from "../training/detector-plan.ts";
import { DetectorTrainer, type FeatureMaps } from "../training/detector-trainer.ts";
import { detectInTiles, tilesOf, type Tile } from "../training/tiles.ts";
import { loadParameters, type ParameterSource } from "../training/parameter-values.ts";
import { NeuronScaler } from "./neuron-scaler.ts";
import { checkNeurons, type NeuronScale } from "./neurons.ts";
import { channelsAtSigns, type SignResponse } from "./sticker-channels.ts";

/** A picture as the detector sees it, with its signs and what was found, in pixels of the input. */
export interface SeenPicture extends Judged {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** In place of a reader's own sticker that nobody has given. */
const blank = mipLevels(new Uint8Array(4 * SIGN_SIZE ** 2));

export class DetectorInspector {
  private constructor(
    private readonly detector: DetectorTrainer,
    private readonly scaler: NeuronScaler,
  ) {}

  /** Compiles a detector that only detects. @throws GpuError when the adapter has too little memory */
  static async build(gpu: Gpu, plan: DetectorPlan, tiling?: Tiling): Promise<DetectorInspector> {
    // The reader may give another sticker at any time.
    const own = { ...plan, ownSticker: plan.ownSticker ?? blank };
    const detector = await DetectorTrainer.build(gpu, own, { tiling, learns: false });
    const scaler = await NeuronScaler.build(gpu, [lastLayerOf(plan)], detector.parameters);
    return new DetectorInspector(detector, scaler);
  }

  get gpu(): Gpu {
    return this.detector.gpu;
  }

  /** All is compiled when it is built. */
  async warmUp(): Promise<void> {}

  /** Takes over the parameters that the next questions are about. */
  load(source: ParameterSource): void {
    loadParameters(this.gpu, this.detector.parameters, source);
  }

  /** The backbone's last convolution, whose channels may be scaled. */
  get lastLayer(): string {
    return lastLayerOf(this.detector.plan);
  }

  /**
   * Scales channels of the backbone's last layer, on top of what is scaled since the parameters were taken over.
   * @throws RangeError as checkNeurons does
   */
  scale(scaled: readonly NeuronScale[]): void {
    const { preset, classes } = this.detector.plan;
    const { lastLayer } = this;
    checkNeurons(
      describeDetector(preset, classes + 1).filter(({ label }) => label === `${lastLayer}.w`),
      scaled,
    );
    this.scaler.scale(scaled);
  }

  /** See DetectorTrainer. */
  wear(sticker: Sticker, source: number | null, own: Uint8Array<ArrayBuffer> | null = null): void {
    this.detector.wear(sticker, source, own);
  }

  /** See DetectorTrainer. */
  async detect(entries: readonly number[], between?: (done: number) => boolean): Promise<Judged[]> {
    return await this.detector.detect(entries, between);
  }

  /** Unseen scenes, or plain photographs of the plan, with what is found in them. */
  async see(entries: readonly number[]): Promise<SeenPicture[]> {
    const { detector } = this;
    const { height, width, mean, gain } = detector.plan.preset;
    const { images } = detector.detector;
    const seen: SeenPicture[] = [];
    for (let first = 0; first < entries.length; first += images) {
      const judged = await detector.detect(entries.slice(first, first + images));
      const pictures = await detector.readPictures();
      for (const [i, one] of judged.entries()) {
        const pixels = unfedPixels(pictures[i], mean, gain);
        seen.push({ width, height, pixels, ...one });
      }
    }
    return seen;
  }

  /** See channelsAtSigns. */
  async channelsAtSigns(
    entries: readonly number[],
    source: number | null,
    between: (done: number) => void,
  ): Promise<SignResponse[]> {
    return await channelsAtSigns(this.detector, entries, source, between);
  }

  /** A picture, and what every layer makes of it. */
  async maps(entry: number): Promise<{ picture: SeenPicture; layers: FeatureMaps[] }> {
    const [picture] = await this.see([entry]);
    return { picture, layers: await this.detector.readMaps(0) };
  }

  /** The squares in which a photograph is read at so much detail: see tilesOf. */
  tilesOf(picture: Picture, detail: number): Tile[] {
    return tilesOf(picture, inputSide(this.detector.plan.preset), detail);
  }

  /** Finds signs in tiles of a photograph. @returns them in its own pixels, best first */
  async detectIn(
    picture: Picture,
    tiles: readonly Tile[],
    between?: (done: number) => void,
  ): Promise<Detection[]> {
    return await detectInTiles(this.detector, picture, tiles, between);
  }
}

const lastLayerOf = ({ preset }: DetectorPlan): string =>
  preset.backbone.findLast(({ kind }) => kind === "conv")!.label;
