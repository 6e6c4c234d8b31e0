/** The network on view, the run's or one from a file, and what looks at it beside the training. */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { History, Subject } from "../studies/port.ts";
import type { Standing, Stored, Study, StudyTypes, View } from "../studies/study.ts";
import { Cancelled, TaskQueue } from "../studies/task-queue.ts";
import type { ParameterSource } from "../training/parameter-values.ts";
import type { Job } from "./job.ts";
import { LossCurve } from "../studies/loss-curve.ts";

/** What looks at networks, and the line of those who wait for it. */
interface Inspection<T extends StudyTypes> {
  readonly inspector: T["inspector"];
  readonly queue: TaskQueue;
}

export interface OnViewHooks {
  /** A scope of the device. */
  readonly scope: () => Promise<Gpu>;
  /** Settles when what the app ships with is there, or could not be had. */
  readonly shipped: () => Promise<unknown>;
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

export class OnView<T extends StudyTypes> {
  job: Job<T> | null = null;
  /** A network that is looked at without a run. */
  private stored: { readonly kind: "showcase" | "file"; readonly file: Stored<T> } | null = null;
  private past: History<T> | null = null;
  private inspection: Promise<Inspection<T>> | null = null;
  private ready = false;
  /** It could not be built; whoever asks hears why. */
  private failed = false;
  /** Larger than any of an engine that was begun before. */
  private id = Date.now();
  private version = 0;
  private versionKey = "";

  constructor(
    private readonly study: Study<T>,
    private readonly source: () => T["source"],
    private readonly hooks: OnViewHooks,
  ) {}

  get empty(): boolean {
    return this.job === null && this.stored === null;
  }

  /** Puts a run on view, in place of what was there. */
  showRun(job: Job<T>): void {
    this.job = job;
    this.stored = this.past = null;
    this.renew();
  }

  /** Puts a network from a file on view, in place of what was there. */
  showFile(kind: "showcase" | "file", file: Stored<T>): void {
    this.job?.close();
    this.job = null;
    this.stored = { kind, file };
    this.past = pastOf(file);
    this.renew();
  }

  get recipe(): T["recipe"] | null {
    return this.job?.planned.recipe ?? this.stored?.file.recipe ?? null;
  }

  get origin(): T["origin"] | null {
    return this.job?.planned.origin ?? this.stored?.file.origin ?? null;
  }

  get step(): number {
    return this.job?.steps ?? this.stored?.file.step ?? 0;
  }

  /** Builds what looks at it anew: for another network, other data, or another device. */
  renew(): void {
    const before = this.inspection;
    this.id += 1;
    this.ready = this.failed = false;
    this.inspection = null;
    this.hooks.onChange();
    const { recipe } = this;
    if (!recipe || !this.source().ready) {
      void before?.then(close, () => undefined);
      return;
    }
    const next = this.build(recipe, before);
    this.inspection = next;
    next.then(
      () => {
        if (this.inspection !== next) return;
        this.ready = true;
        this.hooks.onChange();
      },
      (error: unknown) => {
        if (this.inspection !== next) return;
        this.failed = true;
        this.hooks.onError(error);
      },
    );
  }

  private async build(
    recipe: T["recipe"],
    before: Promise<Inspection<T>> | null,
  ): Promise<Inspection<T>> {
    await before?.then(close, () => undefined);
    const scope = await this.hooks.scope();
    try {
      const inspector = await this.study.inspect(scope, recipe, this.source(), this.origin);
      return { inspector, queue: new TaskQueue() };
    } catch (error) {
      scope.destroy();
      throw error;
    }
  }

  /** Something is being built that questions wait for. */
  get building(): boolean {
    return this.inspection !== null && !this.ready && !this.failed;
  }

  /** Compiles ahead of time what long questions need. */
  async warmUp(): Promise<void> {
    const { inspection } = this;
    if (!inspection) return;
    const { queue, inspector } = await inspection;
    const { signal } = new AbortController();
    await queue.do("warm-up", signal, async () => await inspector.warmUp());
  }

  /** The network as it stands, once there is one. @throws UserError where none is to come */
  async view(): Promise<View<T>> {
    if (!this.inspection) await this.hooks.shipped();
    const { noun } = this.study;
    const { recipe, origin, inspection } = this;
    if (!inspection || !recipe || !origin)
      throw new UserError(`There is no ${noun} to look at yet.`);
    const { inspector, queue } = await inspection;
    return {
      recipe,
      origin,
      file: this.stored?.file.name ?? null,
      inspector,
      queue,
      parameters: () => {
        // Others look meanwhile, and this inspector is about to go.
        if (this.inspection !== inspection) throw new Cancelled();
        return this.parameters();
      },
      gradients: async () => (await this.living?.read("gradients")) ?? null,
      step: this.step,
      version: this.currentVersion(),
    };
  }

  /** The network on the CPU. @throws UserError while there is none */
  async standing(): Promise<Standing<T>> {
    const { living, step, job, stored } = this;
    const from = this.parameters();
    const parameters = "values" in from ? from.values : await living!.read("values");
    return { parameters, step, state: job ? job.state : stored!.file.state };
  }

  private parameters(): ReturnType<ParameterSource> {
    const { known } = this;
    if (known) return known;
    const { noun } = this.study;
    throw new UserError(`There is no ${noun} to look at yet: let it train for a moment.`);
  }

  /** Null while a run is being built. */
  private get known(): ReturnType<ParameterSource> | null {
    const { living, job, stored } = this;
    if (living) return { tensors: living.parameters };
    // A lost device leaves what was saved.
    const values = job ? job.state?.parameters : stored?.file.parameters;
    return values ? { values } : null;
  }

  /** The run's trainer, while its device lives. */
  private get living(): T["trainer"] | null {
    const trainer = this.job?.trainer;
    return trainer && !trainer.gpu.lost ? trainer : null;
  }

  subject(): Subject<T> | null {
    const { job, stored, recipe, id, step } = this;
    if (!recipe) return null;
    const kind = job ? "run" : stored!.kind;
    const ready = this.ready && this.known !== null;
    const version = this.currentVersion();
    return { kind, recipe, id, step, version, ready, recordedOn: null };
  }

  history(): History<T> | null {
    return this.job?.history() ?? this.past;
  }

  /** Another number where the parameters, or their gradients, are others than when it was last asked for. */
  private currentVersion(): number {
    const { job, id, step } = this;
    const key = [id, step, job?.trainer?.cursor, job?.trainer != null, job?.state != null].join();
    if (key !== this.versionKey) this.version += 1;
    this.versionKey = key;
    return this.version;
  }
}

/** Ends all work with it and, once that has ended, frees what it has on the device. */
async function close({ inspector, queue }: Inspection<StudyTypes>): Promise<void> {
  await queue.close();
  inspector.gpu.destroy();
}

function pastOf<T extends StudyTypes>({ past, step }: Stored<T>): History<T> | null {
  if (!past) return null;
  const { totalSteps, stepsPerEpoch, metrics, details } = past;
  const bins = metrics.map((values) => {
    const curve = new LossCurve(totalSteps);
    curve.update(values);
    return curve.view();
  });
  return { step, totalSteps, stepsPerEpoch, metrics: bins, details };
}
