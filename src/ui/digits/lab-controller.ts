/**
 * Asks the laboratory for what the page shows of the network on view, as often as that changes and no
 * oftener than it can be shown, and remembers the answers.
 */
import type { ReactiveControllerHost } from "lit";
import type {
  AblationCurve,
  AblationMeasure,
  Laboratory,
  LayerWeights,
  Look,
  NeuronId,
  NeuronReport,
  NeuronScale,
  Predictions,
  Subject,
} from "../../studies/digits/port.ts";
import type { TaskProgress } from "../../studies/port.ts";

/** Between two looks while the network trains: faster than anybody follows. */
const LOOK_MS = 300;
/** Looks take no more than this share of the time, so that training keeps the rest. */
const SHARE = 0.04;
/** Weights are a megabyte. */
const WEIGHTS_MS = 2000;

export interface Wish {
  readonly image: number;
  readonly what: "activations" | "weights" | "gradients";
}

/** Long work that the page can ask for. */
export type Task = "neurons" | "curve" | "predictions";

export class LabController {
  look: Look | null = null;
  weights: readonly LayerWeights[] | null = null;
  gradients: readonly LayerWeights[] | null = null;
  report: NeuronReport | null = null;
  predictions: Predictions | null = null;
  curve: AblationCurve | null = null;
  /** What changed neurons make of the network. */
  measure: AblationMeasure | null = null;
  scaled: readonly NeuronScale[] = [];
  progress: Readonly<Partial<Record<Task, TaskProgress>>> = {};

  private lab: Laboratory | null = null;
  /** Who waits for a laboratory that computes, or for none to come. */
  private waiting: (() => void)[] = [];
  private subject: Subject | null = null;
  private wish: Wish | null = null;
  private settled = false;
  /** Ends the pause after a look. */
  private hurry: () => void = () => undefined;
  /** Comes back for weights that were too young to be asked for again. */
  private later: ReturnType<typeof setTimeout> | undefined;
  private shown = "";
  private busy = false;
  private weightsAt = -Infinity;
  private weightsVersion = -1;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * Tells what is on view and what of it is wanted; called with each update of the host.
   * @param settled whether a better laboratory than this is still to come
   */
  want(lab: Laboratory | null, subject: Subject | null, wish: Wish, settled: boolean): void {
    if (networkKey(subject) !== networkKey(this.subject)) {
      // Another network: what was measured of the last one says nothing of it.
      this.report = this.predictions = null;
    }
    if (lab !== this.lab || subject?.id !== this.subject?.id) this.beginAfresh();
    // What the reader asks for does not wait for its turn.
    if (!sameWish(wish, this.wish)) this.hurry();
    this.lab = lab;
    this.subject = subject;
    this.wish = wish;
    if (settled) for (const go of this.waiting.splice(0)) go();
    this.settled = settled;
    void this.refresh();
  }

  /** The laboratory, once no better one is still to come: a recording is but the beginning. */
  private async best(): Promise<Laboratory | null> {
    if (!this.settled) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.lab;
  }

  /** A laboratory whose neurons are all as they were trained. */
  private beginAfresh(): void {
    this.curve = this.measure = null;
    this.scaled = [];
    this.progress = {};
    this.shown = "";
    this.weightsAt = -Infinity;
    this.weightsVersion = -1;
  }

  private async refresh(): Promise<void> {
    const { lab, subject, wish } = this;
    if (this.busy || !lab || !subject || !wish) return;
    const key = `${subject.version}/${wish.image}`;
    const stale =
      this.weightsVersion !== subject.version || (wish.what === "gradients" && !this.gradients);
    const age = performance.now() - this.weightsAt;
    const due = age > WEIGHTS_MS;
    clearTimeout(this.later);
    if (key === this.shown && !(stale && due)) {
      if (stale) this.later = setTimeout(() => void this.refresh(), WEIGHTS_MS - age + 1);
      return;
    }
    this.busy = true;
    const start = performance.now();
    try {
      if (key !== this.shown) {
        this.shown = key;
        const look = await lab.look(wish.image);
        if (lab === this.lab) this.look = look;
      }
      if (stale && due) {
        this.weightsAt = performance.now();
        this.weightsVersion = subject.version;
        const weights = await lab.weights("values");
        const gradients =
          wish.what === "gradients" ? await lab.weights("gradients") : this.gradients;
        if (lab === this.lab) {
          this.weights = weights;
          this.gradients = gradients;
        }
      }
      this.host.requestUpdate();
      // What was wished for meanwhile does not wait either.
      if (sameWish(wish, this.wish)) {
        const pause = Math.max(LOOK_MS, (performance.now() - start) * (1 / SHARE - 1));
        await new Promise<void>((resolve) => {
          this.hurry = resolve;
          setTimeout(resolve, pause);
        });
      }
    } catch (error) {
      // A device that was lost is told of elsewhere, and the next version brings a new look.
      if (subject.recordedOn !== null) this.onError(error);
    } finally {
      this.busy = false;
    }
    void this.refresh();
  }

  /** Takes over what was measured elsewhere, such as a recording; called within an update of the host. */
  give(report: NeuronReport, predictions: Predictions): void {
    this.report = report;
    this.predictions = predictions;
  }

  async measureNeurons(label: number | null): Promise<void> {
    await this.long("neurons", async (lab, tell) => {
      this.report = await lab.neurons(label, tell);
    });
  }

  async predict(): Promise<void> {
    await this.long("predictions", async (lab, tell) => {
      this.predictions = await lab.predictions(tell);
    });
  }

  async measureCurve(ranking: readonly NeuronId[]): Promise<void> {
    await this.long("curve", async (lab, tell) => {
      this.curve = await lab.ablationCurve(ranking, tell);
    });
  }

  /** Changes neurons and measures what that does. */
  async scale(scaled: readonly NeuronScale[]): Promise<void> {
    const lab = await this.best();
    if (!lab) return;
    const before = this.scaled;
    this.scaled = scaled;
    this.host.requestUpdate();
    try {
      await lab.scale(scaled);
      if (scaled.length === 0) {
        this.measure = null;
        return;
      }
      const tell = (measure: AblationMeasure) => {
        if (this.scaled === scaled) this.measure = measure;
        this.host.requestUpdate();
      };
      tell(await lab.measureScaled(tell));
    } catch (error) {
      if (wasCancelled(error)) return;
      this.scaled = before;
      this.onError(error);
    } finally {
      this.host.requestUpdate();
    }
  }

  async cancel(): Promise<void> {
    await this.lab?.cancel();
  }

  private async long(
    task: Task,
    work: (lab: Laboratory, tell: (progress: TaskProgress) => void) => Promise<void>,
  ): Promise<void> {
    const lab = await this.best();
    if (!lab || this.progress[task]) return;
    const set = (progress: TaskProgress | undefined) => {
      this.progress = { ...this.progress, [task]: progress };
      this.host.requestUpdate();
    };
    set({ done: 0, secondsLeft: null });
    try {
      await work(lab, (progress) => lab === this.lab && this.progress[task] && set(progress));
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      set(undefined);
    }
  }
}

function sameWish(a: Wish | null, b: Wish | null): boolean {
  return a?.image === b?.image && a?.what === b?.what;
}

/** What makes two subjects the same network, perhaps at another step. */
function networkKey(subject: Subject | null): string {
  return subject ? `${subject.kind} ${JSON.stringify(subject.attack)}` : "";
}

/** Errors lose their class on the way out of the worker, not their name. */
export function wasCancelled(error: unknown): boolean {
  return error instanceof Error && ["Cancelled", "AbortError"].includes(error.name);
}
