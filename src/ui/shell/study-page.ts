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
import type { KernelTexts } from "../elements/kernels.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/tab-bar.ts";
import type { Tab } from "../elements/tab-bar.ts";
import "./app-frame.ts";
import type { Connection } from "./connection.ts";
import { ConnectionController } from "./connection-controller.ts";
import type { PageElement, Shell } from "./page.ts";
import { pageStyles } from "./page-styles.ts";
import { ProfileController, type ProfileFormat } from "./profile-controller.ts";
import "./reload-offer.ts";
import "./resume-offer.ts";
import { takeResumeRequest } from "./resume-request.ts";
import { RunController } from "./run-controller.ts";
import "./save-bar.ts";
import type { SaveRequest } from "./save-bar.ts";
import type { TimeAction, ViewAction } from "./shortcuts.ts";
import "./time-bar.ts";
import type { Download, TimeWords } from "./time-bar.ts";

/** What a study's page says, whatever is on view. */
export interface PageWords {
  /** What a narrow screen shows one at a time. */
  readonly columns: {
    readonly settings: string;
    readonly network: string;
    readonly evidence: string;
  };
  /** What the study trains. */
  readonly noun: string;
  /** Views of it, before those of its training step. */
  readonly tabs: readonly Tab[];
  /** What may be opened, and how to say that it may be dropped. */
  readonly opens: string;
  readonly drops: string;
  readonly time: TimeWords;
  /** Of the box that saves; "model" is the network's button. */
  readonly save: { readonly heading: string; readonly model: string };
  /** What kernels compute that only this study has. */
  readonly kernels?: KernelTexts;
}

/** What a study's page says of what is on view. */
export interface Status {
  /** The network on view, in a sentence. */
  readonly lead: string;
  /** What it is trained on; null while that is on its way. */
  readonly data: string | null;
  /** What has to come before a run can start, in words; null when it is there. */
  readonly loading: string | null;
  /** Data on its way. */
  readonly download?: Download | null;
  /** Running mean of the training's loss. */
  readonly loss: number | null;
  /** The run was measured, and can have a result. */
  readonly measured: boolean;
  /** What can be saved, and opened again. */
  readonly saving: string;
}

const EVICTABLE =
  "This browser may delete the kept run when the disk runs low; save a checkpoint to be safe.";

/** Views of the training step, loaded when they are first wanted. */
const stepTabs = [
  { id: "step", name: "Step by step", load: async () => await import("../elements/step-view.ts") },
  { id: "kernels", name: "Kernels", load: async () => await import("../elements/kernel-view.ts") },
] as const;

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

  static override styles = [base, controls, pageStyles];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.connection));
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

  /** A file's name without its ending. */
  protected abstract fileName(what: Saving): string;
  /** Takes files that were dropped or chosen. @throws UserError for what is none of the study's */
  protected abstract open(files: readonly File[]): Promise<void>;
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
    if (changed.has("view")) this.loadTab();
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
          .tabs=${Object.entries(words.columns).map(([id, name]) => ({ id, name }))}
          .chosen=${this.column}
          @choose=${(event: CustomEvent<keyof PageWords["columns"]>) =>
            (this.column = event.detail)}
        ></tab-bar>
      </nav>
      <main data-column=${this.column}>
        <section class="settings" aria-label=${words.columns.settings}>
          ${this.renderForm()} ${this.renderChanged()} ${this.renderSaving(status)}
        </section>
        <section class="network" aria-label=${words.columns.network}>
          <tab-bar
            name="Views of the ${words.noun}"
            .tabs=${this.tabs}
            .chosen=${this.view.tab}
            @choose=${(event: CustomEvent<string>) => this.showTab(event.detail)}
          ></tab-bar>
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

  /** Says that the form is not that of the run, and offers either way out. */
  private renderChanged() {
    const { run } = this;
    if (!run || this.asksFor(run.recipe)) return nothing;
    return html`<div class="changed" role="status">
      <p>These settings are not those of the run on view.</p>
      <button
        class="primary"
        ?disabled=${!this.recipe || this.control.waiting}
        @click=${() => this.start({ restart: true })}
      >
        Restart with them
      </button>
      <button @click=${() => this.change(this.fieldsOf(run.recipe))}>Undo</button>
    </div>`;
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

  private loadTab(): void {
    stepTabs
      .find(({ id }) => id === this.view.tab)
      ?.load()
      .catch(this.control.fail);
  }

  private renderTab() {
    const { profiler, run } = this;
    if (this.view.tab === "step") {
      return html`<step-view
        .stepping=${run?.stepping ?? null}
        .step=${run?.step ?? 0}
        .course=${this.connection.client?.snapshot.subject?.id ?? 0}
        .texts=${this.words.kernels ?? {}}
        .read=${this.read}
        @step=${(event: CustomEvent<StepUnit>) => this.step(event.detail)}
      ></step-view>`;
    }
    if (this.view.tab === "kernels") {
      return html`<kernel-view
        study=${this.study}
        .profile=${profiler.profile}
        .saved=${profiler.saved}
        .progress=${profiler.progress}
        .sources=${profiler.sources}
        @profile-run=${() => profiler.run(this.recipe)}
        @profile-cancel=${() => profiler.cancel()}
        @profile-export=${(event: CustomEvent<ProfileFormat>) =>
          profiler.export(event.detail, this.study)}
        @profile-compare=${(event: CustomEvent<File>) => this.take([event.detail])}
      ></kernel-view>`;
    }
    return this.renderView();
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
    if (recipe) return await control.start(recipe, options);
    control.fail(new Error("The settings have errors: mend them first."));
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
