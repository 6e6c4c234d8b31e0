/** The loss of every step, thinned into bins as it grows, so that a snapshot stays small. */
import type { LossBins } from "./port.ts";

const MOST_BINS = 500;

export class LossCurve {
  private readonly stepsPerBin: number;
  private readonly memory: number;
  private readonly low: Float32Array;
  private readonly high: Float32Array;
  private readonly smooth: Float32Array;
  private steps = 0;
  private mean = 0;
  private weight = 0;

  constructor(totalSteps: number) {
    this.stepsPerBin = Math.ceil(totalSteps / MOST_BINS);
    // The running mean remembers about a fiftieth of the run, but no fewer than ten steps.
    this.memory = 1 - 1 / Math.max(10, totalSteps / 50);
    const bins = Math.ceil(totalSteps / this.stepsPerBin);
    this.low = new Float32Array(bins);
    this.high = new Float32Array(bins);
    this.smooth = new Float32Array(bins);
  }

  /** Takes in what `losses`, of every step so far, has gained; begins anew where it has shrunk. */
  update(losses: ArrayLike<number>): void {
    if (losses.length < this.steps) this.steps = this.mean = this.weight = 0;
    for (; this.steps < losses.length; this.steps++) {
      const loss = losses[this.steps];
      // A loss that is no number ends the run; the curve ends before it.
      if (!Number.isFinite(loss)) return;
      const bin = Math.floor(this.steps / this.stepsPerBin);
      const first = this.steps % this.stepsPerBin === 0;
      this.mean = this.memory * this.mean + (1 - this.memory) * loss;
      this.weight = this.memory * this.weight + (1 - this.memory);
      this.low[bin] = first ? loss : Math.min(this.low[bin], loss);
      this.high[bin] = first ? loss : Math.max(this.high[bin], loss);
      this.smooth[bin] = this.mean / this.weight;
    }
  }

  /** A copy of the bins filled so far. */
  view(): LossBins {
    const { steps, stepsPerBin } = this;
    const filled = Math.ceil(steps / stepsPerBin);
    const [low, high, smooth] = [this.low, this.high, this.smooth].map((a) => a.slice(0, filled));
    return { stepsPerBin, steps, low, high, smooth };
  }
}
