/**
 * A sweep: trains, measures and examines one instance after the other, on one device, and keeps each as
 * soon as it is finished. Killed at any moment, it goes on with what is not finished yet.
 */
import { targetOf } from "../../../backdoor/attack.ts";
import type { DigitData } from "../../../data/digits.ts";
import { TRIGGERED } from "../../../data/order.ts";
import { UserError } from "../../../errors.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { Inspector } from "../../../inspection/inspector.ts";
import { uploadImages } from "../../../layers/batch.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../../models/digit-net.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../files/checkpoint.ts";
import { withoutDigest } from "../../../files/own-file.ts";
import { decodeModel, encodeModel } from "../../../files/model-file.ts";
import type { Evaluation } from "../../../training/evaluator.ts";
import { Run, type Progress, type RunState } from "../../../training/run.ts";
import type { Trainer } from "../../../training/trainer.ts";
import type { ParameterValues } from "../../../training/parameter-values.ts";
import { examine, type Evidence } from "./evidence.ts";
import type { Instance } from "./instances.ts";
import { madeWith } from "../../../training/made-with.ts";
import { digitResult } from "../result.ts";
import { parametersSha256 } from "../../../training/parameter-values.ts";
import { parseDigitRecipe, type DigitRecipe } from "../recipe.ts";
import { digitTask, planDigits, type DigitPlan } from "../plan.ts";
import { instanceFile, recipeFrom, type InstanceFile } from "./instance-file.ts";

/** Where a sweep keeps what it makes: a folder, or a browser's storage. All is written whole or not at all. */
export interface SweepStore {
  /** A finished instance, already checked to be of this recipe; null: not finished. */
  finished(instance: Instance): Promise<InstanceFile | null>;
  finish(file: InstanceFile): Promise<void>;
  /** A safetensors file; null: there is none. */
  model(id: string): Promise<Uint8Array | null>;
  saveModel(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The place that an unfinished instance has come to; null: nowhere yet. */
  checkpoint(id: string): Promise<Uint8Array | null>;
  saveCheckpoint(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Called for an instance that is finished. */
  dropCheckpoint(id: string): Promise<void>;
}

export interface SweepProgress {
  readonly instance: Instance;
  /** Instances finished of this sweep, and all of them. */
  readonly finished: number;
  readonly instances: number;
  /** Of the instance, while it trains. */
  readonly run: Progress | null;
  /** Of the examination of its neurons, 0 to 1, while that goes on. */
  readonly examined: number | null;
  /** Estimate for the whole rest; null before anything was measured. */
  readonly secondsLeft: number | null;
}

export interface SweepHooks {
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onFinished?: (instance: Instance, file: InstanceFile) => void;
  readonly onNotice?: (text: string) => void;
}

export class Sweep {
  private root: Gpu | null = null;
  private run: Run<Trainer, Evaluation> | null = null;
  private stopping = false;
  private finished = 0;
  /** Images trained, and seconds that all of their instances took. */
  private readonly spent = { images: 0, seconds: 0 };
  private readonly models = new Map<string, ParameterValues>();

  constructor(
    private readonly open: () => Promise<Gpu>,
    private readonly data: DigitData,
    readonly instances: readonly Instance[],
    private readonly store: SweepStore,
    private readonly hooks: SweepHooks = {},
  ) {}

  /** Ends the sweep soon; what the instance under way has come to is kept. */
  stop(): void {
    this.stopping = true;
    this.run?.stop();
  }

  /** Runs what is not finished yet. @returns whether all instances are finished now */
  async all(): Promise<boolean> {
    const open: Instance[] = [];
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
      uploadImages(this.root, "train", this.data.train, DIGIT_SIZE);
      uploadImages(this.root, "test", this.data.test, DIGIT_SIZE);
    }
    return this.root;
  }

  /** Trains, measures, examines and keeps one instance; null when it was stopped on the way. */
  private async make(
    instance: Instance,
    behind: readonly Instance[],
  ): Promise<InstanceFile | null> {
    const begun = performance.now();
    const { id, from } = instance;
    const start = from === null ? null : await this.parameters(from);
    const recipe = recipeFrom(instance, start && (await parametersSha256(start)));
    const state = await this.checkpoint(id, recipe);
    const plan = this.planOf(recipe, start);
    const first = state?.step ?? 0;
    const onProgress = (run: Progress | null, examined: number | null) => {
      const secondsLeft = this.secondsLeft(plan, first, run, behind, begun);
      const { finished, instances } = this;
      const progress = { instance, finished, instances: instances.length, run, examined };
      this.hooks.onProgress?.({ ...progress, secondsLeft });
    };
    this.run = new Run(
      async () => (await this.device()).scope(),
      digitTask(plan),
      {
        onProgress: (progress) => onProgress(progress, null),
        onNotice: (text) => this.hooks.onNotice?.(text),
        onState: async (now) =>
          await this.store.saveCheckpoint(id, await encodeCheckpoint(digitNet, recipe, now)),
      },
      state,
    );
    if (this.stopping) return null;
    const outcome = await this.run.run();
    const { gpu } = outcome.trainer;
    const made = await madeWith(outcome.trainer);
    gpu.destroy();
    if (!outcome.finished) return null;
    const result = await digitResult(recipe, plan, this.data, made, outcome.state);
    let evidence: Evidence | null = null;
    if (instance.examined && recipe.attack) {
      evidence = await this.evidence(instance, outcome.state, (done) => onProgress(null, done));
      if (!evidence) return null;
    }
    if (instance.kept) {
      const adapter = JSON.stringify(gpu.adapter);
      const model = await encodeModel(digitNet, recipe, outcome.state, {
        adapter,
        data: this.data.name,
      });
      await this.store.saveModel(id, model);
    }
    const file = instanceFile(instance, result, evidence);
    await this.store.finish(file);
    await this.store.dropCheckpoint(id);
    this.spent.images += (plan.totalSteps - first) * plan.batch;
    this.spent.seconds += (performance.now() - begun) / 1000;
    return file;
  }

  /**
   * What the instance under way and those behind it will still take.
   * @param first step that it began with, now
   * @param run null: it is trained
   * @param begun when, as performance.now() has it
   */
  private secondsLeft(
    plan: DigitPlan,
    first: number,
    run: Progress | null,
    behind: readonly Instance[],
    begun: number,
  ): number | null {
    const step = run?.step ?? plan.totalSteps;
    const trained = (step - first) * plan.batch;
    const seconds = this.spent.seconds + (performance.now() - begun) / 1000;
    const perImage = seconds / (this.spent.images + trained);
    const own = (plan.totalSteps - step) * plan.batch;
    const images = behind.reduce(
      (sum, { recipe }) => sum + recipe.epochs * this.data.train.count,
      own,
    );
    return Number.isFinite(perImage) ? images * perImage : null;
  }

  /** No probes on the way, and triggered images of the attacked digits only, as they are what counts. */
  private planOf(recipe: DigitRecipe, start: ParameterValues | null): DigitPlan {
    const plan = planDigits(recipe, this.data, start);
    const { triggered } = plan.evaluation;
    const { labels } = this.data.test;
    const attacked = (entry: number) => {
      const label = labels[(entry & ~TRIGGERED) >>> 0];
      return targetOf(recipe.attack!.policy, label, DIGIT_CLASSES) !== null;
    };
    return {
      ...plan,
      probeEvery: Infinity,
      evaluation: { ...plan.evaluation, triggered: triggered && triggered.filter(attacked) },
    };
  }

  /** The state that the instance goes on from; null where it begins, or where its checkpoint is of no use. */
  private async checkpoint(id: string, recipe: DigitRecipe): Promise<RunState<Evaluation> | null> {
    const bytes = await this.store.checkpoint(id);
    if (!bytes) return null;
    try {
      const name = `the checkpoint of ${id}`;
      const { recipe: own, state, verified } = await decodeCheckpoint(digitNet, bytes, name);
      if (!verified) this.hooks.onNotice?.(withoutDigest(name));
      return JSON.stringify(parseDigitRecipe(own)) === JSON.stringify(recipe) ? state : null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.hooks.onNotice?.(`${error.message} That network begins again.`);
      return null;
    }
  }

  private async evidence(
    { recipe }: Instance,
    { parameters, tiling }: RunState<Evaluation>,
    onProgress: (done: number) => void,
  ): Promise<Evidence | null> {
    const gpu = (await this.device()).scope();
    try {
      const { test } = this.data;
      const { trigger } = planDigits(recipe, this.data);
      const options = { network: digitNet, classes: DIGIT_CLASSES, test, trigger, tiling };
      const inspector = await Inspector.build(gpu, options);
      return await examine(inspector, parameters, recipe.attack!.policy, (done) => {
        onProgress(done);
        return !this.stopping;
      });
    } finally {
      gpu.destroy();
    }
  }

  /** The parameters of a finished instance. */
  private async parameters(instance: Instance): Promise<ParameterValues> {
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
      const { model } = await decodeModel(digitNet, bytes, `the model of ${id}`);
      ({ parameters } = model);
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
