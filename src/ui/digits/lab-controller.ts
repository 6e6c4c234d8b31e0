/** Asks for what the digit page shows of the network on view, and remembers the answers. */
import type { ReactiveControllerHost } from "lit";
import type { AskStudy } from "../../engine/client.ts";
import type {
  AblationCurve,
  AblationMeasure,
  DigitImage,
  LayerWeights,
  Look,
  NeuronId,
  NeuronReport,
  NeuronScale,
  Predictions,
  Readings,
  ScaledMeasure,
} from "../../studies/digits/port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { Subject, TaskProgress } from "../../studies/port.ts";
import type { Asking } from "../../studies/questions.ts";
import { wasCancelled } from "../shell/errors.ts";
import { LookController, type Sight } from "../shell/look-controller.ts";

/** Who answers: the engine, or the recording. */
export interface Laboratory {
  readonly ask: AskStudy<DigitPort>;
}

/** What is on view, and what of it is wanted. */
export interface LabRequest {
  readonly lab: Laboratory | null;
  /** No better laboratory than this is still to come. */
  readonly settled: boolean;
  readonly subject: Subject<DigitPort> | null;
  readonly training: boolean;
  readonly image: DigitImage;
  readonly what: "activations" | "weights" | "gradients";
  /** Digits of the gallery; none where it is not on view. */
  readonly gallery: readonly number[];
}

/** Long work that the page can ask for. */
export type Task = "neurons" | "curve" | "predictions" | "measure";

/** Of the time while a run goes on, so that training keeps the rest. */
const looks = { leastMilliseconds: 300, share: 0.03 };
/** A dozen ways through the network. */
const reads = { leastMilliseconds: 300, share: 0.01 };
/** Weights are a megabyte. */
const weighs = { leastMilliseconds: 2000, share: 0.01 };

export class LabController {
  look: Look | null = null;
  readings: Readings | null = null;
  weights: readonly LayerWeights[] | null = null;
  gradients: readonly LayerWeights[] | null = null;
  report: NeuronReport | null = null;
  predictions: Predictions | null = null;
  curve: AblationCurve | null = null;
  /** What changed neurons make of the network. */
  measure: ScaledMeasure | null = null;
  /** What the network does with no neuron changed, and at which of its versions, where that was asked for. */
  private own: { readonly measure: AblationMeasure; readonly version: number } | null = null;
  scaled: readonly NeuronScale[] = [];
  /** How many neurons of the ranking are switched off at once. */
  top = 5;
  progress: Readonly<Partial<Record<Task, TaskProgress>>> = {};

  private request: LabRequest | null = null;
  /** Who waits for a laboratory that computes, or for none to come. */
  private waiting: (() => void)[] = [];
  private readonly running = new Map<Task, AbortController>();
  /** Of the network that was on view when it read the test set. */
  private read = "";
  /** Tells images that were drawn, and laboratories, from each other. */
  private readonly numbers = new WeakMap<object, number>();
  private numbered = 0;
  private readonly looking: LookController<LabRequest>;
  private readonly reading: LookController<LabRequest>;
  private readonly weighing: LookController<LabRequest>;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly onError: (error: unknown) => void,
  ) {
    const tell = (error: unknown) => {
      // While an engine is still to come, what a recording lacks is but a matter of time.
      if (this.request?.settled) onError(error);
    };
    this.looking = new LookController(looks, async (request) => await this.seeImage(request), tell);
    this.reading = new LookController(
      reads,
      async (request) => await this.seeGallery(request),
      tell,
    );
    this.weighing = new LookController(
      weighs,
      async (request) => await this.seeWeights(request),
      tell,
    );
  }

  /** Tells what is to be seen; called with each update of the host. */
  update(request: LabRequest): void {
    const before = this.request;
    const { lab, subject, settled, image, what, gallery } = request;
    if (networkKey(subject) !== networkKey(before?.subject ?? null)) {
      // Another network: what was measured of the last one says nothing of it.
      this.report = this.predictions = null;
    }
    if (lab !== before?.lab || subject?.id !== before?.subject?.id) this.beginAfresh();
    this.request = request;
    if (settled) for (const go of this.waiting.splice(0)) go();
    const shown = typeof image === "number" ? image : `drawn ${this.numberOf(image)}`;
    const scaled = JSON.stringify(this.scaled);
    this.looking.update(this.sight(`${shown} ${scaled}`));
    this.reading.update(gallery.length === 0 ? null : this.sight(`${gallery.join(" ")} ${scaled}`));
    this.weighing.update(this.sight(`${what === "gradients"} ${scaled}`));
  }

  private sight(key: string): Sight<LabRequest> | null {
    const { lab, subject, training } = this.request!;
    if (!lab || !subject?.ready) return null;
    const version = `${this.numberOf(lab)} ${subject.id} ${subject.version}`;
    return { request: this.request!, key, version, training };
  }

  private numberOf(thing: object): number {
    const number = this.numbers.get(thing) ?? ++this.numbered;
    this.numbers.set(thing, number);
    return number;
  }

  /** A network whose neurons are all as they were trained. */
  private beginAfresh(): void {
    this.curve = this.measure = this.own = null;
    this.scaled = [];
    this.cancel();
  }

  private async seeImage({ lab, image }: LabRequest): Promise<void> {
    const { scaled } = this;
    const look = await lab!.ask("look", { image, scaled });
    if (lab === this.request?.lab) this.look = look;
    this.host.requestUpdate();
  }

  private async seeGallery({ lab, gallery }: LabRequest): Promise<void> {
    const { scaled } = this;
    const readings = await lab!.ask("readings", { images: gallery, scaled });
    if (lab === this.request?.lab) this.readings = readings;
    this.host.requestUpdate();
  }

  private async seeWeights({ lab, what }: LabRequest): Promise<void> {
    const { scaled } = this;
    const weights = await lab!.ask("weights", { what: "values", scaled });
    const gradients =
      what === "gradients"
        ? await lab!.ask("weights", { what: "gradients", scaled })
        : this.gradients;
    if (lab !== this.request?.lab) return;
    this.weights = weights;
    this.gradients = gradients;
    this.host.requestUpdate();
  }

  /** Takes over what was measured elsewhere, such as a recording; called within an update of the host. */
  give(report: NeuronReport, predictions: Predictions): void {
    this.report = report;
    this.predictions = predictions;
    this.read = this.readAs;
  }

  /** Whether the network, or its changed neurons, are others since it read the test set. */
  get stale(): boolean {
    return this.predictions !== null && this.read !== this.readAs;
  }

  /** What a reading of the test set depends on; only a run's network ever changes by itself. */
  private get readAs(): string {
    const { subject } = this.request!;
    const version = subject?.kind === "run" ? subject.version : 0;
    return `${version} ${JSON.stringify(this.scaled)}`;
  }

  async measureNeurons(label: number | null): Promise<void> {
    await this.long("neurons", async (lab, asking) => {
      const { scaled } = this;
      this.report = await lab.ask("neurons", { label, scaled }, asking);
    });
  }

  async predict(): Promise<void> {
    await this.long("predictions", async (lab, asking) => {
      const { scaled, readAs } = this;
      this.predictions = await lab.ask("predictions", { scaled }, asking);
      this.read = readAs;
    });
  }

  /** What the network on view does with no neuron changed; null where nobody asked. */
  get baseline(): AblationMeasure | null {
    const { own, request } = this;
    return own && own.version === request?.subject?.version ? own.measure : null;
  }

  /** Measures what the network does as it is: told on a sample first, then on all test images. */
  async measureBaseline(): Promise<void> {
    const lab = await this.best();
    const version = this.request?.subject?.version;
    if (!lab || version === undefined || this.running.has("measure")) return;
    const own = new AbortController();
    this.running.set("measure", own);
    const tell = (measure: AblationMeasure) => {
      if (!own.signal.aborted) this.own = { measure, version };
      this.host.requestUpdate();
    };
    try {
      const asking = { onProgress: tell, signal: own.signal };
      tell(await lab.ask("measureScaled", { scaled: [] }, asking));
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      if (this.running.get("measure") === own) this.running.delete("measure");
      this.host.requestUpdate();
    }
  }

  /** The network is being measured, changed or as it is. */
  get measuring(): boolean {
    return this.running.has("measure");
  }

  async measureCurve(ranking: readonly NeuronId[]): Promise<void> {
    await this.long("curve", async (lab, asking) => {
      this.curve = await lab.ask("ablationCurve", { ranking }, asking);
    });
  }

  /** Changes neurons and measures what that does. */
  async scale(scaled: readonly NeuronScale[]): Promise<void> {
    const lab = await this.best();
    if (!lab) return;
    const before = this.scaled;
    this.scaled = scaled;
    this.host.requestUpdate();
    this.running.get("measure")?.abort();
    if (scaled.length === 0) {
      this.measure = null;
      return;
    }
    const own = new AbortController();
    this.running.set("measure", own);
    const tell = (measure: ScaledMeasure) => {
      if (this.scaled === scaled) this.measure = measure;
      this.host.requestUpdate();
    };
    try {
      tell(await lab.ask("measureScaled", { scaled }, { onProgress: tell, signal: own.signal }));
    } catch (error) {
      if (wasCancelled(error)) return;
      this.scaled = before;
      this.onError(error);
    } finally {
      if (this.running.get("measure") === own) this.running.delete("measure");
      this.host.requestUpdate();
    }
  }

  /** Ends all long work. */
  cancel(): void {
    for (const own of this.running.values()) own.abort();
  }

  /** The laboratory, once no better one is still to come: a recording is but the beginning. */
  private async best(): Promise<Laboratory | null> {
    if (!this.request?.settled) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.request?.lab ?? null;
  }

  private async long(
    task: Exclude<Task, "measure">,
    work: (lab: Laboratory, asking: Asking) => Promise<void>,
  ): Promise<void> {
    const lab = await this.best();
    if (!lab || this.progress[task]) return;
    const own = new AbortController();
    this.running.set(task, own);
    const set = (progress: TaskProgress | undefined) => {
      this.progress = { ...this.progress, [task]: progress };
      this.host.requestUpdate();
    };
    set({ done: 0, secondsLeft: null });
    try {
      await work(lab, {
        onProgress: (progress) => this.running.get(task) === own && set(progress),
        signal: own.signal,
      });
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      if (this.running.get(task) === own) this.running.delete(task);
      set(undefined);
    }
  }
}

/** What makes two subjects the same network, perhaps at another step. */
function networkKey(subject: Subject<DigitPort> | null): string {
  if (!subject) return "";
  // Two networks from files may have one recipe, or none that is known.
  const file = subject.kind === "file" ? ` ${subject.id}` : "";
  return `${subject.kind}${file} ${JSON.stringify(subject.recipe.attack)}`;
}
