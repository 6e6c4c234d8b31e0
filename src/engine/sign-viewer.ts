/** Asks the detector on view about pictures: the run's when it rests, else one that only detects. */
import { UserError } from "../errors.ts";
import type { DetectorTrainer } from "../training/detector-trainer.ts";
import { isActive } from "../studies/port.ts";
import type { SignJob } from "./sign-job.ts";

/** A question about pictures, which is asked when a trainer rests; without a trainer it fails. */
interface Question {
  readonly put: (trainer: DetectorTrainer) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

export class SignViewer {
  /** Asked while a run goes on. */
  private waiting: Question[] = [];
  /** The end of everything that was asked at rest so far: one thing happens at a time. */
  private last: Promise<unknown> = Promise.resolve();
  private standing: Promise<DetectorTrainer> | null = null;

  /**
   * @param job the run on view
   * @param build a detector that only detects, with the parameters on view
   */
  constructor(
    private readonly job: () => SignJob | null,
    private readonly build: () => Promise<DetectorTrainer>,
  ) {}

  /**
   * Asks at once where nothing runs, else when the run rests for a look.
   * @param soon the reader waits for it: let the run rest now
   * @throws UserError while there is no detector, or in the middle of a step
   */
  async ask<T>(soon: boolean, question: (trainer: DetectorTrainer) => Promise<T>): Promise<T> {
    const job = this.job();
    if (job && isActive(job.phase) && job.phase !== "paused") {
      return await new Promise<T>((resolve, reject) => {
        this.waiting.push({
          put: async (trainer) => await question(trainer).then(resolve, reject),
          fail: reject,
        });
        if (soon) job.requestLook();
      });
    }
    return await this.inTurn(async () => {
      const own = job?.trainer;
      const trainer = own && !own.gpu.lost ? own : await this.stand();
      if (trainer.cursor > 0) {
        throw new UserError("The step is not complete: its pictures can be seen when it is.");
      }
      return await question(trainer);
    });
  }

  private async inTurn<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.last.then(action);
    this.last = mine.catch(() => undefined);
    return await mine;
  }

  /** Answers what was asked while the run went on. @param trainer null: the run failed */
  async answer(trainer: DetectorTrainer | null): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const { put, fail } = next;
      if (trainer) await this.inTurn(async () => await put(trainer));
      else fail(new UserError("The run has ended: what it was to look at was not seen."));
    }
  }

  /** Waits until everything asked at rest is answered: a run must not go on in the middle of it. */
  async answered(): Promise<void> {
    let seen: Promise<unknown>;
    do {
      seen = this.last;
      await seen;
    } while (seen !== this.last);
  }

  private async stand(): Promise<DetectorTrainer> {
    this.standing ??= this.build();
    try {
      return await this.standing;
    } catch (error) {
      this.standing = null;
      throw error;
    }
  }

  /** Lets the detector that only detects go, as soon as it has answered what it was asked. */
  leave(): void {
    const { standing, last } = this;
    void last.then(async () => (await standing)?.gpu.destroy()).catch(() => undefined);
    this.standing = null;
  }

  /** The same when its device is lost. */
  forget(): void {
    this.standing = null;
  }
}
