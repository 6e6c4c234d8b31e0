/** The worker's part of the paper view: runs the paper's instances and keeps what they come to. */
import type { DigitData } from "../../../data/digits.ts";
import { MNIST_SHA256 } from "../../../data/mnist.ts";
import { UserError } from "../../../errors.ts";
import { instancesOf, itemIds, itemOf, type ItemId } from "./items.ts";
import type { Instance } from "./instances.ts";
import type { InstanceFile } from "./instance-file.ts";
import type { StudyHost } from "../../study.ts";
import { Sweep, type SweepProgress } from "./sweep.ts";
import { SweepDb } from "./sweep-db.ts";

export interface ReproductionNews {
  readonly progress?: SweepProgress;
  readonly finished?: InstanceFile;
}

/** Held by the tab that reproduces. */
const LOCK = "badnets-lab-reproduction";

export class Reproducer {
  private sweep: Sweep | null = null;
  private opening: Promise<SweepDb> | null = null;

  constructor(
    private readonly host: StudyHost,
    private readonly data: () => Promise<DigitData>,
  ) {}

  /** All instances of a seed that the browser keeps. */
  async finished(seed: number): Promise<InstanceFile[]> {
    return await (await this.store()).all(instancesOf(itemIds, [seed]));
  }

  /** The instances of a seed that are under way, and go on from where they were. */
  async begun(seed: number): Promise<string[]> {
    return await (await this.store()).begun(instancesOf(itemIds, [seed]));
  }

  /**
   * Throws away what the browser keeps of the instances that an item shows.
   * @throws UserError while something is run
   */
  async discard(item: ItemId, seed: number): Promise<void> {
    await this.alone(async () => {
      const store = await this.store();
      for (const { id } of itemOf(item).instances(seed)) await store.discard(id);
    });
  }

  /**
   * Runs what is not finished of an item.
   * @returns whether all of it is finished now; false when it was stopped
   */
  async run(
    item: ItemId,
    seed: number,
    onProgress: (news: ReproductionNews) => void,
  ): Promise<boolean> {
    this.host.assertIdle("run this part of the paper");
    const data = await this.data();
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
      this.sweep = new Sweep(async () => await this.host.scope(), data, instances, store, {
        onProgress: (progress) => onProgress({ progress }),
        onFinished: (_, finished) => onProgress({ finished }),
        onNotice: (text) => this.host.notify(text),
      });
      try {
        const { sweep } = this;
        return await this.host.exclusively(
          "A part of the paper is running: pause it first",
          async () => await sweep.all(),
        );
      } finally {
        this.sweep = null;
      }
    });
  }

  /** Ends that soon; what it has come to is kept. */
  stop(): void {
    this.sweep?.stop();
  }

  private async store(): Promise<SweepDb> {
    this.opening ??= SweepDb.open({
      base: this.host.base,
      onNotice: (text) => this.host.notify(text),
    });
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
