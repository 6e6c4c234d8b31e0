/** An engine on a real device in Node, for tests: waits for snapshots, asks questions, and loses its device. */
import { create } from "webgpu";
import { Engine } from "../../src/engine/engine.ts";
import type { AskStudy } from "../../src/engine/client.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import type { Phase, RunView, Snapshot, Subject } from "../../src/studies/port.ts";
import type { Study, StudyTypes } from "../../src/studies/study.ts";

export class Harness<T extends StudyTypes> {
  /** Every device that the engine has opened, the latest last. */
  readonly devices: GPUDevice[] = [];
  readonly engine: Engine<T>;
  latest: Snapshot<T> | undefined;
  private waiting: {
    holds: (snapshot: Snapshot<T>) => boolean;
    done: (snapshot: Snapshot<T>) => void;
  }[] = [];
  private asked = 0;

  private constructor(study: Study<T>) {
    this.engine = new Engine(this.entry(), study);
  }

  static async open<T extends StudyTypes>(study: Study<T>): Promise<Harness<T>> {
    // Makes Dawn's driver available to this process.
    (await openInNode()).destroy();
    const harness = new Harness(study);
    const opened = await harness.engine.open((snapshot) => harness.receive(snapshot));
    if (!opened.ok) throw new Error(opened.message);
    return harness;
  }

  async close(): Promise<void> {
    this.engine.stop();
    await this.until(({ run }) => run?.phase !== "measuring");
    for (const device of this.devices) device.destroy();
  }

  /** The next snapshot of which something holds. */
  async until(holds: (snapshot: Snapshot<T>) => boolean): Promise<Snapshot<T>> {
    if (this.latest && holds(this.latest)) return this.latest;
    return await new Promise((done) => this.waiting.push({ holds, done }));
  }

  /** The run once it is in this phase, at this step. */
  async untilRun(phase: Phase, step?: number): Promise<RunView<T>> {
    const { run } = await this.until(
      ({ run }) => run?.phase === phase && (step === undefined || run.step === step),
    );
    return run!;
  }

  /** Once the network on view can be looked at. */
  async untilReady(after = -1): Promise<Subject<T>> {
    const { subject } = await this.until(
      ({ subject }) => subject !== null && subject.ready && subject.id > after,
    );
    return subject!;
  }

  /** The run once it rests with so many kernels of its step done. */
  async untilCursor(cursor: number): Promise<RunView<T>> {
    return (await this.until(({ run }) => run?.stepping?.cursor === cursor)).run!;
  }

  /** Forgets the latest snapshot, and waits for one that is made from now on. */
  async anew(): Promise<Snapshot<T>> {
    this.latest = undefined;
    // Any change publishes a snapshot.
    this.engine.setPace(null);
    return await this.until(() => true);
  }

  /** Starts in place of whatever goes on, and rests before the first kernel. */
  async startPaused(recipe: unknown): Promise<RunView<T>> {
    await this.engine.start(recipe, { paused: true, restart: true });
    this.latest = undefined;
    return await this.untilCursor(0);
  }

  readonly ask: AskStudy<T> = async (name, args, { onProgress, signal } = {}) => {
    const id = ++this.asked;
    signal?.addEventListener("abort", () => this.engine.cancel(id));
    const tell = (progress: unknown) => onProgress?.(progress as never);
    return (await this.engine.ask(id, name, args, tell)) as never;
  };

  loseDevice(): void {
    this.devices.at(-1)!.destroy();
  }

  private receive(snapshot: Snapshot<T>): void {
    this.latest = snapshot;
    const met = this.waiting.filter(({ holds }) => holds(snapshot));
    this.waiting = this.waiting.filter((one) => !met.includes(one));
    for (const { done } of met) done(snapshot);
  }

  private entry(): GPU {
    const dawn = create([]);
    const { devices } = this;
    return {
      requestAdapter: async (options?: GPURequestAdapterOptions) => {
        const adapter = (await dawn.requestAdapter(options))!;
        const { limits, features, info } = adapter;
        const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
          const device = await adapter.requestDevice(descriptor);
          devices.push(device);
          return device;
        };
        return { limits, features, info, requestDevice };
      },
    } as unknown as GPU;
  }
}
