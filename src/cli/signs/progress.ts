/** Shows how far a detector's training and measuring are. */
import type { Progress } from "../../training/run.ts";
import { bar, left, LivingLine } from "../shared/progress.ts";

/** Where nothing can renew itself, a line at every tenth. */
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

  readonly measuring = (name: string, done: number, all: number): void =>
    this.show(() => `${bar(done / all, 16)} measuring on ${name}: ${done}/${all} pictures`);
}
