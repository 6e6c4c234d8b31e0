/** Shows how far a sweep is. */
import type { SweepProgress } from "../../studies/reproduction/sweep.ts";
import type { Progress } from "../../training/run.ts";
import { bar, left, LivingLine, type Terminal } from "../shared/progress.ts";

/** Milliseconds between two lines where nothing can renew itself. */
const BETWEEN = 60_000;

export class SweepLine extends LivingLine {
  private told = performance.now();

  /** @param step a step of a run in a few words */
  constructor(
    out: Terminal,
    private readonly step: (progress: Progress) => string,
  ) {
    super(out);
  }

  update({ instance, finished, instances, run, examined, secondsLeft }: SweepProgress): void {
    const done = run ? run.step / run.totalSteps : (examined ?? 0);
    const what =
      examined !== null
        ? `measuring and examining it, ${Math.round(100 * examined)} %`
        : run
          ? `step ${run.step}/${run.totalSteps}  ${this.step(run)}  ${run.imagesPerSecond.toFixed(0)} images/s`
          : "";
    const text = () =>
      `${finished + 1}/${instances} ${instance.title}  ${what}${left(secondsLeft)}`;
    this.show(() => `${bar((finished + done) / instances, 16)} ${text()}`);
    if (this.out.isTTY || performance.now() - this.told < BETWEEN) return;
    this.told = performance.now();
    this.line(text());
  }
}
