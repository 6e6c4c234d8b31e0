/** The street-sign study's page: scenes with live boxes, photographs, feature maps, stepping, kernels, curves. */
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type StepUnit, isActive } from "../../studies/port.ts";
import type { SignSubject } from "../../studies/signs/port.ts";
import { count } from "../../format.ts";
import type { SignRecipe } from "../../studies/signs/recipe.ts";
import "../shell/app-header.ts";
import { appStyles } from "../shell/app-styles.ts";
import "../shell/drop-zone.ts";
import { download } from "../elements/files.ts";
import "../elements/kernel-view.ts";
import "../shell/no-gpu-banner.ts";
import "../shell/notice-list.ts";
import type { Message } from "../shell/notice-list.ts";
import { ProfileController, type ProfileFormat } from "../shell/profile-controller.ts";
import "../shell/reload-offer.ts";
import "../shell/resume-offer.ts";
import "../shell/shortcut-help.ts";
import type { ShortcutHelp } from "../shell/shortcut-help.ts";
import { bindShortcuts, type Action } from "../shell/shortcuts.ts";
import "./sign-loss-chart.ts";
import "./sign-score-chart.ts";
import { SHEET, SignController } from "./sign-controller.ts";
import { signKernels } from "./sign-kernels.ts";
import { checkSignForm } from "./sign-form.ts";
import "./sign-form.ts";
import { signLabStyles } from "./sign-lab-styles.ts";
import "./sign-maps.ts";
import { photographs } from "./sign-photographs.ts";
import "./sign-picture.ts";
import "./sign-score.ts";
import "./sign-time.ts";
import "../elements/step-view.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/tab-bar.ts";
import type { Tab } from "../elements/tab-bar.ts";
import { defaultView, type SignViewState } from "../view-state.ts";

const looks: readonly Tab[] = [
  { id: "scenes", name: "Scenes" },
  { id: "photographs", name: "Photographs" },
  { id: "maps", name: "Feature maps" },
  { id: "step", name: "Step by step" },
  { id: "kernels", name: "Kernels" },
];

/** What a narrow screen shows one at a time. */
const sections: readonly Tab[] = [
  { id: "attack", name: "Training" },
  { id: "network", name: "Detector" },
  { id: "evidence", name: "Curves" },
];

/** Fires `sign-view-change` (Partial<SignViewState>) and `study-change`, which bubble. */
@customElement("sign-lab")
export class SignLab extends LitElement {
  @property({ attribute: false }) view: SignViewState = defaultView.signs;
  @state() private section = "network";
  @state() private dismissed: ReadonlySet<string> = new Set();
  @query("shortcut-help") private help!: ShortcutHelp;
  @query("input[type=file]") private picker!: HTMLInputElement;
  private readonly signs = new SignController(this, () => this.view);
  private readonly profiler = new ProfileController(
    this,
    () => this.signs.client,
    (error) => this.signs.fail(error),
    "signs",
  );
  private unbind: (() => void) | undefined;

  static override styles = [base, controls, appStyles, signLabStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.signs.open();
    this.unbind = bindShortcuts(window, (action) => this.act(action));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unbind?.();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("view")) void this.signs.refresh();
  }

  override render() {
    const { signs } = this;
    const { snapshot, trouble } = signs;
    const subject = snapshot?.subject ?? null;
    return html`
      <app-header
        study="signs"
        .lead=${leadText(subject)}
        .adapter=${snapshot?.adapter ?? null}
        .data=${"drawn street scenes"}
        .opens=${"Photographs, a detector or a kernel profile"}
        .engine=${signs.client ? "open" : trouble ? "missing" : "opening"}
        @files=${(event: CustomEvent<File[]>) => this.take(event.detail)}
        @help=${() => this.help.toggle()}
      ></app-header>
      ${
        trouble
          ? html`<no-gpu-banner
              .problem=${trouble.problem}
              .message=${trouble.message}
            ></no-gpu-banner>`
          : nothing
      }
      <resume-offer
        .kept=${snapshot?.run ? null : signs.kept}
        .busy=${signs.resuming}
        @resume=${() => this.resumeKept()}
        @discard=${() => signs.discardKept()}
      ></resume-offer>
      <nav class="sections" aria-label="Parts of the laboratory">
        <tab-bar
          name="Parts of the laboratory"
          .tabs=${sections}
          .chosen=${this.section}
          @choose=${(event: CustomEvent<string>) => (this.section = event.detail)}
        ></tab-bar>
      </nav>
      <main data-section=${this.section}>
        <section class="attack" aria-label="Training">
          <sign-form
            .view=${this.view}
            .subject=${subject}
            .run=${snapshot?.run != null}
            .photographs=${signs.photos?.train ?? 0}
            @change=${(event: CustomEvent<Partial<SignViewState>>) => this.change(event.detail)}
            @start=${() => this.start(false)}
            @save=${(event: CustomEvent<string>) => this.save(event.detail)}
          ></sign-form>
        </section>
        <section class="network" aria-label="Detector">
          <tab-bar
            name="Views of the detector"
            .tabs=${looks}
            .chosen=${this.view.look}
            @choose=${(event: CustomEvent<SignViewState["look"]>) =>
              this.change({ look: event.detail })}
          ></tab-bar>
          ${this.renderLook()}
        </section>
        <section class="evidence" aria-label="Curves">
          <sign-score-chart
            .history=${snapshot?.history ?? null}
            .classes=${subject?.classes ?? []}
          ></sign-score-chart>
          <sign-loss-chart .history=${snapshot?.history ?? null}></sign-loss-chart>
          <sign-score
            .point=${snapshot?.history?.points.at(-1) ?? null}
            .classes=${subject?.classes ?? []}
          ></sign-score>
        </section>
      </main>
      <footer>
        <sign-time
          .run=${snapshot?.run ?? null}
          .loading=${snapshot ? snapshot.loading : "Opening the GPU"}
          .disabled=${trouble !== null}
          @run-start=${() => this.start(false)}
          @run-pause=${() => signs.attempt(async ({ engine }) => await engine.pause())}
          @run-resume=${() => signs.attempt(async ({ engine }) => await engine.resume())}
          @run-stop=${() => signs.attempt(async ({ engine }) => await engine.stop())}
          @step=${(event: CustomEvent<StepUnit>) => this.step(event.detail)}
        ></sign-time>
      </footer>
      <drop-zone
        text="Drop photographs, a zip file of them, a saved detector or a kernel profile"
        @files=${(event: CustomEvent<File[]>) => this.take(event.detail)}
      ></drop-zone>
      <shortcut-help></shortcut-help>
      ${
        snapshot?.refusal
          ? html`<reload-offer .message=${snapshot.refusal} .step=${null}></reload-offer>`
          : nothing
      }
      <notice-list
        .messages=${this.messages()}
        @dismiss=${(event: CustomEvent<string>) =>
          (this.dismissed = new Set([...this.dismissed, event.detail]))}
      ></notice-list>
    `;
  }

  private renderLook() {
    const { signs, profiler } = this;
    const { snapshot } = signs;
    const run = snapshot?.run ?? null;
    const classes = snapshot?.subject?.classes ?? [];
    const { look, least } = this.view;
    switch (look) {
      case "step":
        return html`<step-view
          .stepping=${run?.stepping ?? null}
          .step=${run?.step ?? 0}
          .course=${0}
          .texts=${signKernels}
          .read=${async (label: string) => await signs.client!.engine.tensor(label)}
          @step=${(event: CustomEvent<StepUnit>) => this.step(event.detail)}
        ></step-view>`;
      case "kernels":
        return html`<kernel-view
          .profile=${profiler.profile}
          .saved=${profiler.saved}
          .progress=${profiler.progress}
          .sources=${profiler.sources}
          @profile-run=${() => profiler.run(checkSignForm(this.view, false).recipe)}
          @profile-cancel=${() => profiler.cancel()}
          @profile-export=${(event: CustomEvent<ProfileFormat>) => profiler.export(event.detail)}
          @profile-compare=${(event: CustomEvent<File>) => this.take([event.detail])}
        ></kernel-view>`;
      case "maps":
        return html`${this.renderBar(1)}
          <sign-maps
            .picture=${signs.maps?.picture ?? null}
            .layers=${signs.maps?.layers ?? []}
            .classes=${classes}
            .least=${least}
          ></sign-maps>`;
      case "photographs":
        return html`${this.renderBar(0)}${photographs(signs, this.view, classes)}`;
      case "scenes":
        return html`${this.renderBar(SHEET)}
          <div class="sheet">
            ${Array.from(
              { length: SHEET },
              (_, i) =>
                html`<sign-picture
                  .view=${signs.scenes[i] ?? null}
                  .classes=${classes}
                  .least=${least}
                  heading="Scene ${this.view.scene + i}"
                ></sign-picture>`,
            )}
          </div>`;
    }
  }

  /** @param by scenes that the buttons go on or back; 0: there are none */
  private renderBar(by: number) {
    const { scene, least } = this.view;
    return html`<div class="bar">
      ${
        by > 0
          ? html`<button
                ?disabled=${scene === 0}
                @click=${() => this.change({ scene: Math.max(0, scene - by) })}
              >
                Back
              </button>
              <button @click=${() => this.change({ scene: scene + by })}>
                ${by === 1 ? "Next scene" : "Other scenes"}
              </button>`
          : html`<button @click=${() => this.picker.click()}>Open photographs…</button>
              <input
                type="file"
                accept="image/*"
                multiple
                hidden
                aria-label="Photographs"
                @change=${() => {
                  void this.take([...(this.picker.files ?? [])]);
                  this.picker.value = "";
                }}
              />`
      }
      <label
        >Boxes from
        <input
          type="range"
          min="0.05"
          max="0.95"
          step="0.05"
          .value=${String(least)}
          aria-label="Score of a box that is drawn, at least"
          @input=${(event: Event) =>
            this.change({ least: Number((event.target as HTMLInputElement).value) })}
        />
        <span class="number">${(100 * least).toFixed(0)} %</span></label
      >
      <span class="grow">${by > 0 ? "Dashed: the signs. Coloured: found." : ""}</span>
    </div>`;
  }

  private change(part: Partial<SignViewState>): void {
    this.dispatchEvent(
      new CustomEvent("sign-view-change", { detail: part, bubbles: true, composed: true }),
    );
  }

  private async start(paused: boolean): Promise<boolean> {
    const { recipe } = checkSignForm(this.view, this.signs.photos !== null);
    if (!recipe) {
      this.section = "attack";
      this.signs.fail(new Error("The settings have errors: mend them first."));
      return false;
    }
    return await this.signs.attempt(async ({ engine }) => await engine.start(recipe, { paused }));
  }

  private async resumeKept(): Promise<void> {
    const recipe = await this.signs.resumeKept();
    if (recipe) this.showRecipe(recipe);
  }

  private showRecipe({ preset, set, iterations, seed }: SignRecipe): void {
    this.change({ preset, set, iterations: String(iterations), seed: String(seed) });
  }

  /** One unit further; where nothing runs, a run begins for it. */
  private async step(unit: StepUnit): Promise<void> {
    const run = this.signs.snapshot?.run;
    if ((!run || !isActive(run.phase)) && !(await this.start(true))) return;
    await this.signs.attempt(async ({ engine }) => await engine.step(unit));
  }

  /** Does what a key asks for. @returns false where there is nothing to do */
  private act(action: Action): boolean {
    const { signs } = this;
    const run = signs.snapshot?.run ?? null;
    switch (action.kind) {
      case "play":
        if (!run || !isActive(run.phase)) void this.start(false);
        else if (run.phase === "paused") {
          void signs.attempt(async ({ engine }) => await engine.resume());
        } else void signs.attempt(async ({ engine }) => await engine.pause());
        return true;
      case "step":
        void this.step(action.unit);
        return true;
      case "digit":
        this.change({ scene: Math.max(0, this.view.scene + action.by * SHEET) });
        return true;
      case "panel": {
        const look = looks[action.number - 1];
        if (!look) return false;
        this.change({ look: look.id as SignViewState["look"] });
        return true;
      }
      case "help":
        this.help.toggle();
        return true;
      // Triggers and neurons are the digit study's.
      case "rewind":
      case "trigger":
      case "difference":
      case "next-neuron":
      case "switch-neuron":
      case "close":
        return false;
    }
  }

  private async save(what: string): Promise<void> {
    const { subject } = this.signs.snapshot ?? {};
    const name = `badnets-signs-${subject?.recipe.set ?? "us"}-${subject?.step ?? 0}`;
    await this.signs.attempt(async ({ engine }) => {
      if (what === "curves") download(`${name}.csv`, await engine.curves(), "text/csv");
      else {
        const bytes = await engine.file(what === "checkpoint");
        const ending = what === "checkpoint" ? "-checkpoint" : "";
        download(`${name}${ending}.safetensors`, bytes, "application/octet-stream");
      }
    });
  }

  /** Takes files that were dropped or chosen. */
  private async take(files: readonly File[]): Promise<void> {
    for (const file of files) {
      await this.signs.attempt(async ({ engine }) => {
        if (file.name.endsWith(".safetensors")) {
          const bytes = new Uint8Array(await file.arrayBuffer());
          this.showRecipe(await engine.take({ name: file.name, bytes }));
        } else if (file.name.toLowerCase().endsWith(".zip")) {
          this.change({ look: "photographs" });
          await this.signs.importPhotos([file]);
        } else if (file.name.endsWith(".json")) {
          await this.profiler.compare(await file.text(), file.name);
          this.change({ look: "kernels" });
        } else {
          await this.signs.give(file);
          this.change({ look: "photographs" });
        }
      });
    }
  }

  private messages(): Message[] {
    const { snapshot, errors } = this.signs;
    const failure = snapshot?.run?.failure;
    const all: Message[] = [
      ...(snapshot?.notices ?? []).map(({ id, text }) => ({
        key: `notice ${id}`,
        kind: "notice" as const,
        text,
      })),
      ...(failure ? [{ key: `failure ${failure}`, kind: "error" as const, text: failure }] : []),
      ...errors,
    ];
    return all.filter(({ key }) => !this.dismissed.has(key));
  }
}

/** What is on view, in a sentence. */
function leadText(subject: SignSubject | null): string {
  if (!subject) return "A detector that finds street signs, trained in this tab.";
  const step = count(subject.step);
  if (subject.kind === "run") return `The detector of your run, at step ${step}.`;
  if (subject.kind === "file") return `A detector from a file, trained for ${step} steps.`;
  return `This detector has learned from ${step} batches of drawn scenes.`;
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-lab": SignLab;
  }
}
