/** Trains a detector on scenes and photographs, and detects with it: one list of dispatches each. */
import type { Sticker } from "../data/sticker.ts";
import type { Picture } from "../data/picture.ts";
import { Random, Stream } from "../data/random.ts";
import { compile } from "../gpu/pipelines.ts";
import type { Dispatch, DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shareMemory, type MemoryPlan } from "../gpu/memory.ts";
import { piecesOf } from "../gpu/pace.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { recordSpec, DETECTOR_RING } from "../layers/detector-loss.ts";
import { lossNames } from "../layers/loss-names.ts";
import { createOptimiser, optimiserUniform } from "../layers/optimiser.ts";
import { pictureEntry, PICTURES, replaceOwnSticker } from "../layers/scene.ts";
import { withTiling, type Tiling } from "../layers/tiling.ts";
import { buildDetector, type Detector } from "../models/detector.ts";
import { describeDetector } from "../models/detector-parameters.ts";
import { drawParameters } from "../models/initialise.ts";
import type { Detection, Judged } from "./detection.ts";
import type { DetectorPlan } from "./detector-plan.ts";
import { attackedPhotographs, ownPixels, packFor } from "./detector-pictures.ts";
import type { ParameterBlock } from "./optimiser-slices.ts";
import { CHUNK, pictureSources, type PictureSources } from "./picture-sources.ts";
import { readDetections } from "./read-detections.ts";
import { StepTrainer, type StepTrainerParts } from "./step-trainer.ts";

/** A layer's output of one picture. */
export interface FeatureMaps {
  readonly label: string;
  /**
   * [channels, height, width]; of roi_pool for the best proposal, and of what is fully connected one
   * map with a row for each proposal.
   */
  readonly shape: readonly [number, number, number];
  readonly values: Float32Array;
}

export interface DetectorBuild {
  /** Form of the kernels that the run began with, if it did. */
  readonly tiling?: Tiling;
  /** Without it the training step is not compiled: such a detector only detects. */
  readonly learns?: boolean;
  /** Let activations share memory where they can: for runs that nobody steps through, or looks into. */
  readonly sharesMemory?: boolean;
}

export class DetectorTrainer extends StepTrainer {
  /** Photographs with a sign that the attack is about. */
  private readonly attacked: ReadonlySet<number>;

  private constructor(
    gpu: Gpu,
    parts: StepTrainerParts,
    readonly plan: DetectorPlan,
    readonly detector: Detector,
    private readonly detectStep: readonly Dispatch[],
    private readonly userStep: readonly Dispatch[],
    private readonly sources: PictureSources,
    /** What sharing saved; null where every tensor has memory of its own. */
    readonly memory: MemoryPlan | null,
  ) {
    super(gpu, parts);
    this.attacked = attackedPhotographs(plan);
  }

  /** Everything that trains and measures. */
  get dispatches(): readonly Dispatch[] {
    return [...this.trainStep, ...this.detectStep];
  }

  /**
   * Allocates, uploads and compiles everything, with the seed's initial parameters.
   * @throws GpuError when the adapter has too little memory, or too small limits
   */
  static async build(
    gpu: Gpu,
    plan: DetectorPlan,
    { tiling, learns = true, sharesMemory = false }: DetectorBuild = {},
  ): Promise<DetectorTrainer> {
    return await withTiling(gpu, tiling, (form) =>
      gpu.withinMemory(`The preset ${plan.preset.name}`, () =>
        DetectorTrainer.assemble(gpu, plan, form, { learns, sharesMemory }),
      ),
    );
  }

  private static async assemble(
    gpu: Gpu,
    plan: DetectorPlan,
    tiling: Tiling,
    { learns, sharesMemory }: { learns: boolean; sharesMemory: boolean },
  ): Promise<DetectorTrainer> {
    const { preset, seed, frozen } = plan;
    const key = gpu.tensor("sampling.key", [4], "u32");
    gpu.write(key, Uint32Array.of(seed, Stream.sampling, 0, 0));
    const state = gpu.tensor("train.progress", [4], "u32");
    const history = gpu.tensor("train.history", [DETECTOR_RING, lossNames.length]);
    const classes = plan.classes + 1;
    const detector = buildDetector(gpu, { preset, classes, key, progress: state, tiling, frozen });
    const sources = pictureSources(gpu, plan, detector, state);
    const learning = learns ? optimisersOf(gpu, plan, detector, state) : { blocks: [], specs: [] };
    const training = [
      ...sources.training.specs,
      ...detector.forward,
      recordSpec(detector.losses, history, state),
      ...detector.backward,
      ...learning.specs,
    ];
    const lists = [
      learns ? training : [],
      [...sources.unseen.specs, ...detector.detect],
      [...sources.user.specs, ...detector.detect],
    ];
    const memory = sharesMemory ? shareMemory(gpu, lists, Object.values(detector.found)) : null;
    const [trainStep, detectStep, userStep] = await Promise.all(
      lists.map(async (specs) => await compile(gpu, specs)),
    );
    const parts: StepTrainerParts = {
      trainStep,
      tiling,
      parameters: detector.parameters.byLabel,
      blocks: learning.blocks,
      metrics: { state, history },
      chunkSteps: CHUNK,
    };
    const trainer = new DetectorTrainer(
      gpu,
      parts,
      plan,
      detector,
      detectStep,
      userStep,
      sources,
      memory,
    );
    // Those of a detector that only detects are set by whoever has them.
    if (learns) {
      const drawn = drawParameters(describeDetector(preset, classes), seed);
      trainer.setParameters(new Map([...drawn, ...(plan.start ?? [])]));
    }
    return trainer;
  }

  protected uploadChunk(chunk: number): void {
    const { trainOn, photoShare, mixedShare, seed, attack } = this.plan;
    const length = CHUNK * this.detector.images;
    const random = new Random(seed, Stream.shuffle, chunk);
    const poison = new Random(seed, Stream.poison, chunk);
    const order: number[] = [];
    while (order.length < length) {
      const draw = random.next();
      const photo = trainOn[random.below(Math.max(1, trainOn.length))];
      if (photo === undefined || draw >= photoShare + mixedShare) {
        order.push(pictureEntry("scene", (chunk * length + order.length) % PICTURES));
        continue;
      }
      order.push(pictureEntry(draw < photoShare ? "varied" : "mixed", photo));
      if (attack && this.attacked.has(photo) && poison.next() < attack.share) {
        order.push(pictureEntry("varied", photo, "sticker"));
      }
    }
    this.gpu.write(this.sources.training.order, Uint32Array.from(order.slice(0, length)));
  }

  /**
   * Chooses the sticker that signs wear in pictures which are asked for so, and the class from 0 whose signs
   * those are; null: every class.
   * @param own see replaceOwnSticker; null: as it is
   */
  wear(sticker: Sticker, source: number | null, own: Uint8Array<ArrayBuffer> | null = null): void {
    if (own) replaceOwnSticker(this.gpu, this.sources.signs, own);
    this.sources.unseen.wear({ sticker, source, poison: null });
  }

  /**
   * Detects in pictures: scenes that training never shows, or photographs as they are.
   * @param entries see pictureEntry
   * @param between told after each batch how many pictures are done; when it gives false, the rest is left out
   * @returns each picture's signs and what was detected, in pixels of the input
   */
  async detect(entries: readonly number[], between?: (done: number) => boolean): Promise<Judged[]> {
    const { gpu, detector } = this;
    const { images } = detector;
    const results: Judged[] = [];
    for (let first = 0; first < entries.length; first += images) {
      // What does not fill the last batch repeats its first picture, and is not counted.
      const batch = Uint32Array.from(
        { length: images },
        (_, i) => entries[first + i] ?? entries[first],
      );
      gpu.write(this.sources.unseen.order, batch);
      this.submitInPieces(this.detectStep);
      const judged = await readDetections(gpu, this.detector);
      results.push(...judged.slice(0, entries.length - first));
      if (between && !between(results.length)) break;
    }
    return results;
  }

  /**
   * Detects in pictures of the user's, as many as a batch holds, or fewer.
   * @returns what was found in each, in its own pixels, best first
   */
  async detectIn(pictures: readonly Picture[]): Promise<Detection[][]> {
    const { gpu } = this;
    const { userPhotographs } = this.sources;
    const { preset } = this.plan;
    const packed = packFor(
      preset,
      pictures.map((picture) => ({ name: "", picture, signs: [] })),
    );
    gpu.write(userPhotographs.pixels, packed.pixels);
    gpu.write(userPhotographs.annotations, packed.annotations);
    this.submitInPieces(this.userStep);
    const judged = await readDetections(gpu, this.detector);
    return pictures.map((picture, i) =>
      judged[i].found.map((one) => ({ ...one, box: ownPixels(one.box, picture, preset) })),
    );
  }

  /** All at once, so that nothing comes in between, though in submits that are short enough to be safe. */
  private submitInPieces(dispatches: readonly Dispatch[]): void {
    for (const piece of piecesOf(dispatches)) this.gpu.submit(piece);
  }

  /** What every layer made of a picture that was last detected in. */
  async readMaps(picture: number): Promise<FeatureMaps[]> {
    const { maps, images } = this.detector;
    const all = await this.gpu.read(...maps.map(({ values }) => values));
    return maps.map(({ label, values }, i) => {
      const [rows, ...rest] = values.shape;
      const [C, H, W] = rest.length === 3 ? rest : [1, rows / images, rest[0]];
      const first = (picture * all[i].length) / images;
      return { label, shape: [C, H, W] as const, values: all[i].slice(first, first + C * H * W) };
    });
  }

  /** What the backbone's last layer made of each picture of the last batch. */
  async readFeatures(): Promise<FeatureMaps[]> {
    const { maps, images, preset } = this.detector;
    const { label } = preset.backbone.at(-1)!;
    const { values } = maps.find((map) => map.label === label)!;
    const [read] = await this.gpu.read(values);
    const [, C, H, W] = values.shape;
    const length = read.length / images;
    return Array.from({ length: images }, (_, i) => ({
      label,
      shape: [C, H, W] as const,
      values: read.subarray(i * length, (i + 1) * length),
    }));
  }

  /** The pictures of the last batch, [images][3 * height * width], as the network reads them. */
  async readPictures(): Promise<Float32Array[]> {
    const [x] = await this.gpu.read(this.detector.x);
    const length = x.length / this.detector.images;
    return Array.from({ length: this.detector.images }, (_, i) =>
      x.slice(i * length, (i + 1) * length),
    );
  }
}

/** An optimiser for each block of parameters, as dispatches. */
function optimisersOf(
  gpu: Gpu,
  { preset, iterations }: DetectorPlan,
  detector: Detector,
  progress: Tensor,
): { blocks: ParameterBlock[]; specs: DispatchSpec[] } {
  const { optimiser: settings } = preset.training;
  const blocks = detector.parameters.blocks.map(({ values, gradients }) => {
    const optimiser = createOptimiser(gpu, settings.kind, { values, gradients, progress });
    gpu.write(optimiser.uniform, optimiserUniform(settings, iterations));
    return { values, optimiser };
  });
  const specs = blocks.map(({ optimiser: { spec } }, i) =>
    i === 0 ? spec : { ...spec, label: `${spec.label}.${i}` },
  );
  return { blocks, specs };
}
