/** Reads what a trainer's steps recorded into the history, beside the training, one read at a time. */
import type { StepRecord, StepTrainer } from "./step-trainer.ts";

/** Often enough for whoever looks on; each read takes the cores that a CPU adapter computes on. */
const EVERY_MS = 400;

export class MetricsReader {
  private reading: Promise<void> | null = null;
  /** Of a read beside the training. */
  private failure: { readonly error: unknown } | null = null;
  private last = performance.now();

  /** @param take told in the order of the steps; what it throws, `collect` throws */
  constructor(
    private readonly trainer: StepTrainer,
    private readonly take: (records: readonly StepRecord[], firstBadStep: number | null) => void,
  ) {}

  /** After each submit: begins a read now and then, and waits for it only where the history is full. */
  async glance(): Promise<void> {
    if (this.trainer.full) await this.collect();
    else if (performance.now() - this.last > EVERY_MS && !this.reading) {
      this.reading = this.read().then(
        () => {
          this.reading = null;
        },
        (error: unknown) => {
          this.reading = null;
          this.failure = { error };
        },
      );
    }
  }

  /** Waits for the read under way, then reads what is left. */
  async collect(): Promise<void> {
    await this.reading;
    if (this.failure) throw this.failure.error;
    await this.read();
  }

  private async read(): Promise<void> {
    const { records, firstBadStep } = await this.trainer.readRecords();
    this.last = performance.now();
    this.take(records, firstBadStep);
  }
}
