/**
 * Looks at the network on view again when it, or what is asked of it, has changed: at once when the reader asks,
 * and while a run goes on no oftener than costs it little.
 */
import { isGpuTrouble, wasCancelled } from "./errors.ts";

/** What is to be looked at. */
export interface Sight<Request> {
  readonly request: Request;
  /** Two requests of one key are the same. */
  readonly key: string;
  /** Of the network: another one asks for another look. */
  readonly version: string;
  /** A run goes on, and looking takes time from it. */
  readonly training: boolean;
}

export interface LookOptions {
  /** Between two looks: faster than anybody follows. */
  readonly leastMilliseconds: number;
  /** Of the time while a run goes on. */
  readonly share: number;
}

export class LookController<Request> {
  private requested: Sight<Request> | null = null;
  /** Key and version of the latest look. */
  private seen = "";
  private busy = false;
  private endPause: () => void = () => undefined;

  constructor(
    private readonly options: LookOptions,
    private readonly look: (request: Request) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Tells what is to be seen; called with each update of the host. @param sight null: nothing */
  update(sight: Sight<Request> | null): void {
    const before = this.requested;
    this.requested = sight;
    if (before?.key !== sight?.key || (before?.training && !sight?.training)) this.endPause();
    if (!this.busy) void this.lookOn();
  }

  /** Looks until there is nothing new to be seen. */
  private async lookOn(): Promise<void> {
    this.busy = true;
    for (let sight = this.requested; sight && seenAs(sight) !== this.seen; sight = this.requested) {
      this.seen = seenAs(sight);
      const start = performance.now();
      const failure = await this.look(sight.request).then(
        () => null,
        (error: unknown) => ({ error }),
      );
      // What was asked for meanwhile does not wait.
      if (this.requested?.key === sight.key) await this.pause(performance.now() - start);
      if (failure) this.tell(failure.error, sight);
    }
    this.busy = false;
  }

  /** Tells what went wrong, unless there is something else to be seen by now. */
  private tell(error: unknown, sight: Sight<Request>): void {
    const passed = this.requested === null || seenAs(this.requested) !== seenAs(sight);
    // A device that was lost is told of elsewhere, and the next version brings a new look.
    if (!passed && !wasCancelled(error) && !isGpuTrouble(error)) this.onError(error);
  }

  private async pause(took: number): Promise<void> {
    const { leastMilliseconds, share } = this.options;
    const costs = this.requested?.training ? took * (1 / share - 1) : 0;
    await new Promise<void>((resolve) => {
      this.endPause = resolve;
      setTimeout(resolve, Math.max(leastMilliseconds, costs));
    });
  }
}

function seenAs({ key, version }: Sight<unknown>): string {
  return `${version} ${key}`;
}
