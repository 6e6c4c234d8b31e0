/** Shows a run's progress: one line that renews itself on a terminal, a line an epoch elsewhere. */
import { duration } from "../format.ts";
import type { SweepProgress } from "../studies/digits/paper/sweep.ts";
import type { Progress } from "../training/run.ts";

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line that renews itself, and lasting lines above it. */
export class LivingLine {
  private shown = false;
  constructor(protected readonly out: Terminal) {}

  protected show(text: () => string): void {
    if (!this.out.isTTY) return;
    this.out.write(`\r\x1b[2K${text().slice(0, (this.out.columns ?? 120) - 1)}`);
    this.shown = true;
  }

  /** Prints a lasting line above the one that renews itself. */
  line(text: string): void {
    this.clear();
    this.out.write(`${text}\n`);
  }

  clear(): void {
    if (this.shown) this.out.write("\r\x1b[2K");
    this.shown = false;
  }
}

/** Of one run. */
export class ProgressLine extends LivingLine {
  update(progress: Progress): void {
    const { step, totalSteps, epoch, epochs, metrics, imagesPerSecond, secondsLeft } = progress;
    const [loss, accuracy] = metrics;
    this.show(
      () =>
        `${bar(step / totalSteps, 16)} epoch ${epoch}/${epochs}  step ${step}/${totalSteps}  ` +
        `loss ${loss.toFixed(4)}  accuracy ${(100 * accuracy).toFixed(1)} %  ` +
        `${imagesPerSecond.toFixed(0)} images/s${left(secondsLeft)}`,
    );
  }
}

/** Of many runs, one after the other; where nothing can renew itself, a line at the end of an epoch. */
export class SweepLine extends LivingLine {
  private last: { readonly id: string; readonly epoch: number } | null = null;

  update({ instance, finished, instances, run, examined, secondsLeft }: SweepProgress): void {
    const done = run ? run.step / run.totalSteps : (examined ?? 0);
    const what =
      examined !== null
        ? "examining its neurons"
        : run
          ? `step ${run.step}/${run.totalSteps}  loss ${run.metrics[0].toFixed(4)}  ${run.imagesPerSecond.toFixed(0)} images/s`
          : "";
    const text = () =>
      `${finished + 1}/${instances} ${instance.title}  ${what}${left(secondsLeft)}`;
    this.show(() => `${bar((finished + done) / instances, 16)} ${text()}`);
    if (this.out.isTTY || !run) return;
    // The last epoch's end is told by what came of it.
    if (this.last?.id === instance.id && run.epoch > this.last.epoch) this.line(text());
    this.last = { id: instance.id, epoch: run.epoch };
  }
}

/** Of a detector's training and measuring; where nothing can renew itself, a line at every tenth. */
export class DetectorLine extends LivingLine {
  private tenth: number | null = null;

  update({ step, totalSteps, metrics, secondsLeft }: Progress): void {
    const [a, b, c, d] = metrics.map((loss) => loss.toFixed(3));
    const text = () =>
      `step ${step}/${totalSteps}  losses: proposals ${a} + ${b}, regions ${c} + ${d}${left(secondsLeft)}`;
    this.show(() => `${bar(step / totalSteps, 16)} ${text()}`);
    const tenth = Math.floor((10 * step) / totalSteps);
    if (!this.out.isTTY && this.tenth !== null && tenth > this.tenth) this.line(text());
    this.tenth = tenth;
  }

  measuring(name: string, done: number, all: number): void {
    this.show(() => `${bar(done / all, 16)} measuring on ${name}: ${done}/${all} pictures`);
  }
}

const left = (seconds: number | null) => (seconds === null ? "" : `  ${duration(seconds)} left`);

export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}
