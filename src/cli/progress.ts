/** Shows a run's progress: one line that renews itself on a terminal, a line an epoch elsewhere. */
import { duration } from "../format.ts";
import type { RunProgress } from "../training/run.ts";

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressLine {
  private shown = false;
  constructor(private readonly out: Terminal) {}

  update(progress: RunProgress): void {
    if (!this.out.isTTY) return;
    const { step, totalSteps, epoch, epochs, loss, accuracy, imagesPerSecond, secondsLeft } =
      progress;
    const text =
      `${bar(step / totalSteps, 16)} epoch ${epoch}/${epochs}  step ${step}/${totalSteps}  ` +
      `loss ${loss.toFixed(4)}  accuracy ${(100 * accuracy).toFixed(1)} %  ` +
      `${imagesPerSecond.toFixed(0)} images/s  ${duration(secondsLeft)} left`;
    this.out.write(`\r\x1b[2K${text.slice(0, (this.out.columns ?? 120) - 1)}`);
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

export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}
