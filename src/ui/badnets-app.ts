/** The page: lays its parts out, keeps what the reader looks at, and carries commands to the engine. */
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { EngineClient } from "../engine/client.ts";
import type { Kept } from "../engine/checkpoint-store.ts";
import { pickSamples } from "../studies/digits/gallery.ts";
import {
  DRAWN,
  type NeuronId,
  type Subject,
  type RunView,
  type Sample,
  type Snapshot,
} from "../studies/digits/port.ts";
import { type StepUnit, isActive } from "../studies/port.ts";
import type { RecordedClient } from "../studies/digits/recorded-client.ts";
import { count } from "../format.ts";
import type { ItemId } from "../studies/digits/paper/items.ts";
import type { DigitRecipe } from "../studies/digits/recipe.ts";
import { Actions, panelIds } from "./digits/actions.ts";
import "./shell/app-header.ts";
import { appStyles } from "./shell/app-styles.ts";
import { checkDraft, defaultDraft, draftOf, isOf, policyOf, type Draft } from "./digits/draft.ts";
import "./digits/download-bar.ts";
import type { Download } from "./digits/download-bar.ts";
import "./shell/drop-zone.ts";
import { evidence } from "./digits/evidence.ts";
import { EngineController } from "./shell/engine-controller.ts";
import { Commands } from "./shell/commands.ts";
import { readGiven } from "./digits/given-files.ts";
import { LabController } from "./digits/lab-controller.ts";
import "./digits/network-view.ts";
import type { Problem } from "./shell/gpu-advice.ts";
import "./shell/no-gpu-banner.ts";
import "./shell/notice-list.ts";
import type { Message } from "./shell/notice-list.ts";
import { PaperController } from "./paper/paper-controller.ts";
import { ProfileController, type ProfileFormat } from "./shell/profile-controller.ts";
import { guilty } from "./digits/ranking.ts";
import "./elements/kernel-view.ts";
import "./digits/recipe-form.ts";
import "./shell/reload-offer.ts";
import "./shell/resume-offer.ts";
import { takeResumeWish } from "./shell/resume-wish.ts";
import type { RecipeForm } from "./digits/recipe-form.ts";
import "./shell/shortcut-help.ts";
import type { SignLab } from "./signs/sign-lab.ts";
import type { ShortcutHelp } from "./shell/shortcut-help.ts";
import { bindShortcuts } from "./shell/shortcuts.ts";
import "./elements/step-view.ts";
import { subjectText } from "./digits/subject-text.ts";
import { base, controls } from "./elements/styles.ts";
import "./elements/tab-bar.ts";
import type { Tab } from "./elements/tab-bar.ts";
import "./shell/time-bar.ts";
import { ViewController } from "./shell/view-controller.ts";
import type { SignViewState, ViewState } from "./view-state.ts";

const views: readonly Tab[] = [
  { id: "network", name: "Network" },
  { id: "step", name: "Step by step" },
  { id: "kernels", name: "Kernels" },
  { id: "paper", name: "Paper" },
];

/** What a narrow screen shows one at a time. */
const sections: readonly Tab[] = [
  { id: "attack", name: "Attack" },
  { id: "network", name: "Network" },
  { id: "evidence", name: "Evidence" },
];

const panels: readonly Tab[] = panelIds.map((id) => ({
  id,
  name: id[0].toUpperCase() + id.slice(1),
}));

@customElement("badnets-app")
export class BadnetsApp extends LitElement {
  /** Null while the engine opens, and where it cannot. */
  @property({ attribute: false }) client: EngineClient | null = null;
  /** The shipped BadNet, recorded; null while it is on its way, and where it is missing. */
  @property({ attribute: false }) recorded: RecordedClient | null = null;
  /** Why there is no engine. */
  @property({ attribute: false }) trouble: { problem: Problem; message: string } | null = null;
  @state() private section = "network";
  @state() private waiting = false;
  @state() private errors: readonly Message[] = [];
  @state() private samples: readonly Sample[] = [];
  @state() private dismissed: ReadonlySet<string> = new Set();
  /** Brushed in the chart; null: the ones that the report finds guilty. */
  @state() private brushed: readonly NeuronId[] | null = null;
  @query("recipe-form") private form!: RecipeForm;
  @query("shortcut-help") private help!: ShortcutHelp;
  private readonly engine = new EngineController(this, () => this.client);
  private readonly view = new ViewController(this);
  private readonly lab = new LabController(this, (error) => this.fail(error));
  private readonly commands = new Commands(
    () => this.client,
    async () => await this.opened,
    (error) => this.fail(error),
  );
  private readonly profiler = new ProfileController(
    this,
    () => this.client,
    (error) => this.fail(error),
  );
  private readonly paper = new PaperController(
    this,
    () => this.client,
    (error) => this.fail(error),
  );
  private readonly actions = new Actions({
    view: this.view,
    lab: this.lab,
    commands: this.commands,
    snapshot: () => this.engine.snapshot,
    recorded: () => this.recorded?.samples ?? [],
    start: async () => await this.begin(false),
    step: (unit) => this.step(unit),
    show: (panel) => {
      this.section = "evidence";
      this.view.update({ panel });
    },
    help: () => this.help.toggle(),
  });
  /** The latest picture of a digit that was opened. */
  @state() private given: Uint8Array | null = null;
  /** A run that the browser keeps from before. */
  @state() private kept: Kept | null = null;
  /** Resolves when the engine has opened, or cannot. */
  private readonly opened = new Promise<EngineClient | null>((resolve) => (this.settle = resolve));
  private settle!: (client: EngineClient | null) => void;
  /** The other study's page, once it was wanted. */
  private signLab: SignLab | undefined;
  private sampled = "";
  private prepared = "";
  private unbind: (() => void) | undefined;

  static override styles = [base, controls, appStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("study-change", (event) =>
      this.view.update({ study: (event as CustomEvent<ViewState["study"]>).detail }),
    );
    this.addEventListener("sign-view-change", (event) => {
      const { signs } = this.view.state;
      this.view.update({
        signs: { ...signs, ...(event as CustomEvent<Partial<SignViewState>>).detail },
      });
    });
    // The sign study binds its own.
    this.unbind = bindShortcuts(
      window,
      (action) => this.view.state.study === "digits" && this.actions.act(action),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unbind?.();
  }

  /** The engine's, or the recording's while there is none. */
  private get snapshot(): Snapshot | null {
    return this.engine.snapshot ?? this.recorded?.snapshot ?? null;
  }

  private get subject(): Subject | null {
    return this.engine.snapshot?.subject ?? this.recorded?.snapshot.subject ?? null;
  }

  /** The run that the charts tell of: the shipped BadNet's while that is on view. */
  private get told(): RunView | null {
    const live = this.engine.snapshot;
    if (live?.run) return live.run;
    return (live?.subject ?? this.subject)?.kind === "showcase"
      ? (this.recorded?.run ?? null)
      : null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { client, recorded } = this;
    if (client || this.trouble) this.settle(client);
    if (changed.has("client") && client) {
      const base = new URL("./", document.baseURI).href;
      void this.commands.attempt(async ({ engine }) => {
        await Promise.all([engine.showcase(base), engine.load(base)]);
      });
      void this.commands.attempt(async ({ engine }) => {
        this.kept = await engine.kept();
        if (this.kept && takeResumeWish()) await this.resumeKept();
      });
    }
    const live = this.engine.snapshot?.subject ?? null;
    const lab = live ? client!.lab : (recorded?.lab ?? null);
    const { image, what } = this.view.state;
    this.lab.want(lab, this.subject, { image, what }, live !== null || this.trouble !== null);
    // What the shipped BadNet's neurons do is known from its recording, also to the live one.
    if (recorded && !this.lab.report && this.subject?.kind === "showcase") {
      this.lab.give(recorded.recording.report, recorded.recording.predictions);
    }
    this.fetchSamples();
    this.prepare();
    if (this.view.state.view === "paper") void this.paper.load();
  }

  /** New data brings new digits for the gallery. */
  private fetchSamples(): void {
    const data = this.engine.snapshot?.data ?? null;
    const key = JSON.stringify(data);
    if (!data || key === this.sampled) return;
    this.sampled = key;
    void this.commands.attempt(async ({ engine }) => (this.samples = await engine.samples()));
  }

  /** Has the engine compile what the run in the form would need. */
  private prepare(): void {
    const { recipe } = checkDraft(this.draft);
    const key = recipe ? `${recipe.batch} ${recipe.optimiser.kind} ${recipe.augment}` : "";
    const { client } = this;
    // Not before the first look is there, which is what the reader waits for.
    if (!client || !recipe || key === this.prepared || !this.engine.snapshot?.subject) return;
    this.prepared = key;
    void client.engine.prepare(recipe);
  }

  private get draft(): Draft {
    return this.view.state.draft;
  }

  override render() {
    if (this.view.state.study === "signs") return this.renderSigns();
    const { snapshot } = this;
    return html`
      <app-header
        .lead=${subjectText(this.subject)}
        .adapter=${snapshot?.adapter ?? null}
        .data=${
          snapshot?.data
            ? `${snapshot.data.name}: ${count(snapshot.data.train)} + ${count(snapshot.data.test)} digits`
            : null
        }
        .opens=${"Picture of a digit, checkpoint, model, kernel profile or data set"}
        .engine=${this.client ? "open" : this.trouble ? "missing" : "opening"}
        @files=${(event: CustomEvent<File[]>) => this.take(event.detail)}
        @help=${() => this.help.toggle()}
      ></app-header>
      ${
        this.trouble
          ? html`<no-gpu-banner
              .problem=${this.trouble.problem}
              .message=${this.trouble.message}
            ></no-gpu-banner>`
          : nothing
      }
      <resume-offer
        .kept=${this.engine.snapshot?.run ? null : this.kept}
        .busy=${this.waiting}
        @resume=${this.resumeKept}
        @discard=${this.discardKept}
      ></resume-offer>
      <tab-bar
        class="sections"
        name="Parts of the laboratory"
        .tabs=${sections}
        .chosen=${this.section}
        @choose=${(event: CustomEvent<string>) => (this.section = event.detail)}
      ></tab-bar>
      <main data-section=${this.section} data-view=${this.view.state.view}>
        <section class="attack" aria-label="Attack and training">${this.renderAttack()}</section>
        <section class="network" aria-label="Network">
          <tab-bar
            name="Views of the network"
            .tabs=${views}
            .chosen=${this.view.state.view}
            @choose=${(event: CustomEvent<ViewState["view"]>) =>
              this.view.update({ view: event.detail })}
          ></tab-bar>
          ${this.renderView()}
        </section>
        <section class="evidence" aria-label="Evidence">
          <tab-bar
            name="Evidence"
            .tabs=${panels}
            .chosen=${this.view.state.panel}
            @choose=${(event: CustomEvent<ViewState["panel"]>) =>
              this.view.update({ panel: event.detail })}
          ></tab-bar>
          ${this.renderEvidence()}
        </section>
      </main>
      <footer>${snapshot ? this.renderTime(snapshot) : nothing}</footer>
      <drop-zone @files=${(event: CustomEvent<File[]>) => this.take(event.detail)}></drop-zone>
      <shortcut-help></shortcut-help>
      ${
        snapshot?.refusal
          ? html`<reload-offer
              .message=${snapshot.refusal}
              .step=${snapshot.run?.keptStep ?? null}
            ></reload-offer>`
          : nothing
      }
      <notice-list
        .messages=${this.messages()}
        @dismiss=${(event: CustomEvent<string>) =>
          (this.dismissed = new Set([...this.dismissed, event.detail]))}
      ></notice-list>
    `;
  }

  private renderSigns() {
    // Loaded when it is first wanted; while the other study is on view it goes on in the background.
    void import("./signs/sign-lab.ts");
    this.signLab ??= document.createElement("sign-lab");
    this.signLab.view = this.view.state.signs;
    return html`${this.signLab}`;
  }

  private renderAttack() {
    const { run } = this.engine.snapshot ?? { run: null };
    const { errors, recipe } = checkDraft(this.draft);
    const other = run !== null && !isOf(this.draft, run.recipe);
    return html`
      <recipe-form
        .draft=${this.draft}
        .errors=${errors}
        .backdrop=${this.shown()[0]?.pixels ?? null}
        @draft-change=${(event: CustomEvent<Draft>) => this.view.update({ draft: event.detail })}
        @draft-submit=${this.start}
      ></recipe-form>
      ${
        other
          ? html`<div class="changed" role="status">
              <p>These settings are not those of the run on view.</p>
              <button
                class="primary"
                ?disabled=${!recipe || this.waiting}
                @click=${() => this.begin(true)}
              >
                Restart with them
              </button>
              <button @click=${() => this.view.update({ draft: draftOf(run.recipe) })}>Undo</button>
            </div>`
          : nothing
      }
      <download-bar
        .run=${run}
        .model=${this.engine.snapshot?.subject != null}
        @download=${(event: CustomEvent<Download>) => this.commands.download(event.detail)}
      ></download-bar>
    `;
  }

  private renderView() {
    const { view, mode, what, neuron } = this.view.state;
    const { lab } = this;
    if (view === "step") {
      const stepping = this.engine.snapshot?.run?.stepping ?? null;
      return html`<step-view
        .stepping=${stepping}
        .step=${this.engine.snapshot?.run?.step ?? 0}
        .course=${this.subject?.id ?? 0}
        .read=${this.read}
        @step=${(event: CustomEvent<StepUnit>) => this.step(event.detail)}
      ></step-view>`;
    }
    if (view === "kernels") {
      const { profiler } = this;
      return html`<kernel-view
        .profile=${profiler.profile}
        .saved=${profiler.saved}
        .progress=${profiler.progress}
        .sources=${profiler.sources}
        @profile-run=${() => profiler.run(checkDraft(this.draft).recipe)}
        @profile-cancel=${() => profiler.cancel()}
        @profile-export=${(event: CustomEvent<ProfileFormat>) => profiler.export(event.detail)}
        @profile-compare=${(event: CustomEvent<File>) => this.take([event.detail])}
      ></kernel-view>`;
    }
    if (view === "paper") {
      const { paper } = this;
      return html`<paper-view
        .shipped=${paper.shipped}
        .own=${paper.own}
        .begun=${paper.begun}
        .running=${paper.running}
        .problem=${paper.problem}
        .sample=${this.shown()[0] ?? null}
        @reproduce=${(event: CustomEvent<ItemId>) => paper.run(event.detail)}
        @reproduce-stop=${() => paper.stop()}
        @reproduce-discard=${(event: CustomEvent<ItemId>) => paper.discard(event.detail)}
        @open-recipe=${(event: CustomEvent<DigitRecipe>) => this.openRecipe(event.detail)}
      ></paper-view>`;
    }
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
      @mode-change=${(event: CustomEvent<ViewState["mode"]>) =>
        this.view.update({ mode: event.detail })}
      @what-change=${(event: CustomEvent<ViewState["what"]>) =>
        this.view.update({ what: event.detail })}
      @select=${(event: CustomEvent<NeuronId>) => this.view.update({ neuron: event.detail })}
    ></network-view>`;
  }

  /** Puts an attack of the paper into the form, to be trained from scratch. */
  private openRecipe(recipe: DigitRecipe): void {
    const { epochs, rate, augment } = defaultDraft;
    this.view.update({ draft: { ...draftOf(recipe), epochs, rate, augment }, view: "network" });
  }

  /** The brushed neurons; else those that the trigger wakes, while it is on. */
  private glowing(): readonly NeuronId[] {
    if (this.brushed) return this.brushed;
    const { report } = this.lab;
    return report && this.view.state.mode !== "clean" ? guilty(report) : [];
  }

  /** Where in the network the stepper is: at the kernel that ran last. */
  private place() {
    const stepping = this.engine.snapshot?.run?.stepping;
    if (!stepping || stepping.cursor === 0) return null;
    const { layer, pass } = stepping.dispatches[stepping.cursor - 1];
    return { layer, pass };
  }

  private renderEvidence() {
    const { view, lab, subject, told, given, brushed, recorded, images } = this;
    return evidence({
      view,
      lab,
      subject,
      told,
      samples: this.shown(),
      given,
      brushed,
      recordedOn: recorded?.recording.adapter ?? null,
      mnist: (this.snapshot?.data?.name ?? "MNIST") === "MNIST",
      images,
      draw: async (pixels) => await this.draw(pixels),
      brush: (neurons) => (this.brushed = neurons),
    });
  }

  private renderTime(snapshot: Snapshot) {
    const { run } = this.engine.snapshot ?? { run: null };
    return html`<time-bar
      .snapshot=${this.engine.snapshot ?? { ...snapshot, run: null, data: null }}
      .waiting=${this.waiting}
      .disabled=${this.trouble !== null}
      .kept=${run?.rewindable ?? []}
      .speed=${run?.pace ?? null}
      .stepping=${run?.stepping ?? null}
      @run-start=${this.start}
      @run-pause=${() => this.commands.pause()}
      @run-resume=${() => this.commands.resume()}
      @run-stop=${() => this.commands.stop()}
      @step=${(event: CustomEvent<StepUnit>) => this.step(event.detail)}
      @rewind=${(event: CustomEvent<number>) => this.commands.rewind(event.detail)}
      @speed-change=${(event: CustomEvent<number | null>) => this.commands.setPace(event.detail)}
    ></time-bar>`;
  }

  /** The digits of the gallery. */
  private shown(): readonly Sample[] {
    const { told } = this;
    const samples = this.samples.length > 0 ? this.samples : (this.recorded?.samples ?? []);
    if (!told) return pickSamples(samples, policyOf(this.draft));
    return told.gallery.picks.flatMap(
      (image) => samples.find((sample) => sample.image === image) ?? [],
    );
  }

  private readonly read = async (label: string) => await this.client!.lab.tensor(label);

  private readonly images = async (numbers: readonly number[]) =>
    await (this.client ?? this.recorded)!.lab.images(numbers);

  private readonly start = async () => await this.begin(false);

  private async begin(restart: boolean): Promise<void> {
    const { run } = this.engine.snapshot ?? { run: null };
    if (this.waiting || (!restart && run && isActive(run.phase))) return;
    const { recipe } = checkDraft(this.draft);
    if (!recipe) {
      this.section = "attack";
      await this.updateComplete;
      this.form.focusError();
      return;
    }
    this.waiting = true;
    this.errors = [];
    // The same failure may come again, and must be seen again.
    this.dismissed = new Set([...this.dismissed].filter((key) => !key.startsWith("failure")));
    await this.commands.start(recipe, { restart });
    this.waiting = false;
  }

  private readonly resumeKept = async () => {
    this.waiting = true;
    await this.commands.attempt(async ({ engine }) => {
      this.view.update({ draft: draftOf(await engine.resumeKept()) });
      this.kept = null;
    });
    this.waiting = false;
  };

  private readonly discardKept = async () => {
    this.kept = null;
    await this.commands.attempt(async ({ engine }) => await engine.discardKept());
  };

  private async step(unit: StepUnit): Promise<void> {
    await this.commands.step(unit, checkDraft(this.draft).recipe);
  }

  private async draw(pixels: Uint8Array): Promise<void> {
    const { lab } = this.client ?? this.recorded ?? {};
    try {
      await lab?.draw(pixels);
      this.view.update({ image: DRAWN });
    } catch (error) {
      this.fail(error);
    }
  }

  /** Takes files that were dropped or chosen. */
  private async take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    await this.commands.attempt(async ({ engine }) => {
      const given = await readGiven(files);
      switch (given.kind) {
        case "data":
          return await engine.loadFiles(given.files);
        case "checkpoint":
          return this.view.update({ draft: draftOf(await engine.take(given.files[0])) });
        case "image":
          this.given = given.pixels;
          this.view.update({ panel: "digits" });
          return await this.draw(given.pixels);
        case "profile":
          await this.profiler.compare(given.text, given.name);
          return this.view.update({ view: "kernels" });
      }
    });
  }

  private fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.errors = [{ key: `error ${performance.now()}`, kind: "error", text }];
  }

  private messages(): Message[] {
    const { notices, run } = this.engine.snapshot ?? { notices: [], run: null };
    const failure = run?.failure;
    const { problem } = this.view;
    const all: Message[] = [
      ...(problem ? [{ key: `address ${problem}`, kind: "notice" as const, text: problem }] : []),
      ...notices.map(({ id, text }) => ({ key: `notice ${id}`, kind: "notice" as const, text })),
      ...(failure ? [{ key: `failure ${failure}`, kind: "error" as const, text: failure }] : []),
      ...this.errors,
    ];
    return all.filter(({ key }) => !this.dismissed.has(key));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "badnets-app": BadnetsApp;
  }
}
