/**
 * A sweep: trains, measures and examines one instance after the other, on one device, and keeps each as
 * soon as it is finished. Killed at any moment, it goes on with what is not finished yet.
 */
import { UserError } from "../../errors.ts";
import { withoutDigest } from "../../files/own-file.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { madeWith } from "../../training/made-with.ts";
import { parametersSha256, type ParameterValues } from "../../training/parameter-values.ts";
import { Run, type Progress, type RunState } from "../../training/run.ts";
import type { Maker, Making } from "./maker.ts";
import type { InstanceOf, ReproductionTypes } from "./reproduction.ts";
import type { SweepStore } from "./sweep-store.ts";

export interface SweepProgress {
  readonly instance: { readonly id: string; readonly title: string };
  /** Instances finished of this sweep, and all of them. */
  readonly finished: number;
  readonly instances: number;
  /** Of the instance, while it trains. */
  readonly run: Progress | null;
  /** Of its measuring and the examination of its neurons behind that, 0 to 1, while they go on. */
  readonly examined: number | null;
  /** Estimate for the whole rest; null before anything was measured. */
  readonly secondsLeft: number | null;
}

export interface SweepHooks<T extends ReproductionTypes> {
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onFinished?: (instance: InstanceOf<T>, file: T["file"]) => void;
  readonly onNotice?: (text: string) => void;
}

export class Sweep<T extends ReproductionTypes> {
  private root: Gpu | null = null;
  private run: Run<T["trainer"], T["evaluation"]> | null = null;
  private stopping = false;
  private finished = 0;
  /** Work done, and seconds that all of it took. */
  private readonly spent = { work: 0, seconds: 0 };
  private readonly models = new Map<string, ParameterValues>();

  constructor(
    private readonly open: () => Promise<Gpu>,
    private readonly maker: Maker<T>,
    readonly instances: readonly InstanceOf<T>[],
    private readonly store: SweepStore<T>,
    private readonly hooks: SweepHooks<T> = {},
  ) {}

  /** Ends the sweep soon; what the instance under way has come to is kept. */
  stop(): void {
    this.stopping = true;
    this.run?.stop();
  }

  /** Runs what is not finished yet. @returns whether all instances are finished now */
  async all(): Promise<boolean> {
    const open: InstanceOf<T>[] = [];
    for (const instance of this.instances) {
      if (await this.store.finished(instance)) this.finished += 1;
      else open.push(instance);
    }
    try {
      for (const [i, instance] of open.entries()) {
        if (this.stopping) return false;
        const file = await this.make(instance, open.slice(i + 1));
        if (!file) return false;
        this.finished += 1;
        this.hooks.onFinished?.(instance, file);
      }
      return true;
    } finally {
      this.root?.destroy();
    }
  }

  /** The device, with the data on it, which outlives the instances. */
  private async device(): Promise<Gpu> {
    if (!this.root || this.root.lost) {
      this.root = await this.open();
      this.maker.upload(this.root);
    }
    return this.root;
  }

  /** Trains, measures, examines and keeps one instance; null when it was stopped on the way. */
  private async make(
    instance: InstanceOf<T>,
    behind: readonly InstanceOf<T>[],
  ): Promise<T["file"] | null> {
    const begun = performance.now();
    const { id, from } = instance;
    const start = from === null ? null : await this.parameters(from);
    const making = await this.maker.plan(instance, start);
    const saved = await this.checkpoint(id, making);
    const work = this.workOf(instance);
    const done = (step: number) => (work * step) / making.task.totalSteps;
    const first = done(saved?.step ?? 0);
    const onProgress = (run: Progress | null, examined: number | null) => {
      const place = { first, now: run ? done(run.step) : work, work };
      const secondsLeft = this.secondsLeft(place, behind, begun);
      const { finished, instances } = this;
      const progress = { instance, finished, instances: instances.length, run, examined };
      this.hooks.onProgress?.({ ...progress, secondsLeft });
    };
    const scope = async () => (await this.device()).scope();
    this.run = new Run(
      scope,
      making.task,
      {
        onProgress: (progress) => onProgress(progress, null),
        onNotice: (text) => this.hooks.onNotice?.(text),
        onState: async (now) => await this.store.saveCheckpoint(id, await making.encode(now)),
      },
      saved,
    );
    if (this.stopping) return null;
    const { finished, state, trainer } = await this.run.run();
    const made = await madeWith(trainer);
    trainer.gpu.destroy();
    if (!finished) return null;
    const between = (share: number) => {
      onProgress(null, share);
      return !this.stopping;
    };
    const file = await making.finish(state, made, { scope, between });
    if (!file) return null;
    if (instance.kept) await this.store.saveModel(id, await making.model(state, made));
    await this.store.finish(file);
    await this.store.dropCheckpoint(id);
    this.spent.work += work - first;
    this.spent.seconds += (performance.now() - begun) / 1000;
    return file;
  }

  private workOf({ recipe }: InstanceOf<T>): number {
    return this.maker.reproduction.work(recipe);
  }

  /**
   * What the instance under way and those behind it will still take.
   * @param place where it began now, where it is, and all of its work
   * @param begun when, as performance.now() has it
   */
  private secondsLeft(
    { first, now, work }: Readonly<Record<"first" | "now" | "work", number>>,
    behind: readonly InstanceOf<T>[],
    begun: number,
  ): number | null {
    const seconds = this.spent.seconds + (performance.now() - begun) / 1000;
    const each = seconds / (this.spent.work + now - first);
    const rest = behind.reduce((sum, one) => sum + this.workOf(one), work - now);
    return Number.isFinite(each) ? rest * each : null;
  }

  /** The state that the instance goes on from; null where it begins, or where its checkpoint is of no use. */
  private async checkpoint(
    id: string,
    making: Making<T>,
  ): Promise<RunState<T["evaluation"]> | null> {
    const bytes = await this.store.checkpoint(id);
    if (!bytes) return null;
    try {
      const name = `the checkpoint of ${id}`;
      const read = await making.decode(bytes, name);
      if (read?.verified === false) this.hooks.onNotice?.(withoutDigest(name));
      return read && read.state;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.hooks.onNotice?.(`${error.message} That network begins again.`);
      return null;
    }
  }

  /** The parameters of a finished instance. */
  private async parameters(instance: InstanceOf<T>): Promise<ParameterValues> {
    const { id } = instance;
    let parameters = this.models.get(id);
    if (!parameters) {
      const bytes = await this.store.model(id);
      if (!bytes) {
        throw new UserError(
          `The parameters of ${id} are missing, which others begin with: give the folder that has them with --from, ` +
            "or remove that instance to train it again.",
        );
      }
      parameters = await this.maker.readModel(bytes, `the model of ${id}`);
      const file = await this.store.finished(instance);
      if (file && file.result.parametersSha256 !== (await parametersSha256(parameters))) {
        throw new UserError(
          `The model of ${id} does not hold the parameters that its instance ended with: put the right file in its ` +
            "place, or remove both to train that instance again.",
        );
      }
      this.models.set(id, parameters);
    }
    return parameters;
  }
}
