/** The engine: holds the device, the data and the run, takes commands and tells what it looks like. */
import { fetchMnist, type Progress } from "../data/fetch-mnist.ts";
import { readDigitData, type DigitData, type NamedBytes } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import { Gpu, GpuError, type AdapterReport } from "../gpu/gpu.ts";
import { fasterTiling } from "../layers/faster-tiling.ts";
import { digitNet } from "../models/digit-net.ts";
import {
  parseDigitRecipe,
  planDigits,
  type DigitRecipe,
  type DigitResult,
} from "../studies/digits.ts";
import { decodeCheckpoint } from "../training/checkpoint.ts";
import type { RunState } from "../training/run.ts";
import { samplesOf } from "./gallery.ts";
import { Job } from "./job.ts";
import { isActive, type Notice, type Opened, type Sample, type Snapshot } from "./port.ts";
import { Publisher } from "./publisher.ts";

/** Tries to get a new device after a loss, with growing pauses: a crashed GPU process takes a moment. */
const OPEN_TRIES = 6;

export class Engine {
  private adapter: AdapterReport | null = null;
  /** Opened, and not yet used by a run. */
  private fresh: Gpu | null = null;
  private data: DigitData | null = null;
  /** URL of the app's folder. */
  private base = "";
  private loading: Promise<void> | null = null;
  private download: Progress | null = null;
  private job: Job | null = null;
  private notices: Notice[] = [];
  private publisher: Publisher<Snapshot> | null = null;

  /** @param entry navigator.gpu */
  constructor(private readonly entry: GPU | undefined) {}

  /** Opens a device. From then on `onSnapshot` is told, at a measured pace, how things stand. */
  async open(onSnapshot: (snapshot: Snapshot) => void | Promise<void>): Promise<Opened> {
    try {
      this.fresh = await Gpu.open(this.entry);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      return { ok: false, problem: error.problem, message: error.message };
    }
    this.adapter = this.fresh.adapter;
    // Needs no data, so it is done while that arrives; a failure shows when a run begins.
    fasterTiling(this.fresh).catch(() => {});
    this.publisher = new Publisher(() => this.snapshot(), onSnapshot);
    this.changed();
    return { ok: true };
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
        this.data ??= data;
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
    this.data = data;
    this.changed();
  }

  /** Starts a run; resolves when it is under way. */
  async start(recipe: unknown): Promise<void> {
    this.assertIdle("start again");
    const parsed = parseDigitRecipe(recipe);
    const data = await this.dataForRun();
    this.assertIdle("start again");
    this.begin(parsed, data, null);
  }

  /** Goes on from a checkpoint; resolves with its recipe when the run is under way. */
  async startFrom({ name, bytes }: NamedBytes): Promise<DigitRecipe> {
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
    this.begin(parsed, data, state);
    return parsed;
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

  private begin(recipe: DigitRecipe, data: DigitData, resumeFrom: RunState | null): void {
    const plan = planDigits(recipe, data);
    if (resumeFrom && resumeFrom.step > plan.totalSteps) {
      throw new UserError(
        `The checkpoint stands at step ${resumeFrom.step}, but its recipe has only ${plan.totalSteps}.`,
      );
    }
    this.job?.close();
    this.notices = [];
    const job = new Job({
      recipe,
      plan,
      data,
      resumeFrom,
      open: async () => await this.device(),
      onChange: () => this.changed(),
      onNotice: (text) => this.notify(text),
    });
    this.job = job;
    void job.perform();
    this.changed();
  }

  /** A device that no run has used: each gets its own, so that nothing is left over from the last. */
  private async device(): Promise<Gpu> {
    const { fresh } = this;
    this.fresh = null;
    const gpu = fresh && !fresh.lost ? fresh : await this.reopen();
    this.adapter = gpu.adapter;
    gpu.device.addEventListener("uncapturederror", ({ error }) => {
      this.notify(`The GPU reported an error, so figures may be wrong: ${error.message}`);
    });
    return gpu;
  }

  private async reopen(): Promise<Gpu> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await Gpu.open(this.entry);
      } catch (error) {
        if (attempt === OPEN_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
      }
    }
  }

  private async dataForRun(): Promise<DigitData> {
    // A download that failed is tried once more.
    if (!this.data) await (this.loading ?? this.load(this.base));
    if (!this.data) throw new UserError("There is no data to train on: drop four idx files first.");
    return this.data;
  }

  private assertIdle(then: string): void {
    if (this.job && isActive(this.job.phase)) {
      throw new UserError(`A run is going on and stays as it is: stop it first, then ${then}.`);
    }
  }

  private started(): Job {
    if (!this.job) throw new UserError("There is no run to save yet: start one first.");
    return this.job;
  }

  private notify(text: string): void {
    this.notices = [...this.notices.slice(-4), { id: (this.notices.at(-1)?.id ?? 0) + 1, text }];
    this.changed();
  }

  private changed(): void {
    this.publisher?.schedule();
  }

  private snapshot(): Snapshot {
    const { adapter, data, download, job, notices } = this;
    return {
      adapter: adapter!,
      data: data && { name: data.name, train: data.train.count, test: data.test.count },
      download,
      run: job?.view() ?? null,
      notices,
    };
  }
}
