/** The sign study's engine: holds the device, the artwork and the detector on view, and runs training. */
import type { NamedBytes } from "../data/digits.ts";
import { fitInto, type Picture } from "../data/picture.ts";
import type { SignAtlas, SignSet } from "../data/sign-atlas.ts";
import { UserError } from "../errors.ts";
import type { Profile } from "../gpu/profile.ts";
import { lossNames } from "../layers/detector-loss.ts";
import { unfedPixels } from "../layers/scene.ts";
import { describeDetector } from "../models/detector-parameters.ts";
import { presets } from "../models/detector-presets.ts";
import { fetchAtlas } from "../studies/signs/atlas-file.ts";
import type { PackedSets } from "../studies/signs/photographs.ts";
import { classNames, parseSignRecipe, type SignRecipe } from "../studies/signs/recipe.ts";
import { planSigns, unseenScenes } from "../studies/signs/plan.ts";
import type { SignResult } from "../studies/signs/result.ts";
import { decodeDetector, encodeDetector, type DetectorFile } from "../files/detector-file.ts";
import type { DetectorState } from "../training/detector-run.ts";
import { DetectorTrainer, type DetectorPlan } from "../training/detector-trainer.ts";
import { decodePicture } from "../studies/signs/decode-picture.ts";
import type { StepUnit, TaskProgress, TensorView } from "../studies/port.ts";
import { LossCurve } from "./loss-curve.ts";
import { SignCollection } from "../studies/signs/collection.ts";
import { SignJob } from "./sign-job.ts";
import type {
  MapsView,
  PhotoSummary,
  PictureView,
  ScorePoint,
  SignHistory,
  SignSnapshot,
  SignSubject,
} from "../studies/signs/port.ts";
import { signSources } from "../studies/signs/sources.ts";
import { SignViewer } from "./sign-viewer.ts";
import { readTensor } from "./step-view.ts";
import { StudyEngine } from "./study-engine.ts";

/** Longest side of a photograph that is shown. */
const MOST_SIDE = 1280;

/** A detector that is looked at without a run. */
interface Model {
  readonly kind: "showcase" | "file";
  readonly recipe: SignRecipe;
  readonly state: DetectorState;
  readonly history: SignHistory;
}

export class SignEngine extends StudyEngine<SignSnapshot> {
  private atlas: Promise<SignAtlas> | null = null;
  private loading: string | null = null;
  private model: Model | null = null;
  private readonly viewer = new SignViewer(
    () => this.job,
    () => this.buildViewer(),
  );
  protected job: SignJob | null = null;
  private importing: AbortController | null = null;
  private collection: SignCollection | null = null;
  /** Hashes of the photographs that the detector on view was trained on; null: not known. */
  private seen: readonly bigint[] | null = null;

  /** @param entry navigator.gpu */
  constructor(entry: GPU | undefined) {
    super(entry, "badnets-lab-sign-checkpoints");
  }

  protected deviceLost(): void {
    this.viewer.forget();
    this.looksDifferent();
  }

  /**
   * Goes on with the kept run.
   * @returns its recipe
   */
  async resumeKept(): Promise<SignRecipe> {
    return await this.take({ name: "the kept run", bytes: await this.readKept() });
  }

  private async keep(job: SignJob, { step }: DetectorState): Promise<void> {
    const keeper = await this.keeper;
    // A run's first state is no loss, and would take the place of one that is.
    if (!keeper?.owns || step === 0 || job !== this.job) return;
    const { recipe, iterations } = job.view();
    const names = classNames(recipe.set).join(", ");
    const meta = {
      step,
      totalSteps: iterations,
      recipe,
      title: `detector of ${names}`,
      dataName: "scenes",
      dataSha256: recipe.photographs ?? "",
    };
    await keeper.save(meta, this.file(true));
  }

  /** Fetches the artwork, and puts the detector that ships with the app on view. */
  async load(base: string): Promise<void> {
    this.setLoading("Fetching the artwork of the signs");
    try {
      this.atlas = fetchAtlas(base);
      await this.atlas;
      const [detector, result] = await Promise.all(
        ["detector.safetensors", "detector.json"].map(async (name) => {
          const response = await fetch(new URL(`showcase/${name}`, base));
          if (response.ok) return response;
          throw new UserError("The detector that ships with the app is missing: build it anew.");
        }),
      );
      const bytes = new Uint8Array(await detector.arrayBuffer());
      // Written by this project's own command line, and shipped with the app.
      const { step, scores } = (await result.json()) as SignResult;
      if (!this.job && !this.model) {
        this.show({ name: "detector.safetensors", bytes }, "showcase", [
          { step, ...scores["scenes"], photographs: null },
        ]);
      }
    } finally {
      this.setLoading(null);
    }
  }

  /**
   * Takes a detector's file: with an optimiser's state the run goes on from it, else it is on view.
   * @returns its recipe
   */
  async take(file: NamedBytes): Promise<SignRecipe> {
    const { recipe, state, seen } = this.read(file);
    if (state.optimiser.size === 0) return this.show(file, "file");
    if (recipe.photographs !== null) {
      const own = (await this.collection?.pack(recipe))?.sha256;
      if (own !== recipe.photographs) {
        this.notify("Open the photographs that it was trained on first, to go on from there.");
        return this.show(file, "file");
      }
    }
    await this.begin(recipe, { state, seen }, false);
    return recipe;
  }

  private read({ name, bytes }: NamedBytes): DetectorFile & { recipe: SignRecipe } {
    const file = decodeDetector(bytes, name, (stored) => {
      const { preset, set } = parseSignRecipe(stored);
      return describeDetector(presets[preset], classNames(set).length + 1);
    });
    return { ...file, recipe: parseSignRecipe(file.recipe) };
  }

  /** @param points what is known of how well it does */
  private show(
    file: NamedBytes,
    kind: Model["kind"],
    points: readonly ScorePoint[] = [],
  ): SignRecipe {
    this.assertIdle("open the detector again");
    const { recipe, state, seen } = this.read(file);
    this.leave();
    this.seen = seen;
    const { step } = state;
    const { iterations } = recipe;
    const losses = lossNames.map((_, slot) => {
      const curve = new LossCurve(iterations);
      curve.update([...state.metrics[slot]]);
      return curve.view();
    });
    this.model = { kind, recipe, state, history: { step, iterations, losses, points } };
    this.looksDifferent();
    return recipe;
  }

  /** Starts a run; resolves when it is under way. */
  async start(recipe: unknown, how: { paused?: boolean } = {}): Promise<void> {
    await this.begin(parseSignRecipe(recipe), null, how.paused ?? false);
  }

  private async begin(
    recipe: SignRecipe,
    resumeFrom: Pick<DetectorFile, "state" | "seen"> | null,
    paused: boolean,
  ): Promise<void> {
    this.assertIdle("start again");
    const { plan, packed } = await this.planOf(recipe);
    this.assertIdle("start again");
    this.leave();
    this.seen = resumeFrom ? resumeFrom.seen : (packed?.seen ?? []);
    const job = new SignJob({
      recipe: { ...recipe, photographs: packed?.sha256 ?? null },
      tests: [...(packed?.tests.values() ?? [])].flat(),
      plan,
      open: async () => (await this.device.get()).scope(),
      resumeFrom: resumeFrom?.state ?? null,
      onChange: () => this.changed(),
      onNotice: (text) => this.notify(text),
      onState: (state) => {
        void this.keep(job, state);
        this.changed();
      },
      onLook: async (trainer) => {
        await this.viewer.answer(trainer);
        this.looksDifferent();
      },
      paused,
    });
    this.job = job;
    this.looksDifferent();
    void job.perform().then(async () => {
      // What was asked after its last rest.
      await this.viewer.answer(job.trainer);
      this.looksDifferent();
    });
  }

  /** The plan of a run, with the reader's photographs where the recipe has a share for them. */
  private async planOf(
    recipe: SignRecipe,
  ): Promise<{ plan: DetectorPlan; packed: PackedSets | null }> {
    const atlas = await this.artwork();
    if (!this.collection || recipe.photoShare + recipe.mixedShare === 0) {
      const plan = planSigns({ ...recipe, photographs: null }, atlas, null, []);
      return { plan, packed: null };
    }
    const packed = await this.collection.pack(recipe);
    const { sha256 } = packed;
    const plan = planSigns(
      { ...recipe, photographs: sha256 },
      atlas,
      packed.packed,
      packed.trainOn,
    );
    return { plan, packed };
  }

  /** Reads photographs to train on, in place of any before: a zip file, or a folder's files by their paths. */
  async importPhotos(
    files: readonly NamedBytes[],
    tell: (progress: TaskProgress) => void,
  ): Promise<void> {
    this.importing?.abort();
    const importing = (this.importing = new AbortController());
    this.collection = await SignCollection.read(files, tell, importing.signal);
  }

  cancelImport(): void {
    this.importing?.abort();
  }

  forgetPhotos(): void {
    this.collection = null;
  }

  /** Takes a name of the label files for a class, from 0; null leaves its boxes out. */
  setClass(name: string, label: number | null): void {
    this.collection?.setClass(name, label);
  }

  /** What the photographs are with the classes of a set. */
  photoSummary(set: SignSet, seed: number): PhotoSummary | null {
    return this.collection?.summary(set, seed) ?? null;
  }

  /** Some of the photographs that measure, with their boxes and what the detector finds. */
  async photoPreviews(set: SignSet, seed: number, count: number): Promise<PictureView[]> {
    const photographs = this.collection?.previews(set, seed, count) ?? [];
    return await this.viewer.ask(false, async (trainer) => {
      const views: PictureView[] = [];
      for (const photograph of photographs) {
        const { width, height, data } = photograph.picture;
        views.push({
          width,
          height,
          pixels: new Uint8ClampedArray(data),
          truth: photograph.signs,
          found: await trainer.detectIn(photograph),
          step: trainer.step,
        });
      }
      return views;
    });
  }

  private async artwork(): Promise<SignAtlas> {
    if (!this.atlas)
      throw new UserError("The artwork of the signs is not there yet: wait a moment.");
    return await this.atlas;
  }

  pause(): void {
    this.job?.pause();
  }

  async resume(): Promise<void> {
    const { job } = this;
    await this.viewer.answered();
    job?.resume();
  }

  stop(): void {
    this.job?.stop();
  }

  async step(unit: StepUnit): Promise<void> {
    const { job } = this;
    if (!job) throw new UserError("There is no run to step through yet: start one first.");
    await this.viewer.answered();
    await job.step(unit);
  }

  /**
   * Unseen scenes from number `first` on, with what the detector on view finds in them.
   * @param soon the reader waits for them: a run that goes on rests at once
   */
  async scenes(first: number, count: number, soon: boolean): Promise<PictureView[]> {
    return await this.viewer.ask(soon, async (trainer) => {
      const { images } = trainer.detector;
      const views: PictureView[] = [];
      for (let i = first; i < first + count; i += images) {
        views.push(...(await seeScenes(trainer, i, Math.min(images, first + count - i))));
      }
      return views;
    });
  }

  /**
   * A photograph of the reader's, reduced where it is large.
   * @throws UserError for what is no picture, too large or damaged
   */
  async photograph({ name, bytes }: NamedBytes): Promise<Picture> {
    return fitInto(await decodePicture(bytes, name, ["JPEG", "PNG", "WebP"]), MOST_SIDE);
  }

  /** Finds signs in a picture of the reader's. @returns them in its own pixels, best first */
  async detect(picture: Picture): Promise<Pick<PictureView, "found" | "step">> {
    return await this.viewer.ask(false, async (trainer) => ({
      found: await trainer.detectIn({ name: "", picture, signs: [] }),
      step: trainer.step,
    }));
  }

  /** An unseen scene, and what every layer makes of it. */
  async maps(scene: number, soon: boolean): Promise<{ picture: PictureView; layers: MapsView[] }> {
    return await this.viewer.ask(soon, async (trainer) => {
      const [picture] = await seeScenes(trainer, scene, 1);
      return { picture, layers: await trainer.readMaps(0) };
    });
  }

  /** A tensor of the training step. */
  async tensor(label: string): Promise<TensorView> {
    const trainer = this.job?.trainer;
    if (!trainer) throw new UserError("There is no training step to look into yet.");
    return await readTensor(trainer.gpu, trainer.trainStep, label);
  }

  /** A detector that only detects, with the parameters on view. */
  private async buildViewer(): Promise<DetectorTrainer> {
    const { model, job } = this;
    const recipe = job?.state ? job.view().recipe : model?.recipe;
    const state = job?.state ?? model?.state;
    if (!recipe || !state) throw new UserError("There is no detector to look with yet.");
    this.setLoading("Compiling the detector");
    try {
      const scope = (await this.device.get()).scope();
      const plan = planSigns({ ...recipe, photographs: null }, await this.artwork(), null, []);
      const { tiling } = state;
      const trainer = await DetectorTrainer.build(scope, plan, { tiling, learns: false });
      trainer.setParameters(state.parameters);
      trainer.step = state.step;
      return trainer;
    } finally {
      this.setLoading(null);
    }
  }

  /**
   * Times every kernel of a training step of this recipe, on a trainer of its own.
   * @throws UserError while a run goes on, which would spoil the figures
   */
  async profile(recipe: unknown, tell: (progress: TaskProgress) => void): Promise<Profile> {
    return await this.profileOn(async () => {
      const parsed = parseSignRecipe(recipe);
      const plan = planSigns(parsed, await this.artwork(), null, []);
      return {
        title: `signs, ${parsed.preset}, ${plan.preset.training.images} pictures`,
        build: async (scope) => await DetectorTrainer.build(scope, plan),
      };
    }, tell);
  }

  /** The WGSL of every shader by name. */
  shaderSources(): ReadonlyMap<string, string> {
    return signSources;
  }

  /** The detector as a safetensors file. @param whole with what it takes to go on training */
  file(whole: boolean): Uint8Array<ArrayBuffer> {
    const { job, model } = this;
    const recipe = job ? job.view().recipe : model?.recipe;
    const state = job?.state ?? model?.state;
    if (!recipe || !state) {
      throw new UserError("There is no detector to save yet: let it train for a moment.");
    }
    const described = describeDetector(presets[recipe.preset], classNames(recipe.set).length + 1);
    return encodeDetector(described, recipe, state, whole, this.seen);
  }

  /** Losses of every step, and the scores, as CSV. */
  curves(): string {
    const { job } = this;
    if (!job) throw new UserError("There are no curves yet: start a run first.");
    return job.csv();
  }

  private leave(): void {
    const { job } = this;
    // Not before it has answered what it was asked.
    void this.viewer.answered().then(() => job?.close());
    this.job = null;
    this.model = null;
    this.viewer.leave();
  }

  private subject(): SignSubject | null {
    const { job, model, version } = this;
    if (job) {
      const { recipe, step } = job.view();
      return { kind: "run", recipe, classes: classNames(recipe.set), step, version };
    }
    if (!model) return null;
    const { kind, recipe, state } = model;
    return { kind, recipe, classes: classNames(recipe.set), step: state.step, version };
  }

  protected snapshot(): SignSnapshot {
    return {
      adapter: this.device.adapter!,
      loading: this.loading,
      subject: this.subject(),
      history: this.job?.history() ?? this.model?.history ?? null,
      run: this.job?.view() ?? null,
      refusal: this.device.refusal,
      notices: this.notices,
    };
  }

  private setLoading(text: string | null): void {
    this.loading = text;
    this.changed();
  }
}

/** Detects in as many unseen scenes as the detector takes at a time, or fewer. */
async function seeScenes(
  trainer: DetectorTrainer,
  first: number,
  count: number,
): Promise<PictureView[]> {
  const { height, width, mean, gain } = trainer.plan.preset;
  const judged = await trainer.detect(unseenScenes(first + count).slice(first));
  const pictures = await trainer.readPictures();
  return judged.map((seen, i) => ({
    width,
    height,
    pixels: unfedPixels(pictures[i], mean, gain),
    ...seen,
    step: trainer.step,
  }));
}
