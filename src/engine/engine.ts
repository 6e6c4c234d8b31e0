/** The engine: holds a study's data, the device, the run and the network on view; takes commands, answers questions. */
import type { NamedBytes } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import { GpuError } from "../gpu/gpu-error.ts";
import { commonQuestions, type RunSubject } from "../studies/common-questions.ts";
import {
  isActive,
  isBusy,
  type Notice,
  type Opened,
  type Saved,
  type Saving,
  type Snapshot,
  type StartOptions,
  type StepUnit,
} from "../studies/port.ts";
import type { Questions } from "../studies/questions.ts";
import type { QuestionSubject, Study, StudyHost, StudyTypes } from "../studies/study.ts";
import { assertWanted } from "../studies/task-queue.ts";
import type { RunState } from "../training/run.ts";
import { CheckpointStore, type LastCheckpoint } from "./checkpoint-store.ts";
import { DeviceHolder } from "./device.ts";
import { Job, type JobOptions } from "./job.ts";
import { OnView } from "./on-view.ts";
import type { EngineCommands } from "./port.ts";
import { Publisher } from "./publisher.ts";
import { contentOf } from "./saving.ts";

/** Of the latest of them the page is told. */
const MOST_NOTICES = 5;

export class Engine<T extends StudyTypes> implements EngineCommands<T> {
  /** The device; runs and whoever looks each have a scope of it. */
  private readonly device: DeviceHolder;
  /** What the study's data may ask of this engine. */
  private readonly host: StudyHost;
  private readonly source: T["source"];
  private readonly onView: OnView<T>;
  /** Keeps automatic checkpoints; null where there is no place for them. */
  private store: Promise<CheckpointStore> | null = null;
  /** The browser has kept a state of a run in this engine's time. */
  private keeps = false;
  private owns = false;
  private notices: readonly Notice[] = [];
  private publisher: Publisher<Snapshot<T>> | null = null;
  /** URL of the app's folder. */
  private base = "";
  /** Settles when what the app ships with is there, or could not be had. */
  private shipped: Promise<unknown> = Promise.resolve();
  /** Long work that no run may disturb, in a clause; null: there is none. */
  private exclusive: string | null = null;
  private readonly questions: Questions;
  private readonly asked = new Map<number, AbortController>();

  /** @param entry navigator.gpu */
  constructor(
    entry: GPU | undefined,
    private readonly study: Study<T>,
  ) {
    this.device = new DeviceHolder(entry, {
      onError: (text) => this.notify(text),
      // A run tells of it and goes on by itself.
      onLost: (text) => this.active || this.recover(text),
      onRefused: () => this.changed(),
    });
    this.questions = { ...study.questions, ...commonQuestions };
    this.host = this.createHost();
    this.source = study.open(this.host);
    this.onView = new OnView(study, () => this.source, {
      scope: async () => (await this.device.get()).scope(),
      shipped: async () => await this.shipped,
      onChange: () => this.changed(),
      onError: (error) => this.notify(error instanceof Error ? error.message : String(error)),
    });
  }

  private createHost(): StudyHost {
    const base = () => this.base;
    return {
      get base() {
        return base();
      },
      scope: async () => (await this.device.get()).scope(),
      notify: (text) => this.notify(text),
      changed: () => this.changed(),
      renew: () => this.onView.renew(),
      assertIdle: (then) => this.assertIdle(then),
      exclusively: async (what, work) => {
        this.exclusive = what;
        try {
          return await work();
        } finally {
          this.exclusive = null;
        }
      },
    };
  }

  async open(onSnapshot: (snapshot: Snapshot<T>) => void | Promise<void>): Promise<Opened> {
    try {
      await this.device.open();
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      return { ok: false, problem: error.problem, message: error.message };
    }
    this.publisher = new Publisher(() => this.snapshot(), onSnapshot);
    if ("indexedDB" in globalThis) {
      const hooks = {
        onNotice: (text: string) => this.notify(text),
        onOwner: () => {
          this.owns = true;
          this.changed();
        },
      };
      this.store = CheckpointStore.open(hooks, this.study.store);
    }
    this.changed();
    return { ok: true };
  }

  async load(base: string): Promise<void> {
    this.base = base;
    const loading = [this.source.load(), this.showcase()];
    this.shipped = Promise.allSettled(loading);
    await Promise.all(loading);
  }

  private recover(text: string): void {
    if (this.exclusive === null) this.notify(`${text}; another one takes its place.`);
    this.onView.renew();
  }

  /** Puts the network that ships with the app on view, unless there is something else already. */
  private async showcase(): Promise<void> {
    const stored = await this.study.showcase(this.base);
    if (this.onView.empty) this.onView.showFile("showcase", stored);
  }

  async prepare(recipe: unknown): Promise<void> {
    try {
      const gpu = await this.device.get();
      await this.study.warmUp(gpu, this.study.parse(recipe), this.source);
      // Then what the first long question would have to wait for.
      await this.onView.warmUp();
    } catch {
      // What is wrong shows when the run is started.
    }
  }

  async start(recipe: unknown, { paused, restart }: StartOptions = {}): Promise<void> {
    if (!restart) this.assertIdle("start again");
    // What cannot be run is refused while a run that goes on is still there.
    const planned = await this.study.plan(this.study.parse(recipe), this.source);
    if (restart) return await this.replaceRun(planned, { paused });
    this.assertIdle("start again");
    this.notices = [];
    this.begin(planned, { paused });
  }

  async take(
    file: NamedBytes,
    { paused = false }: Pick<StartOptions, "paused"> = {},
  ): Promise<T["recipe"]> {
    const { study, source } = this;
    this.assertIdle("drop the file again");
    const stored = await study.read(file);
    const { recipe, state, resumable } = stored;
    const obstacle = resumable ? await study.obstacle(stored, source) : null;
    if (stored.notice) this.notify(stored.notice);
    if (resumable && obstacle === null) {
      const planned = await study.plan(recipe, source, stored);
      this.assertIdle("drop the file again");
      // One that has all its steps has but to be measured.
      const rests = paused && (state?.step ?? 0) < planned.task.totalSteps;
      this.begin(planned, { resumeFrom: state, paused: rests });
      return recipe;
    }
    this.assertIdle("drop the file again");
    if (obstacle) this.notify(obstacle);
    this.onView.showFile("file", stored);
    return recipe;
  }

  async showShipped(): Promise<T["recipe"]> {
    const stored = await this.study.showcase(this.base);
    // Nothing may come between the last look at what goes on and what takes its place.
    while (this.job && this.active) await this.job.abandon();
    this.assertIdle("show what ships with the page");
    this.notices = [];
    this.onView.showFile("showcase", stored);
    return stored.recipe;
  }

  async rewind(step: number): Promise<void> {
    const { job } = this;
    const state = job?.past.get(step) ?? null;
    if (!job || (step > 0 && !state)) {
      throw new UserError(`No state of step ${step} is kept to go back to.`);
    }
    await this.replaceRun(job.planned, { resumeFrom: state, past: job.past, paused: true });
  }

  async step(unit: StepUnit): Promise<void> {
    await this.running("step through").step(unit);
  }

  setPace(stepsPerSecond: number | null): void {
    this.job?.setPace(stepsPerSecond);
  }

  pause(): void {
    this.job?.pause();
  }

  resume(): void {
    this.job?.resume();
  }

  stop(): void {
    this.job?.stop();
  }

  async save(what: Saving): Promise<Saved> {
    const { study, onView } = this;
    return await contentOf(what, study, onView, () => this.running("save"));
  }

  async lastCheckpoint(): Promise<LastCheckpoint | null> {
    return (await (await this.store)?.latest()) ?? null;
  }

  async resumeCheckpoint(): Promise<T["recipe"]> {
    const last = await (await this.store)?.read();
    if (!last) throw new UserError("The kept run can't be read any more: start a new one.");
    return await this.take({ name: "the kept run", bytes: last.bytes });
  }

  async discardCheckpoint(): Promise<void> {
    await (await this.store)?.discard();
  }

  async ask(
    id: number,
    name: string,
    args: unknown,
    onProgress: (progress: unknown) => void,
  ): Promise<unknown> {
    const controller = new AbortController();
    const { signal } = controller;
    this.asked.set(id, controller);
    try {
      if (!Object.hasOwn(this.questions, name)) {
        throw new RangeError(`there is no question called ${name}`);
      }
      const answer = await this.questions[name](this.subject(), args, { onProgress, signal });
      assertWanted(signal);
      return answer;
    } finally {
      this.asked.delete(id);
    }
  }

  /** What every question is asked of. */
  private subject(): QuestionSubject<T> & RunSubject<T> {
    const { study, source, host, onView } = this;
    return {
      study,
      source,
      host,
      trainer: this.job?.trainer ?? null,
      view: async () => await onView.view(),
      assertStill: () => this.assertStill(),
    };
  }

  cancel(id: number): void {
    this.asked.get(id)?.abort();
  }

  private get job(): Job<T> | null {
    return this.onView.job;
  }

  /** A run goes on, or is paused. */
  private get active(): boolean {
    return this.job !== null && isActive(this.job.phase);
  }

  private running(then: string): Job<T> {
    if (!this.job) throw new UserError(`There is no run to ${then} yet: start one first.`);
    return this.job;
  }

  /** Begins in place of the run that goes on, and of any that was begun in its place meanwhile. */
  private async replaceRun(planned: T["planned"], course: Course<T>): Promise<void> {
    // Nothing may come between the last look at what goes on and the beginning.
    while (this.job && this.active) await this.job.abandon();
    this.begin(planned, course);
  }

  private begin(planned: T["planned"], course: Course<T>): void {
    const { totalSteps } = planned.task;
    const { resumeFrom = null } = course;
    if (resumeFrom && resumeFrom.step > totalSteps) {
      throw new UserError(
        `The checkpoint stands at step ${resumeFrom.step}, but its recipe has only ${totalSteps}.`,
      );
    }
    // What the last run has on the device is freed.
    this.job?.close();
    const job = new Job<T>({
      ...course,
      resumeFrom,
      planned,
      open: async () => (await this.device.get()).scope(),
      onChange: () => this.changed(),
      onNotice: (text) => this.notify(text),
      onState: (state) => void this.keep(job, state),
      onDevice: () => this.onView.renew(),
    });
    this.onView.showRun(job);
    void job.perform();
  }

  private async keep(job: Job<T>, state: RunState<T["evaluation"]>): Promise<void> {
    const store = await this.store;
    // A run's first state is no loss, and would take the place of one that is.
    if (!store?.owns || state.step === 0 || job !== this.job) return;
    const { recipe, task, data } = job.planned;
    const { step } = state;
    const { totalSteps } = task;
    const title = this.study.title(recipe);
    const meta = { step, totalSteps, recipe, title, dataName: data.name, dataSha256: data.sha256 };
    const bytes = await this.study.checkpoint(job.savable, state);
    // A later state, or another run, may have come meanwhile, and is not to be followed by this one.
    if (job !== this.job || job.state !== state) return;
    if ((await store.save(meta, bytes)) !== "kept") return;
    this.keeps = true;
    this.changed();
  }

  /** @throws UserError while a run goes on that would spoil figures */
  private assertStill(): void {
    if (this.job && isBusy(this.job.phase)) {
      throw new UserError("A run is going on and would spoil the figures: pause it first.");
    }
  }

  /** @throws UserError while there is a run, that goes on or is paused, or other long work */
  private assertIdle(then: string): void {
    if (this.exclusive) throw new UserError(`${this.exclusive}, then ${then}.`);
    if (this.active) {
      throw new UserError(`A run is going on and stays as it is: stop it first, then ${then}.`);
    }
  }

  private notify(text: string): void {
    // Larger than any of an engine before.
    const id = (this.notices.at(-1)?.id ?? Date.now()) + 1;
    this.notices = [...this.notices.slice(1 - MOST_NOTICES), { id, text }];
    this.changed();
  }

  private changed(): void {
    this.publisher?.schedule();
  }

  private snapshot(): Snapshot<T> {
    const { source, onView, job, keeps, owns, notices, study } = this;
    const { adapter, refusal } = this.device;
    return {
      adapter: adapter!,
      data: source.view(),
      loading: source.loading ?? (onView.building ? `Compiling the ${study.noun}` : null),
      run: job?.view() ?? null,
      subject: onView.subject(),
      history: onView.history(),
      refusal,
      keeps,
      owns,
      notices,
    };
  }
}

/** How a run begins. */
type Course<T extends StudyTypes> = Partial<Pick<JobOptions<T>, "resumeFrom" | "past" | "paused">>;
