/** Shows how far a digit network's training is. */
import type { Progress } from "../../training/run.ts";
import { bar, left, LivingLine } from "../shared/progress.ts";

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
