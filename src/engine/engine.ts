/** The engine: holds the device, the data and the run, takes commands and tells what it looks like. */
import { fetchMnist, type DownloadProgress } from "../data/fetch-mnist.ts";
import { readDigitData, type DigitData, type NamedBytes } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Profile } from "../gpu/profile.ts";
import { triggerMask, triggerPresets } from "../backdoor/trigger.ts";
import { Inspector } from "../inspection/inspector.ts";
import { uploadImages } from "../layers/batch.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../models/digit-net.ts";
import { digitForm, planDigits } from "../studies/digits/plan.ts";
import { parseDigitRecipe, type DigitRecipe } from "../studies/digits/recipe.ts";
import type { DigitResult } from "../studies/digits/result.ts";
import { decodeCheckpoint } from "../files/checkpoint.ts";
import { decodeModel, encodeModel, MODEL_FORMAT, type Model } from "../files/model-file.ts";
import type { Evaluation } from "../training/evaluator.ts";
import type { RunState } from "../training/run.ts";
import { readSafetensors } from "../files/safetensors.ts";
import { Trainer } from "../training/trainer.ts";
import { samplesOf } from "../studies/digits/gallery.ts";
import { Job } from "./job.ts";
import type { Laboratory, Subject, Sample, Snapshot } from "../studies/digits/port.ts";
import { type StepUnit, type TaskProgress, isActive } from "../studies/port.ts";
import { LiveLaboratory, type NetworkOnView } from "../studies/digits/live-laboratory.ts";
import { Reproducer } from "../studies/digits/paper/reproducer.ts";
import { sources } from "../studies/digits/sources.ts";
import { StudyEngine } from "./study-engine.ts";

export class Engine extends StudyEngine<Snapshot> {
  /** A network that is looked at without a run. */
  private model: { kind: "showcase" | "file"; recipe: DigitRecipe; model: Model } | null = null;
  private laboratory: Promise<LiveLaboratory> | null = null;
  /** Whether a laboratory could answer. */
  private lookable = false;
  private laboratories = 0;
  private data: DigitData | null = null;
  /** URL of the app's folder. */
  private base = "";
  private loading: Promise<void> | null = null;
  private download: DownloadProgress | null = null;
  /** What the training set lies on the device for, besides runs. */
  private uploaded: Gpu | null = null;
  protected job: Job | null = null;

  /** Runs the tables and figures of the paper. */
  readonly paper = new Reproducer({
    open: async () => (await this.device.get()).scope(),
    data: async () => await this.dataForRun(),
    assertIdle: () => this.assertIdle("run this part of the paper"),
    base: () => this.base,
    onNotice: (text) => this.notify(text),
  });

  /** @param entry navigator.gpu */
  constructor(entry: GPU | undefined) {
    super(entry, "badnets-lab-checkpoints");
  }

  protected deviceLost(): void {
    // A run tells of it and goes on by itself.
    if (!this.job || !isActive(this.job.phase)) this.renewLaboratory();
  }

  /**
   * Goes on with the kept run.
   * @returns its recipe
   */
  async resumeKept(): Promise<DigitRecipe> {
    return await this.startFrom({ name: "the kept run", bytes: await this.readKept() });
  }

  /**
   * Times every kernel of a training step of this recipe, on a trainer of its own.
   * @throws UserError while a run goes on, which would spoil the figures
   */
  async profile(recipe: unknown, tell: (progress: TaskProgress) => void): Promise<Profile> {
    return await this.profileOn(async () => {
      const parsed = parseDigitRecipe(recipe);
      const plan = planDigits(parsed, await this.dataForRun());
      return {
        title: `digits, batch ${parsed.batch}, ${parsed.optimiser.kind}`,
        build: async (scope) => await Trainer.build(scope, plan),
      };
    }, tell);
  }

  /** The WGSL of every shader by name. */
  shaderSources(): ReadonlyMap<string, string> {
    return sources;
  }

  /**
   * Compiles what a run of this recipe will need, before it is started.
   * @param recipe anything; what is no recipe is not prepared for
   */
  async prepare(recipe: unknown): Promise<void> {
    try {
      const form = digitForm(parseDigitRecipe(recipe));
      await Trainer.warmUp(await this.device.get(), form);
      // Then what the first question about all test images would have to wait for.
      await (await this.laboratory)?.warmUp();
    } catch {
      // What is wrong shows when the run is started.
    }
  }

  /**
   * Fetches MNIST; runs that are started meanwhile wait for it.
   * @param base URL of the app's folder
   */
  async load(base: string): Promise<void> {
    this.base = base;
    this.loading = (async () => {
      try {
        const data = await fetchMnist(base, (progress) => {
          this.download = progress;
          this.changed();
        });
        // Data of the reader's own may have come first, and stays.
        if (!this.data) this.useData(data);
      } finally {
        this.download = null;
        this.loading = null;
        this.changed();
      }
    })();
    await this.loading;
  }

  /** Replaces the data by four idx files. When they are not in order, everything stays as it was. */
  async loadFiles(files: readonly NamedBytes[]): Promise<void> {
    this.assertIdle("drop the files again");
    const data = await readDigitData(files);
    this.assertIdle("drop the files again");
    this.useData(data);
  }

  /**
   * Starts a run; resolves when it is under way.
   * @param how paused: begin with a pause, to be stepped from its first kernel; restart: in place of a
   *   run that goes on, which ends there
   */
  async start(recipe: unknown, how: { paused?: boolean; restart?: boolean } = {}): Promise<void> {
    if (!how.restart) this.assertIdle("start again");
    const parsed = parseDigitRecipe(recipe);
    const data = await this.dataForRun();
    if (!how.restart) this.assertIdle("start again");
    else {
      // What cannot be run is refused while the run that goes on is still there.
      planDigits(parsed, data);
      await this.abandon();
    }
    this.begin({ recipe: parsed, data, resumeFrom: null, paused: how.paused });
  }

  /**
   * Takes a safetensors file: goes on from a checkpoint, or puts a model on view.
   * @returns its recipe
   */
  async take(file: NamedBytes): Promise<DigitRecipe> {
    const { metadata } = readSafetensors(file.bytes, file.name);
    return metadata["format"] === MODEL_FORMAT
      ? this.show(file, "file")
      : await this.startFrom(file);
  }

  /** Puts a model on view. */
  private show({ name, bytes }: NamedBytes, kind: "showcase" | "file"): DigitRecipe {
    this.assertIdle("drop the model again");
    const { recipe, model } = decodeModel(digitNet, bytes, name);
    const parsed = parseDigitRecipe(recipe);
    this.job?.close();
    this.job = null;
    this.model = { kind, recipe: parsed, model };
    this.renewLaboratory();
    return parsed;
  }

  /** Puts the BadNet that ships with the app on view, unless there is something else already. */
  async showcase(base: string): Promise<void> {
    const response = await fetch(new URL("showcase/model.safetensors", base));
    if (!response.ok)
      throw new UserError("The BadNet that ships with the app could not be loaded.");
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!this.job && !this.model) this.show({ name: "model.safetensors", bytes }, "showcase");
  }

  private async startFrom({ name, bytes }: NamedBytes): Promise<DigitRecipe> {
    this.assertIdle("drop the checkpoint again");
    const { recipe, state, metadata } = decodeCheckpoint(digitNet, bytes, name);
    const parsed = parseDigitRecipe(recipe);
    const data = await this.dataForRun();
    this.assertIdle("drop the checkpoint again");
    if (metadata["dataSha256"] !== data.sha256) {
      throw new UserError(
        `${name} was trained on other data (${metadata["data"] ?? "unknown"}) than what is loaded ` +
          `(${data.name}): drop that data's four files first, then the checkpoint.`,
      );
    }
    this.begin({ recipe: parsed, data, resumeFrom: state });
    return parsed;
  }

  /** Goes back to a kept state of the run, and rests there. @throws UserError when none is kept */
  async rewind(step: number): Promise<void> {
    const { job, data } = this;
    const state = job?.past.get(step) ?? null;
    if (!job || !data || (step > 0 && !state)) {
      throw new UserError(`No state of step ${step} is kept to go back to.`);
    }
    const { recipe } = job;
    await this.abandon();
    this.begin({ recipe, data, resumeFrom: state, past: job.past, paused: true });
  }

  /** Goes one unit of the run on, and rests. */
  async step(unit: StepUnit): Promise<void> {
    if (!this.job) throw new UserError("There is no run to step through yet: start one first.");
    await this.job.step(unit);
    this.looksDifferent();
  }

  /** Slows the run down to so many steps a second; null: as fast as it goes. */
  setPace(stepsPerSecond: number | null): void {
    if (this.job) this.job.pace = stepsPerSecond;
  }

  /** What the views ask of the network on view. */
  get lab(): Laboratory {
    const live = async () => {
      if (!this.laboratory) throw new UserError("There is no network to look at yet.");
      return await this.laboratory;
    };
    return {
      look: async (image) => await (await live()).look(image),
      draw: async (pixels) => await (await live()).draw(pixels),
      weights: async (what) => await (await live()).weights(what),
      neurons: async (label, tell) => await (await live()).neurons(label, tell),
      scale: async (neurons) => await (await live()).scale(neurons),
      measureScaled: async (tell) => await (await live()).measureScaled(tell),
      ablationCurve: async (ranking, tell) => await (await live()).ablationCurve(ranking, tell),
      predictions: async (tell) => await (await live()).predictions(tell),
      images: async (numbers) => await (await live()).images(numbers),
      cancel: async () => await (await live()).cancel(),
      tensor: async (label) => await (await live()).tensor(label),
    };
  }

  pause(): void {
    this.job?.pause();
  }

  resume(): void {
    this.job?.resume();
  }

  /** Ends the run; what it has learned is measured and kept. */
  stop(): void {
    this.job?.stop();
  }

  /** The network on view as a safetensors file, without what only training needs. */
  async modelFile(): Promise<Uint8Array<ArrayBuffer>> {
    const recipe = this.onView;
    if (!recipe) throw new UserError("There is no network to save yet.");
    const step = this.job?.steps ?? this.model!.model.step;
    const parameters = new Map(await this.networkOnView().parameters());
    return encodeModel(
      digitNet,
      recipe,
      { parameters, step },
      { adapter: JSON.stringify(this.device.adapter) },
    );
  }

  /** The latest state as a safetensors file. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    return this.started().checkpoint();
  }

  /** The result, as the command line writes it. */
  async result(): Promise<DigitResult> {
    return await this.started().result();
  }

  /** The curves as CSV. */
  curves(): string {
    return this.started().curves();
  }

  /** The first test digits of every class, for the gallery. */
  samples(): Sample[] {
    return this.data ? samplesOf(this.data.test) : [];
  }

  /** Frees what the last run has on the device; one that was begun a moment ago ends first. */
  private leave(): void {
    const { job } = this;
    if (job && isActive(job.phase)) void job.abandon().then(() => job.close());
    else job?.close();
  }

  /** Ends the run that goes on, and any that was begun in its place meanwhile. */
  private async abandon(): Promise<void> {
    while (this.job && isActive(this.job.phase)) await this.job.abandon();
  }

  private begin(course: {
    recipe: DigitRecipe;
    data: DigitData;
    resumeFrom: RunState<Evaluation> | null;
    past?: ReadonlyMap<number, RunState<Evaluation>>;
    paused?: boolean;
  }): void {
    const { recipe, data, resumeFrom } = course;
    const plan = planDigits(recipe, data);
    if (resumeFrom && resumeFrom.step > plan.totalSteps) {
      throw new UserError(
        `The checkpoint stands at step ${resumeFrom.step}, but its recipe has only ${plan.totalSteps}.`,
      );
    }
    this.leave();
    const job = new Job({
      ...course,
      plan,
      open: async () => (await this.device.get()).scope(),
      onChange: () => this.looksDifferent(),
      onNotice: (text) => {
        this.notify(text);
        // The inspection was on the same device.
        this.renewLaboratory();
      },
      onKeep: (state) => void this.keep(job, state),
    });
    this.job = job;
    this.renewLaboratory();
    void job.perform();
  }

  private async keep(job: Job, { step }: RunState<Evaluation>): Promise<void> {
    const keeper = await this.keeper;
    const { data } = this;
    // A run's first state is no loss, and would take the place of one that is.
    if (!keeper?.owns || !data || step === 0) return;
    const { recipe, totalSteps } = job;
    const title = recipe.attack ? `${recipe.attack.trigger.name} BadNet` : "honest network";
    const meta = { step, totalSteps, recipe, title, dataName: data.name, dataSha256: data.sha256 };
    await keeper.save(meta, job.checkpoint());
  }

  private useData(data: DigitData): void {
    this.data = data;
    void this.upload(data);
    this.renewLaboratory();
  }

  /** Puts the training set on the device at once, so that no run's first step has to wait for it. */
  private async upload({ train }: DigitData): Promise<void> {
    this.uploaded?.destroy();
    this.uploaded = null;
    // What is wrong with the device, or with its memory, shows when a run is started, which tries again.
    const device = await this.device.get().catch(() => null);
    if (!device) return;
    const scope = device.scope();
    const upload = () => Promise.resolve(uploadImages(scope, "train", train, DIGIT_SIZE));
    const there = await scope.withinMemory("The training set", upload).catch(() => null);
    if (there && this.data?.train === train) this.uploaded = scope;
    else scope.destroy();
  }

  /** The recipe of the network on view. */
  private get onView(): DigitRecipe | null {
    return this.job?.recipe ?? this.model?.recipe ?? null;
  }

  /** Builds the inspection anew: for other data, another trigger, another device. */
  private renewLaboratory(): void {
    const { data, onView: recipe } = this;
    const before = this.laboratory;
    this.laboratories += 1;
    this.lookable = false;
    this.looksDifferent();
    if (!data || !recipe) return;
    // An honest network is shown the paper's pattern, which should leave it cold.
    const pixels = recipe.attack?.trigger.pixels ?? triggerPresets.pattern;
    const next = (async () => {
      await before?.then(async (old) => await old.close()).catch(() => undefined);
      const inspector = await Inspector.build((await this.device.get()).scope(), {
        network: digitNet,
        classes: DIGIT_CLASSES,
        test: data.test,
        trigger: triggerMask(pixels, DIGIT_SIZE),
      });
      return new LiveLaboratory(
        inspector,
        data,
        () => this.networkOnView(),
        () => this.version,
        () => this.looksDifferent(),
      );
    })();
    this.laboratory = next;
    next.then(
      () => {
        if (this.laboratory !== next) return;
        this.lookable = true;
        this.looksDifferent();
      },
      (error: unknown) => {
        if (this.laboratory === next)
          this.notify(error instanceof Error ? error.message : String(error));
      },
    );
  }

  private networkOnView(): NetworkOnView {
    const { job, model } = this;
    if (job) return job.network;
    if (!model) throw new UserError("There is no network to look at yet.");
    return {
      policy: model.recipe.attack?.policy ?? null,
      parameters: () => Promise.resolve(model.model.parameters),
      gradients: () => null,
      tensor: () => Promise.reject(new UserError("There is no training step to look into yet.")),
    };
  }

  private async dataForRun(): Promise<DigitData> {
    // A download that failed is tried once more.
    if (!this.data) await (this.loading ?? this.load(this.base));
    if (!this.data) throw new UserError("There is no data to train on: drop four idx files first.");
    return this.data;
  }

  protected override assertIdle(then: string): void {
    if (this.paper.running) {
      throw new UserError(`A part of the paper is running: pause it first, then ${then}.`);
    }
    super.assertIdle(then);
  }

  private started(): Job {
    if (!this.job) throw new UserError("There is no run to save yet: start one first.");
    return this.job;
  }

  private subject(): Subject | null {
    const { job, model, version, lookable } = this;
    const recipe = this.onView;
    if (!recipe || !lookable) return null;
    const step = job ? job.steps : model!.model.step;
    return {
      kind: job ? "run" : model!.kind,
      attack: recipe.attack,
      id: this.laboratories,
      step,
      version,
      recordedOn: null,
    };
  }

  protected snapshot(): Snapshot {
    const { data, download, job, notices } = this;
    const { adapter, refusal } = this.device;
    return {
      adapter: adapter!,
      data: data && { name: data.name, train: data.train.count, test: data.test.count },
      download,
      run: job?.view() ?? null,
      subject: this.subject(),
      refusal,
      notices,
    };
  }
}
