/** The worker's part of the paper view: runs a study's instances and keeps what they come to. */
import { UserError } from "../../errors.ts";
import type { StudyHost } from "../study.ts";
import { ancestorsOf } from "./instance.ts";
import type { Maker } from "./maker.ts";
import {
  idsOf,
  instancesFor,
  itemOf,
  type InstanceOf,
  type Reproduction,
  type ReproductionTypes,
} from "./reproduction.ts";
import { Sweep, type SweepProgress } from "./sweep.ts";
import { SweepDb, type SweepPlace } from "./sweep-db.ts";

export interface ReproductionNews<T extends ReproductionTypes> {
  readonly progress?: SweepProgress;
  readonly finished?: T["file"];
}

/** What of a study a reproducer needs. */
export interface Reproducible<T extends ReproductionTypes> extends Omit<
  SweepPlace<T>,
  "base" | "onNotice"
> {
  /** Waits for the data. @throws UserError where it is not the paper's */
  readonly maker: () => Promise<Maker<T>>;
}

export class Reproducer<T extends ReproductionTypes> {
  private sweep: Sweep<T> | null = null;
  private opening: Promise<SweepDb<T>> | null = null;

  constructor(
    private readonly host: StudyHost,
    private readonly study: Reproducible<T>,
  ) {}

  private get reproduction(): Reproduction<T> {
    return this.study.reproduction;
  }

  /** All instances of a seed that the browser keeps. */
  async finished(seed: number): Promise<T["file"][]> {
    return await (await this.store()).all(this.every(seed));
  }

  /** The instances of a seed that are under way, and go on from where they were. */
  async begun(seed: number): Promise<string[]> {
    return await (await this.store()).begun(this.every(seed));
  }

  private every(seed: number): InstanceOf<T>[] {
    return instancesFor(this.reproduction, idsOf(this.reproduction), [seed]);
  }

  /**
   * Throws away what the browser keeps of the instances that an item shows.
   * @throws UserError while something is run
   */
  async discard(item: T["item"], seed: number): Promise<void> {
    await this.alone(async () => {
      const store = await this.store();
      for (const { id } of itemOf(this.reproduction, item).instances(seed)) await store.discard(id);
    });
  }

  /**
   * Runs what is not finished of an item.
   * @returns whether all of it is finished now; false when it was stopped
   */
  async run(
    item: T["item"],
    seed: number,
    onProgress: (news: ReproductionNews<T>) => void,
  ): Promise<boolean> {
    this.host.assertIdle("run this part of the paper");
    const maker = await this.study.maker();
    return await this.alone(async () => {
      const store = await this.store();
      const instances = await this.wanted(item, seed, store);
      this.sweep = new Sweep(async () => await this.host.scope(), maker, instances, store, {
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

  /** What is only to begin with, shipped or the reader's own, need not be trained if it is there. */
  private async wanted(item: T["item"], seed: number, store: SweepDb<T>): Promise<InstanceOf<T>[]> {
    const shown = itemOf(this.reproduction, item).instances(seed);
    const begun = new Set(shown.flatMap(ancestorsOf).map(({ id }) => id));
    const instances: InstanceOf<T>[] = [];
    for (const instance of instancesFor(this.reproduction, [item], [seed])) {
      const { id } = instance;
      if (!begun.has(id) || !(await store.model(id))) instances.push(instance);
    }
    return instances;
  }

  /** Ends that soon; what it has come to is kept. */
  stop(): void {
    this.sweep?.stop();
  }

  private async store(): Promise<SweepDb<T>> {
    this.opening ??= SweepDb.open({
      ...this.study,
      base: this.host.base,
      onNotice: (text) => this.host.notify(text),
    });
    return await this.opening;
  }

  /** Two tabs must not train the same instance. */
  private async alone<Made>(work: () => Promise<Made>): Promise<Made> {
    return await navigator.locks.request(this.study.name, { ifAvailable: true }, async (lock) => {
      if (!lock) throw new UserError("The paper is being reproduced in another tab: go on there.");
      return await work();
    });
  }
}
