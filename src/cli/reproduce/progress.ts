/** Shows how far a sweep is. */
import type { SweepProgress } from "../../studies/digits/paper/sweep.ts";
import { bar, left, LivingLine } from "../shared/progress.ts";

/** Where nothing can renew itself, a line at the end of an epoch. */
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
