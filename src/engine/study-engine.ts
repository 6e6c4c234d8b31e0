/** What the engines of both studies have in common: the device, what is told to the page, the kept run. */
import { version as software } from "../../package.json" with { type: "json" };
import { UserError } from "../errors.ts";
import { GpuError } from "../gpu/gpu-error.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Profile } from "../gpu/profile.ts";
import { profileStep } from "../training/profile-step.ts";
import type { StepTrainer } from "../training/step-trainer.ts";
import { DeviceHolder } from "./device.ts";
import { Keeper, type Kept, type Store } from "./checkpoint-store.ts";
import {
  type TaskProgress,
  isActive,
  type Notice,
  type Opened,
  type Phase,
} from "../studies/port.ts";
import { Publisher } from "./publisher.ts";

/** Of the latest of them the page is told. */
const MOST_NOTICES = 5;

/** What is to be profiled. */
export interface ProfilePlan {
  readonly title: string;
  readonly build: (scope: Gpu) => Promise<StepTrainer>;
}

export abstract class StudyEngine<Snapshot> {
  /** The device; runs and whoever looks each have a scope of it. */
  protected readonly device: DeviceHolder;
  /** Keeps automatic checkpoints; null where there is no place for them. */
  protected keeper: Promise<Keeper> | null = null;
  protected notices: readonly Notice[] = [];
  /** How often what is on view has changed. */
  protected version = 0;
  private publisher: Publisher<Snapshot> | null = null;
  private profiling: AbortController | null = null;

  /**
   * @param entry navigator.gpu
   * @param store where the run is kept
   */
  constructor(
    entry: GPU | undefined,
    private readonly store: Store,
  ) {
    this.device = new DeviceHolder(entry, {
      onError: (text) => this.notify(text),
      onLost: () => this.deviceLost(),
      onRefused: () => this.changed(),
    });
  }

  protected abstract readonly job: { readonly phase: Phase } | null;
  protected abstract snapshot(): Snapshot;
  /** The device on which whoever looks has a scope is gone. */
  protected abstract deviceLost(): void;

  /** Opens a device. From then on `onSnapshot` is told, at a measured pace, how things stand. */
  async open(onSnapshot: (snapshot: Snapshot) => void | Promise<void>): Promise<Opened> {
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
        onTakeOver: () =>
          this.notify("The other tab is closed: this one keeps the checkpoint now."),
      };
      this.keeper = Keeper.open(hooks, this.store);
    }
    this.changed();
    return { ok: true };
  }

  /** The run that the browser keeps from before; null if there is none. */
  async kept(): Promise<Kept | null> {
    return (await (await this.keeper)?.latest()) ?? null;
  }

  protected async readKept(): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await (await this.keeper)?.read();
    if (!kept) throw new UserError("The kept run can't be read any more: start a new one.");
    return kept.bytes;
  }

  async discardKept(): Promise<void> {
    await (await this.keeper)?.discard();
  }

  /**
   * Times every kernel of a training step, on a trainer of its own.
   * @throws UserError while a run goes on, which would spoil the figures
   */
  protected async profileOn(
    prepare: () => Promise<ProfilePlan>,
    tell: (progress: TaskProgress) => void,
  ): Promise<Profile> {
    this.assertStill();
    const { signal } = (this.profiling = new AbortController());
    const { title, build } = await prepare();
    const scope = (await this.device.get()).scope();
    try {
      // A run may have begun, or the reader changed their mind, while there was something to wait for.
      this.assertStill();
      const trainer = await build(scope);
      return await profileStep(trainer, {
        title,
        software: `badnets-lab ${software}`,
        signal,
        onProgress: (done, secondsLeft) => tell({ done, secondsLeft }),
      });
    } finally {
      scope.destroy();
    }
  }

  /** Ends the profiling. */
  cancelProfile(): void {
    this.profiling?.abort();
  }

  /** @throws UserError while a run goes on that would spoil figures */
  private assertStill(): void {
    if (this.job && isActive(this.job.phase) && this.job.phase !== "paused") {
      throw new UserError("A run is going on and would spoil the figures: pause it first.");
    }
  }

  /** @throws UserError while there is a run, that goes on or is paused */
  protected assertIdle(then: string): void {
    if (this.job && isActive(this.job.phase)) {
      throw new UserError(`A run is going on and stays as it is: stop it first, then ${then}.`);
    }
  }

  protected notify(text: string): void {
    const id = (this.notices.at(-1)?.id ?? 0) + 1;
    this.notices = [...this.notices.slice(1 - MOST_NOTICES), { id, text }];
    this.changed();
  }

  protected changed(): void {
    this.publisher?.schedule();
  }

  /** What is on view may look different now. */
  protected looksDifferent(): void {
    this.version += 1;
    this.changed();
  }
}
