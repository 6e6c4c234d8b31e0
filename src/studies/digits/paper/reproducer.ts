/** The engine's part of the paper view: runs the paper's instances and keeps what they come to. */
import type { DigitData } from "../../../data/digits.ts";
import { MNIST_SHA256 } from "../../../data/mnist.ts";
import { UserError } from "../../../errors.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { instancesOf, itemIds, itemOf, type ItemId } from "./items.ts";
import type { Instance } from "./instances.ts";
import type { InstanceFile } from "./instance-file.ts";
import { Sweep, type SweepProgress } from "./sweep.ts";
import { SweepDb } from "./sweep-db.ts";

/** What the paper view asks of the engine. */
export interface Reproduction {
  /** All instances of a seed that the browser keeps. */
  finished(seed: number): Promise<InstanceFile[]>;
  /**
   * Runs what is not finished of an item.
   * @returns whether all of it is finished now; false when it was stopped
   */
  run(item: ItemId, seed: number, tell: (news: ReproductionNews) => void): Promise<boolean>;
  /** The instances of a seed that are under way, and go on from where they were. */
  begun(seed: number): Promise<string[]>;
  /**
   * Throws away what the browser keeps of the instances that an item shows.
   * @throws UserError while something is run
   */
  discard(item: ItemId, seed: number): Promise<void>;
  /** Ends that soon; what it has come to is kept. */
  stop(): void;
}

export interface ReproductionNews {
  readonly progress?: SweepProgress;
  readonly finished?: InstanceFile;
}

export interface ReproducerOptions {
  /** A scope of the device. */
  readonly open: () => Promise<Gpu>;
  readonly data: () => Promise<DigitData>;
  /** @throws UserError while a run goes on */
  readonly assertIdle: () => void;
  /** URL of the app's folder. */
  readonly base: () => string;
  readonly onNotice: (text: string) => void;
}

/** Held by the tab that reproduces. */
const LOCK = "badnets-lab-reproduction";

export class Reproducer implements Reproduction {
  private sweep: Sweep | null = null;
  private opening: Promise<SweepDb> | null = null;

  constructor(private readonly options: ReproducerOptions) {}

  get running(): boolean {
    return this.sweep !== null;
  }

  async finished(seed: number): Promise<InstanceFile[]> {
    return await (await this.store()).all(instancesOf(itemIds, [seed]));
  }

  async begun(seed: number): Promise<string[]> {
    return await (await this.store()).begun(instancesOf(itemIds, [seed]));
  }

  async discard(item: ItemId, seed: number): Promise<void> {
    await this.alone(async () => {
      const store = await this.store();
      for (const { id } of itemOf(item).instances(seed)) await store.discard(id);
    });
  }

  async run(item: ItemId, seed: number, tell: (news: ReproductionNews) => void): Promise<boolean> {
    this.options.assertIdle();
    const data = await this.options.data();
    if (data.sha256 !== MNIST_SHA256) {
      throw new UserError(
        "The paper's figures are of MNIST, but own digits are loaded: reload the page to have MNIST again.",
      );
    }
    return await this.alone(async () => {
      const store = await this.store();
      const all = instancesOf([item], [seed]);
      // What is only to begin with, shipped or the reader's own, need not be trained if it is there.
      const shown = new Set(
        itemOf(item)
          .instances(seed)
          .map(({ id }) => id),
      );
      const instances: Instance[] = [];
      for (const instance of all) {
        const { id, from } = instance;
        const asked = shown.has(id) && (from !== null || item === "baseline");
        if (asked || !(await store.model(id))) instances.push(instance);
      }
      this.sweep = new Sweep(this.options.open, data, instances, store, {
        onProgress: (progress) => tell({ progress }),
        onFinished: (_, finished) => tell({ finished }),
        onNotice: this.options.onNotice,
      });
      try {
        return await this.sweep.all();
      } finally {
        this.sweep = null;
      }
    });
  }

  stop(): void {
    this.sweep?.stop();
  }

  private async store(): Promise<SweepDb> {
    this.opening ??= SweepDb.open(this.options);
    return await this.opening;
  }

  /** Two tabs must not train the same instance. */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    return await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) throw new UserError("The paper is being reproduced in another tab: go on there.");
      return await work();
    });
  }
}
