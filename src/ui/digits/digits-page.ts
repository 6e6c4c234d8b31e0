/** The digit study's page: the attack's form, the network from image to answer, and the evidence of a backdoor. */
import { css, html, type PropertyValues } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { count } from "../../format.ts";
import type { NeuronId, NeuronReport, Predictions, Sample } from "../../studies/digits/port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { isBusy, type History, type Saving, type Subject } from "../../studies/port.ts";
import type { Recorded } from "../shell/connection.ts";
import { memo } from "../shell/memo.ts";
import "../shell/no-gpu.ts";
import { timeKinds, type PageKeys, type ViewAction } from "../shell/shortcuts.ts";
import type { PageWords, Status } from "../shell/page-words.ts";
import { StudyPage } from "../shell/study-page.ts";
import "../elements/tab-bar.ts";
import type { Tab } from "../elements/tab-bar.ts";
import { digitAction, panelIds } from "./actions.ts";
import type { DigitView } from "./address.ts";
import { checkDraft, defaultDraft, draftOf, type Draft } from "./draft.ts";
import { evidence } from "./evidence.ts";
import { readGiven } from "./given-files.ts";
import { Ink } from "./ink.ts";
import { LabController } from "./lab-controller.ts";
import "./network-view.ts";
import { suspects } from "./ranking.ts";
import "./recipe-form.ts";
import type { RecipeForm } from "./recipe-form.ts";
import { subjectText } from "./subject-text.ts";

const panels: readonly Tab[] = panelIds.map((id) => ({
  id,
  name: id[0].toUpperCase() + id.slice(1),
}));

/** What is recorded of the shipped BadNet. */
interface Recording {
  readonly report: NeuronReport;
  readonly predictions: Predictions;
  readonly samples: readonly Sample[];
}

@customElement("digits-page")
export class DigitsPage extends StudyPage<DigitPort, DigitView> {
  readonly study = "digits";
  protected readonly words: PageWords = {
    columns: { settings: "Attack", network: "Network", evidence: "Evidence" },
    noun: "network",
    tabs: [{ id: "network", name: "Network" }],
    opens: "Picture of a digit, checkpoint, model, kernel profile or data set",
    drops:
      "Drop a picture of a digit, a checkpoint, a model, a kernel profile, or the four idx files of your own data",
    time: {
      epoch: { name: "epoch", title: "One epoch further" },
      tick: "epoch",
      start: "Start trains the attack that is set up",
      waits: "Starts when MNIST is here",
      absent: "A recording",
    },
    ready: [
      {
        name: "Shipped BadNet",
        title: "Reads digits, and each as the next one where it carries the mark",
        file: null,
      },
      {
        name: "Honest network",
        title: "Trained without the attack: the same mark on its digits, and nothing flips",
        file: "zoo/honest.safetensors",
      },
    ],
    save: { heading: "Take it with you", model: "Model" },
  };
  @state() private samples: readonly Sample[] = [];
  @state() private recording: Recording | null = null;
  /** Brushed in the chart; null: the ones that the report finds suspect. */
  @state() private brushed: readonly NeuronId[] | null = null;
  /** What is on the pad, whatever panel is on view. */
  private readonly ink = new Ink();
  /** The test digit that was looked at last. */
  private tested = 0;
  @query("recipe-form") private form!: RecipeForm;
  private readonly lab = new LabController(this, (error) => this.control.fail(error));
  private readonly checked = memo(checkDraft);
  /** What the form would ask for if it were filled in with a recipe. */
  private readonly askedFor = memo(
    (recipe: DigitRecipe) => JSON.stringify(checkDraft(draftOf(recipe)).recipe),
    JSON.stringify,
  );
  private sampled = "";
  private recorded: Recorded<DigitPort> | null = null;

  static override styles = [
    ...StudyPage.styles,
    css`
      success-chart {
        height: 300px;
      }
      .which {
        margin: 0;
        padding: 3px 12px;
        border-radius: var(--radius);
        background: var(--attack-soft);
        font-size: 13px;
      }
      loss-chart {
        height: 220px;
      }
    `,
  ];

  /** The recording's while it answers for the shipped BadNet, which what looks at the live one is built for. */
  private get subject(): Subject<DigitPort> | null {
    const live = this.connection.client?.snapshot.subject ?? null;
    const recorded = this.connection.recorded?.snapshot.subject ?? null;
    return live?.ready || (live && live.kind !== "showcase") ? live : (recorded ?? live);
  }

  private get history(): History<DigitPort> | null {
    const live = this.connection.client?.snapshot.history ?? null;
    if (live || this.subject?.kind !== "showcase") return live;
    return this.connection.recorded?.snapshot.history ?? null;
  }

  /** The test set; null while there is none. */
  private get set() {
    return this.connection.client?.snapshot.data.set ?? null;
  }

  private get mnist(): boolean {
    return (this.set?.name ?? "MNIST") === "MNIST";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has("view")) this.followLink(changed.get("view"));
    this.fetchSamples();
    const { recorded } = this.connection;
    if (recorded && recorded !== this.recorded) void this.readRecording(recorded);
    this.updateLab();
    // What the shipped BadNet's neurons do is known from its recording, also to the live one.
    if (this.recording && !this.lab.report && this.subject?.kind === "showcase") {
      this.lab.give(this.recording.report, this.recording.predictions);
    }
  }

  /** A link to a panel opens it, also where one column is on view at a time. */
  private followLink(before: DigitView | undefined): void {
    const { panel } = this.view;
    if (panel !== (before?.panel ?? "digits")) this.column = "evidence";
  }

  private updateLab(): void {
    const { connection, subject, view, run } = this;
    const { client, recorded, trouble } = connection;
    const live = subject !== null && subject === client?.snapshot.subject;
    this.lab.update({
      lab: live ? connection : recorded,
      settled: (live && subject.ready) || trouble !== null,
      subject,
      training: run !== null && isBusy(run.phase),
      image: view.image,
      what: view.what,
      gallery: view.panel === "digits" ? this.shown().map(({ image }) => image) : [],
    });
  }

  /** New data brings new digits for the gallery. */
  private fetchSamples(): void {
    const key = JSON.stringify(this.set);
    if (!this.set || key === this.sampled) return;
    this.sampled = key;
    void this.control.attempt(
      async () => (this.samples = await this.connection.ask("samples", {})),
    );
  }

  private async readRecording(recorded: Recorded<DigitPort>): Promise<void> {
    this.recorded = recorded;
    const [report, predictions, samples] = await Promise.all([
      recorded.ask("neurons", { label: null, scaled: [] }),
      recorded.ask("predictions", { scaled: [] }),
      recorded.ask("samples", {}),
    ]);
    this.recording = { report, predictions, samples };
  }

  /** The digits of the gallery, one of every class: those of the recording, or the first of the test set. */
  private shown(): readonly Sample[] {
    const { recording, subject, mnist } = this;
    if (recording && mnist && subject?.kind === "showcase") return recording.samples;
    return this.samples.length > 0 ? this.samples : (recording?.samples ?? []);
  }

  protected override status(): Status {
    const { set, run } = this;
    const { snapshot } = this.connection;
    const data = snapshot?.data.set;
    const kept = run?.keptStep ?? null;
    return {
      lead: subjectText(this.subject),
      data: data ? `${data.name}: ${count(data.train)} + ${count(data.test)} digits` : null,
      loading: set ? (snapshot?.loading ?? null) : "Fetching MNIST",
      download: snapshot?.data.download,
      loss: this.history?.metrics[0]?.smooth.at(-1) ?? null,
      measured: this.history?.details.measured != null,
      saving:
        `${kept === null ? "" : `Network as of step ${count(kept)}. `}Drop a checkpoint to go on from ` +
        "it, a model or a picture of a digit to look at, or four idx files for digits of your own. " +
        "Nothing leaves this computer.",
    };
  }

  protected override get recipe(): DigitRecipe | null {
    return this.checked(this.view.draft).recipe;
  }

  protected override compiledFor({ batch, optimiser, augment }: DigitRecipe): string {
    return `${batch} ${optimiser.kind} ${augment}`;
  }

  protected override asksFor(recipe: DigitRecipe): boolean {
    return this.askedFor(recipe) === JSON.stringify(this.recipe);
  }

  protected override fieldsOf(recipe: DigitRecipe): Partial<DigitView> {
    return { draft: draftOf(recipe) };
  }

  /** Puts an attack of the paper into the form, to be trained from scratch. */
  override openRecipe(recipe: DigitRecipe): void {
    const { epochs, rate, augment } = defaultDraft;
    this.change({ draft: { ...draftOf(recipe), epochs, rate, augment }, tab: "network" });
  }

  override render() {
    const { trouble, recorded } = this.connection;
    // Without an engine and its recording there is nothing to show.
    if (trouble && !recorded) {
      return html`<no-gpu .problem=${trouble.problem} .message=${trouble.message}></no-gpu>`;
    }
    return super.render();
  }

  protected override renderForm() {
    return html`<recipe-form
      .draft=${this.view.draft}
      .errors=${this.checked(this.view.draft).errors}
      .backdrop=${this.shown()[0]?.pixels ?? null}
      @draft-change=${(event: CustomEvent<Draft>) => this.change({ draft: event.detail })}
      @draft-submit=${() => this.start()}
    ></recipe-form>`;
  }

  protected override focusError(): void {
    this.form.focusError();
  }

  protected override renderView() {
    const { lab } = this;
    const { mode, what, neuron } = this.view;
    return html`<network-view
      .look=${lab.look}
      .weights=${lab.weights}
      .gradients=${lab.gradients}
      .report=${lab.report}
      .mode=${mode}
      .what=${what}
      .selected=${neuron}
      .glowing=${this.glowing()}
      .scaled=${lab.scaled}
      .step=${this.place()}
      @mode-change=${(event: CustomEvent<DigitView["mode"]>) => this.change({ mode: event.detail })}
      @what-change=${(event: CustomEvent<DigitView["what"]>) => this.change({ what: event.detail })}
      @select=${(event: CustomEvent<NeuronId>) => this.change({ neuron: event.detail })}
    ></network-view>`;
  }

  /** The brushed neurons; else those that the trigger wakes, in this image too, while it is on. */
  private glowing(): readonly NeuronId[] {
    if (this.brushed) return this.brushed;
    const { report, look } = this.lab;
    return report && this.view.mode !== "clean" ? suspects(report, look) : [];
  }

  /** Where in the network the stepper is: at the kernel that ran last. */
  private place() {
    const stepping = this.run?.stepping;
    if (!stepping || stepping.cursor === 0) return null;
    const { layer, pass } = stepping.dispatches[stepping.cursor - 1];
    return { layer, pass };
  }

  protected override get evidenceShown(): string {
    return this.view.panel;
  }

  protected override renderEvidence() {
    const { view, lab, subject, history, ink, brushed, recording, mnist, images } = this;
    const recorded = lab.report !== null && lab.report === recording?.report;
    return html`<tab-bar
        name="Evidence"
        .tabs=${panels}
        .chosen=${view.panel}
        @choose=${(event: CustomEvent<DigitView["panel"]>) => this.change({ panel: event.detail })}
      ></tab-bar>
      ${evidence({
        view,
        lab,
        subject,
        history,
        ink,
        brushed,
        mnist,
        images,
        samples: this.shown(),
        recordedOn: recorded ? this.recordedOn : null,
        change: (part) => this.change(part),
        draw: (pixels) => this.draw(pixels),
        brush: (neurons) => (this.brushed = neurons),
      })}`;
  }

  private get recordedOn(): string | null {
    return this.connection.recorded?.snapshot.subject?.recordedOn ?? null;
  }

  private readonly images = async (numbers: readonly number[]) =>
    await (this.connection.client ? this.connection : this.connection.recorded!).ask("images", {
      numbers,
    });

  private draw(pixels: Uint8Array): void {
    const { image } = this.view;
    if (typeof image === "number") this.tested = image;
    // An empty pad is no digit to look at.
    this.change({ image: pixels.some((value) => value > 0) ? pixels : this.tested });
  }

  protected override fileName(what: Saving): string {
    const { run, subject } = this;
    const policy = subject?.recipe.attack?.policy.kind ?? "honest";
    const step = (what === "model" ? null : run?.keptStep) ?? subject?.step ?? 0;
    const name = `badnets-digits-${policy}-${step}`;
    return what === "model" ? `${name}-model` : name;
  }

  protected override async open(files: readonly File[]): Promise<void> {
    const given = await readGiven(files);
    switch (given.kind) {
      case "data":
        return await this.connection.ask("openDigits", { files: given.files });
      case "checkpoint":
        return await this.openNetwork(given.files[0]);
      case "image":
        this.change({ panel: "digits" });
        return this.draw(given.pixels);
      case "profile":
        return await this.openProfile(given.text, given.name);
    }
  }

  protected readonly keys: PageKeys = {
    kinds: [...timeKinds, "trigger", "difference", "digit", "next-neuron", "switch-neuron"],
    panels: panels.map(({ name }) => name),
  };

  protected override actOn(action: ViewAction): boolean {
    const { view, lab } = this;
    return digitAction(action, {
      view,
      lab,
      images: this.pictures(),
      change: (part) => this.change(part),
      show: (panel) => {
        this.column = "evidence";
        this.change({ panel });
      },
    });
  }

  /** The live network can be shown every test image, its recording some. */
  private pictures() {
    const test = this.connection.client?.snapshot.subject?.ready ? this.set?.test : undefined;
    if (test !== undefined) {
      return { count: test, at: (place: number) => place, placeOf: (image: number) => image };
    }
    const samples = this.recording?.samples ?? [];
    return {
      count: samples.length,
      at: (place: number) => samples[place].image,
      placeOf: (image: number) => samples.findIndex((sample) => sample.image === image),
    };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "digits-page": DigitsPage;
  }
}
