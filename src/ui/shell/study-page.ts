/** A study's page: settings, network and evidence over the time bar; everything but what is the study's own. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { NamedBytes } from "../../data/digits.ts";
import {
  isActive,
  type RunView,
  type Saving,
  type StartOptions,
  type StepUnit,
  type StudyPort,
} from "../../studies/port.ts";
import type { StudyId } from "../../studies/table.ts";
import { shippedFile } from "../elements/files.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/tab-bar.ts";
import type { Tab } from "../elements/tab-bar.ts";
import { MediaController } from "../elements/media-controller.ts";
import "./app-frame.ts";
import type { Connection } from "./connection.ts";
import { ConnectionController } from "./connection-controller.ts";
import type { PageElement, Shell } from "./page.ts";
import { pageStyles } from "./page-styles.ts";
import { columnTabs, EVICTABLE, type PageWords, type Status } from "./page-words.ts";
import { ProfileController } from "./profile-controller.ts";
import "./ready-networks.ts";
import type { ReadyNetwork } from "./ready-networks.ts";
import "./reload-offer.ts";
import { mayReplace, type Coming } from "./replacing.ts";
import "./resume-offer.ts";
import { takeResumeRequest } from "./resume-request.ts";
import { RunController } from "./run-controller.ts";
import "./save-bar.ts";
import type { SaveRequest } from "./save-bar.ts";
import { scrollerOf, ScrollPlaces } from "./scroll-places.ts";
import "./set-up-note.ts";
import type { SetUp } from "./set-up-note.ts";
import { loadStepTab, renderStepTab, stepTabs } from "./step-tabs.ts";
import type { PageKeys, TimeAction, ViewAction } from "./shortcuts.ts";
import "./time-bar.ts";

export abstract class StudyPage<S extends StudyPort, View extends { readonly tab: string }>
  extends LitElement
  implements PageElement
{
  @property({ attribute: false }) shell!: Shell;
  @property({ attribute: false }) connection!: Connection<S>;
  @property({ attribute: false }) view!: View;
  /** The column that a narrow screen shows. */
  @state() protected column: keyof PageWords["columns"] = "network";
  protected readonly control = new RunController<S>(this, () => this.connection);
  protected readonly profiler = new ProfileController(
    this,
    () => this.connection,
    (error) => this.control.fail(error),
  );

  /** A start was refused for errors in the settings. */
  private refused = false;
  /** Network and evidence fit beside each other. */
  private readonly pair = new MediaController(this, "(width >= 1024px)");

  static override styles = [base, controls, pageStyles];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.connection));
    const scrolling = (part: string) => scrollerOf(this.renderRoot?.querySelector(part) ?? null);
    this.addController(
      new ScrollPlaces(
        () => this.view.tab,
        () => scrolling(".network > :last-child"),
      ),
    );
    this.addController(
      new ScrollPlaces(
        () => this.evidenceShown,
        () => scrolling(".evidence"),
      ),
    );
  }

  abstract readonly study: StudyId;
  protected abstract readonly words: PageWords;
  protected abstract status(): Status;

  /** What the form asks for; null while it has errors. */
  protected abstract readonly recipe: S["recipe"] | null;
  /** What of a recipe decides which kernels have to be compiled. */
  protected abstract compiledFor(recipe: S["recipe"]): string;
  /** Whether a run of what the form asks for would be this recipe's. */
  protected abstract asksFor(recipe: S["recipe"]): boolean;
  /** The form's fields for a recipe that came from elsewhere. */
  protected abstract fieldsOf(recipe: S["recipe"]): Partial<View>;
  protected abstract renderForm(): TemplateResult;
  /** Puts the focus where the form's first complaint is. */
  protected abstract focusError(): void;

  /** The view that the tab names, unless it is one of the training step. */
  protected abstract renderView(): TemplateResult;
  protected abstract renderEvidence(): TemplateResult;
  /** Which of several panels the evidence shows. */
  protected get evidenceShown(): string {
    return "";
  }

  /** A file's name without its ending. */
  protected abstract fileName(what: Saving): string;
  /** Takes files that were dropped or chosen. @throws UserError for what is none of the study's */
  protected abstract open(files: readonly File[]): Promise<void>;
  /** What keys do on the page. */
  protected abstract readonly keys: PageKeys;
  /** Does what a key asks for. @returns false where there is nothing to do */
  protected abstract actOn(action: ViewAction): boolean;

  protected get run(): RunView<S> | null {
    return this.control.run;
  }

  openRecipe(recipe: S["recipe"]): void {
    this.change(this.fieldsOf(recipe));
  }

  protected change(part: Partial<View>): void {
    this.dispatchEvent(new CustomEvent("view-change", { detail: part }));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("view")) loadStepTab(this.view.tab).catch(this.control.fail);
    if (this.refused && this.recipe) {
      this.refused = false;
      this.control.forget();
    }
    const { client } = this.connection;
    if (!client) return;
    const { control, recipe } = this;
    if (control.meets(client)) this.meetEngine();
    if (control.comesToOwn(client)) void this.lookBack();
    // Not before the first look is there, which is what the reader waits for.
    if (recipe && client.snapshot.subject?.ready) {
      control.prepare(recipe, this.compiledFor(recipe));
    }
  }

  override render() {
    const { connection, words, control } = this;
    const { client, messages } = connection;
    const status = this.status();
    const apart = this.setUpApart();
    return html`<app-frame
      .shell=${this.shell}
      .snapshot=${client?.snapshot ?? null}
      ?live=${client !== null}
      .trouble=${connection.trouble}
      ?recorded=${connection.recorded !== null}
      .lead=${status.lead}
      .data=${status.data}
      .opens=${words.opens}
      .drops=${words.drops}
      .errors=${[...messages, ...control.messages]}
      .act=${this.act}
      .keys=${this.keys}
      @files=${(event: CustomEvent<File[]>) => this.take(event.detail)}
    >
      <resume-offer
        slot="above"
        .checkpoint=${this.run ? null : control.lastCheckpoint}
        .busy=${control.waiting}
        @resume=${this.resumeLast}
        @discard=${() => control.discardLast()}
      ></resume-offer>
      ${this.renderReload(client?.snapshot.refusal ?? null)}
      <nav class="columns" aria-label="Parts of the laboratory">
        <tab-bar
          name="Parts of the laboratory"
          .tabs=${columnTabs(words.columns, this.pair.matches)}
          .chosen=${this.pair.matches && this.column === "evidence" ? "network" : this.column}
          @choose=${(event: CustomEvent<keyof PageWords["columns"]>) =>
            (this.column = event.detail)}
        ></tab-bar>
      </nav>
      <main data-column=${this.column}>
        <section class="settings" aria-label=${words.columns.settings}>
          ${this.renderForm()}
          <set-up-note
            form
            .apart=${apart}
            ?disabled=${!this.recipe || control.waiting}
            @restart=${() => this.start({ restart: true })}
            @undo=${this.undoForm}
          ></set-up-note>
          <ready-networks
            .networks=${words.ready}
            ?disabled=${control.waiting || client === null}
            @show=${({ detail }: CustomEvent<ReadyNetwork>) => this.showReady(detail)}
          ></ready-networks>
          ${this.renderSaving(status)}
        </section>
        <section class="network" aria-label=${words.columns.network}>
          <tab-bar
            name="Views of the ${words.noun}"
            .tabs=${this.tabs}
            .chosen=${this.view.tab}
            @choose=${(event: CustomEvent<string>) => this.showTab(event.detail)}
          ></tab-bar>
          <set-up-note .apart=${apart}></set-up-note>
          ${this.renderTab()}
        </section>
        <section class="evidence" aria-label=${words.columns.evidence}>
          ${this.renderEvidence()}
        </section>
      </main>
      ${this.renderTime(status)}
    </app-frame>`;
  }

  private renderReload(refusal: string | null) {
    if (refusal === null) return nothing;
    return html`<reload-offer
      slot="above"
      .message=${refusal}
      .study=${this.study}
      .step=${this.run?.keptStep ?? null}
    ></reload-offer>`;
  }

  /** How the form stands apart from the network on view; null where they agree. */
  protected setUpApart(): SetUp | null {
    const recipe = this.recipeOnView;
    if (!recipe || this.asksFor(recipe)) return null;
    return this.run ? "other run" : "not trained";
  }

  protected get recipeOnView(): S["recipe"] | null {
    return this.run?.recipe ?? this.connection.snapshot?.subject?.recipe ?? null;
  }

  private readonly undoForm = () => {
    const { recipeOnView } = this;
    if (recipeOnView) this.change(this.fieldsOf(recipeOnView));
  };

  /** Puts a network that ships with the app on view, and its recipe into the form. */
  private async showReady({ file }: ReadyNetwork): Promise<void> {
    if (!this.mayReplace("network")) return;
    const recipe = await this.control.showShipped();
    if (recipe) this.change(this.fieldsOf(recipe));
    if (recipe && file !== null) {
      await this.control.attempt(async () => await this.openNetwork(await shippedFile(file)));
    }
  }

  private mayReplace(coming: Coming): boolean {
    return mayReplace(coming, this.connection.client?.snapshot ?? null, this.words.noun);
  }

  private renderSaving({ measured, saving }: Status) {
    const { run, words } = this;
    const kept = run !== null && run.keptStep !== null;
    const ended = run !== null && !isActive(run.phase);
    const shown = this.connection.client?.snapshot.subject != null;
    return html`<save-bar
      .heading=${words.save.heading}
      .files=${[
        { what: "model", name: words.save.model, ready: shown },
        { what: "checkpoint", name: "Checkpoint", ready: kept },
        { what: "result", name: "Result", ready: ended && measured },
        { what: "curves", name: "Curves", ready: kept },
      ]}
      .note=${this.connection.evictable ? `${saving} ${EVICTABLE}` : saving}
      @save=${({ detail: { what, sign } }: CustomEvent<SaveRequest>) =>
        this.control.save(what, this.fileName(what), sign)}
    ></save-bar>`;
  }

  private renderTab() {
    const { profiler, run, study } = this;
    const shown = renderStepTab({
      tab: this.view.tab,
      study,
      run,
      course: this.connection.client?.snapshot.subject?.id ?? 0,
      texts: this.words.kernels ?? {},
      profiler,
      read: this.read,
      step: (unit) => void this.step(unit),
      measure: () => void profiler.run(this.recipe),
      compare: (file) => void this.take([file]),
    });
    return shown ?? this.renderView();
  }

  private renderTime({ loading, download = null, loss }: Status) {
    const { control, run } = this;
    return html`<time-bar
      slot="foot"
      .words=${this.words.time}
      .run=${run}
      .loading=${loading}
      .download=${download}
      .waiting=${control.waiting}
      .disabled=${this.connection.trouble !== null}
      .loss=${run ? loss : null}
      @run-start=${() => this.start()}
      @run-pause=${() => control.pause()}
      @run-resume=${() => control.resume()}
      @run-stop=${() => control.stop()}
      @step=${(event: CustomEvent<StepUnit>) => this.step(event.detail)}
      @rewind=${(event: CustomEvent<number>) => control.rewind(event.detail)}
      @pace-change=${(event: CustomEvent<number | null>) => control.setPace(event.detail)}
    ></time-bar>`;
  }

  protected get tabs(): readonly Tab[] {
    return [...this.words.tabs, ...stepTabs];
  }

  protected showTab(tab: string): void {
    // Out of the study's own list.
    this.change({ tab } as Partial<View>);
  }

  private readonly read = async (label: string) =>
    await this.connection.askCommon("tensor", { label });

  /** Starts a run of what the form asks for. @returns whether it is under way */
  protected async start(options: StartOptions = {}): Promise<boolean> {
    const { control, recipe } = this;
    if (control.waiting || (control.active && !options.restart)) return false;
    if (recipe && !options.restart && !this.mayReplace(options.paused ? "steps" : "run"))
      return false;
    if (recipe) return await control.start(recipe, options);
    control.fail(new Error("The settings have errors: fix them first."));
    this.refused = true;
    this.column = "settings";
    await this.updateComplete;
    this.focusError();
    return false;
  }

  /** One unit further; where nothing runs, a run begins for it. */
  private async step(unit: StepUnit): Promise<void> {
    const { control } = this;
    if (control.active || (await this.start({ paused: true }))) await control.step(unit);
  }

  /** A new engine knows nothing of what was before. */
  protected meetEngine(): void {}

  /** Offers what the browser keeps, or goes on with it where that was asked for. */
  private async lookBack(): Promise<void> {
    await this.control.lookBack();
    if (this.control.lastCheckpoint && takeResumeRequest(this.study)) await this.resumeLast();
  }

  private readonly resumeLast = async () => {
    const recipe = await this.control.resumeLast();
    if (recipe) this.change(this.fieldsOf(recipe));
  };

  protected async take(files: readonly File[]): Promise<void> {
    await this.control.open(files, async (own) => await this.open(own));
  }

  /** Goes on from a checkpoint, or puts a network on view. */
  protected async openNetwork(file: NamedBytes): Promise<void> {
    this.change(this.fieldsOf(await this.control.take(file)));
  }

  /** Puts a saved profile on view, to compare with. */
  protected async openProfile(text: string, name: string): Promise<void> {
    await this.profiler.compare(text, name);
    this.showTab("kernels");
  }

  private readonly act = (action: TimeAction | ViewAction): boolean => {
    const { control } = this;
    switch (action.kind) {
      case "play":
        if (!control.active) void this.start();
        else if (this.run?.phase === "paused") void control.resume();
        else void control.pause();
        return true;
      case "step":
        void this.step(action.unit);
        return true;
      case "rewind":
        return control.rewindOnce();
      case "trigger":
      case "difference":
      case "digit":
      case "next-neuron":
      case "switch-neuron":
      case "panel":
      case "close":
        return this.actOn(action);
    }
  };
}
