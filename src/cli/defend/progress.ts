/** How far the defences are: a line that renews itself on a terminal, and what each came to above it. */
import type { Defence } from "../../defences/defence.ts";
import type { DefenceResult } from "../../defences/defend.ts";
import { count } from "../../format.ts";
import { bar, left, LivingLine, type Terminal } from "../shared/progress.ts";

export class DefendLine extends LivingLine {
  private at: Defence | null = null;
  private since = 0;
  private done = 0;

  constructor(
    out: Terminal,
    private readonly chosen: readonly Defence[],
  ) {
    super(out);
  }

  update(defence: Defence, done: number, total: number): void {
    // One that begins anew, such as training after pruning, says nothing of the time that was.
    if (defence !== this.at || done < this.done) this.since = performance.now();
    this.at = defence;
    this.done = done;
    const seconds = (performance.now() - this.since) / 1000;
    const rest = seconds > 1 && done > 0 ? (seconds * (total - done)) / done : null;
    const place = `${this.chosen.indexOf(defence) + 1} of ${this.chosen.length}`;
    this.show(
      () =>
        `${bar(done / total, 16)} ${place}: ${defence.name}  ${count(done)} of ${count(total)}${left(rest)}`,
    );
  }

  tell(defence: Defence, { evidence }: DefenceResult): void {
    this.line(`${defence.name} (${defence.source}): ${evidence}`);
  }
}
