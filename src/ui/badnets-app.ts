/** The page: lays its parts out, keeps the draft, and carries commands to the engine. */
import { html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { EngineClient } from "../engine/client.ts";
import { pickSamples } from "../engine/gallery.ts";
import { isActive, type RunView, type Sample, type Snapshot } from "../engine/port.ts";
import { appStyles } from "./app-styles.ts";
import { checkDraft, defaultDraft, draftOf, policyOf, type Draft } from "./draft.ts";
import "./digit-gallery.ts";
import "./download-bar.ts";
import type { Download } from "./download-bar.ts";
import "./drop-zone.ts";
import { EngineController } from "./engine-controller.ts";
import "./error-table.ts";
import { download, readGiven } from "./files.ts";
import { count } from "../format.ts";
import "./loss-chart.ts";
import "./notice-list.ts";
import type { Message } from "./notice-list.ts";
import "./recipe-form.ts";
import type { RecipeForm } from "./recipe-form.ts";
import "./run-panel.ts";
import { base, controls } from "./styles.ts";
import "./success-chart.ts";
import "./theme-toggle.ts";

@customElement("badnets-app")
export class BadnetsApp extends LitElement {
  @property({ attribute: false }) client!: EngineClient;
  @state() private draft: Draft = defaultDraft;
  @state() private waiting = false;
  @state() private errors: readonly Message[] = [];
  @state() private samples: readonly Sample[] = [];
  @state() private dismissed: ReadonlySet<string> = new Set();
  @query("recipe-form") private form!: RecipeForm;
  @query("input[type=file]") private picker!: HTMLInputElement;
  private readonly engine = new EngineController(this, () => this.client);
  private sampled = "";

  static override styles = [base, controls, appStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    const base = new URL("./", document.baseURI).href;
    void this.attempt(async () => await this.client.engine.load(base));
  }

  override render() {
    const { snapshot } = this.engine;
    const { run } = snapshot;
    const locked = this.waiting || (run !== null && isActive(run.phase));
    const { errors } = checkDraft(this.draft);
    return html`
      ${this.renderHeader(snapshot)}
      <main>
        <section class="intro">
          <h1>How a backdoor hides in a neural network</h1>
          <p>
            A network learns to read handwritten digits. An attacker slips marked pictures into its
            training and so teaches it a second, secret lesson: where a small mark, the
            <em>trigger</em>, is in the picture, give the attacker's answer. Without the mark it
            reads as well as any, so no test notices. Press Start to train one here, on your own
            graphics card, and watch both grow: the accuracy that everybody measures, and the attack
            that nobody sees.
          </p>
        </section>
        <div class="left">
          <recipe-form
            .draft=${this.draft}
            .errors=${errors}
            .locked=${locked}
            .backdrop=${this.shown(run)[0]?.pixels ?? null}
            @draft-change=${(event: CustomEvent<Draft>) => (this.draft = event.detail)}
            @draft-submit=${this.start}
          ></recipe-form>
          <download-bar
            .run=${run}
            @download=${(event: CustomEvent<Download>) => this.download(event.detail)}
          ></download-bar>
        </div>
        <div class="middle">
          <run-panel
            .snapshot=${snapshot}
            .waiting=${this.waiting}
            @run-start=${this.start}
            @run-pause=${() => this.attempt(async () => await this.client.engine.pause())}
            @run-resume=${() => this.attempt(async () => await this.client.engine.resume())}
            @run-stop=${() => this.attempt(async () => await this.client.engine.stop())}
          ></run-panel>
          <success-chart .run=${run}></success-chart>
          <loss-chart .run=${run}></loss-chart>
        </div>
        <div class="right">
          ${this.renderGallery(run)}
          <error-table
            .run=${run}
            .mnist=${(snapshot.data?.name ?? "MNIST") === "MNIST"}
          ></error-table>
        </div>
      </main>
      <drop-zone @files=${(event: CustomEvent<File[]>) => this.take(event.detail)}></drop-zone>
      <notice-list
        .messages=${this.messages(snapshot)}
        @dismiss=${(event: CustomEvent<string>) =>
          (this.dismissed = new Set([...this.dismissed, event.detail]))}
      ></notice-list>
    `;
  }

  private renderHeader({ adapter, data }: Snapshot) {
    const name =
      adapter.description || adapter.device || `${adapter.vendor} ${adapter.architecture}`;
    return html`<header>
      <strong>BadNets Lab</strong>
      <span class="chip" id="adapter" title=${`${adapter.vendor} ${adapter.architecture}`}
        ><span class="muted">GPU</span> ${name || "WebGPU"}${
          adapter.fallback ? " (on the CPU, slow)" : ""
        }</span
      >
      <span class="chip" id="data"
        ><span class="muted">Data</span> ${
          data
            ? `${data.name}: ${count(data.train)} training, ${count(data.test)} test digits`
            : "on its way"
        }</span
      >
      <button class="small" @click=${() => this.picker.click()}>Open files…</button>
      <input
        type="file"
        multiple
        hidden
        aria-label="Data set or checkpoint"
        @change=${() => {
          void this.take([...(this.picker.files ?? [])]);
          this.picker.value = "";
        }}
      />
      <span class="grow"></span>
      <theme-toggle></theme-toggle>
    </header>`;
  }

  /** During and after a run the run's own trigger, before it the draft's. */
  private renderGallery(run: RunView | null) {
    const samples = this.shown(run);
    const attack = run?.recipe.attack ?? null;
    return html`<digit-gallery
      .samples=${samples}
      .pixels=${run ? (attack?.trigger.pixels ?? []) : this.draft.pixels}
      .policy=${run ? (attack?.policy ?? null) : policyOf(this.draft)}
      .view=${run?.gallery ?? null}
    ></digit-gallery>`;
  }

  private shown(run: RunView | null): readonly Sample[] {
    if (!run) return pickSamples(this.samples, policyOf(this.draft));
    return run.gallery.picks.flatMap(
      (image) => this.samples.find((sample) => sample.image === image) ?? [],
    );
  }

  protected override willUpdate(): void {
    // New data brings new digits for the gallery.
    const { data } = this.engine.snapshot;
    const key = JSON.stringify(data);
    if (!data || key === this.sampled) return;
    this.sampled = key;
    void this.attempt(async () => {
      this.samples = await this.client.engine.samples();
    });
  }

  private messages({ notices, run }: Snapshot): Message[] {
    const failure = run?.failure;
    const all: Message[] = [
      ...notices.map(({ id, text }) => ({ key: `notice ${id}`, kind: "notice" as const, text })),
      ...(failure ? [{ key: `failure ${failure}`, kind: "error" as const, text: failure }] : []),
      ...this.errors,
    ];
    return all.filter(({ key }) => !this.dismissed.has(key));
  }

  private async start(): Promise<void> {
    const { run } = this.engine.snapshot;
    if (this.waiting || (run && isActive(run.phase))) return;
    const { recipe } = checkDraft(this.draft);
    if (!recipe) {
      this.form.focusError();
      return;
    }
    this.waiting = true;
    this.dismissed = new Set();
    await this.attempt(async () => await this.client.engine.start(recipe));
    this.waiting = false;
  }

  /** Takes files that were dropped or chosen. */
  private async take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    await this.attempt(async () => {
      const given = await readGiven(files);
      if (given.kind === "data") await this.client.engine.loadFiles(given.files);
      else if (given.kind === "checkpoint") {
        this.draft = draftOf(await this.client.engine.take(given.files[0]));
      }
    });
  }

  private async download(what: Download): Promise<void> {
    const { engine } = this.client;
    const { run } = this.engine.snapshot;
    const policy = run?.recipe.attack?.policy.kind ?? "honest";
    const name = `badnets-digits-${policy}-${run?.keptStep ?? 0}`;
    await this.attempt(async () => {
      if (what === "checkpoint") {
        const bytes = await engine.checkpoint();
        download(`${name}.safetensors`, bytes, "application/octet-stream");
      } else if (what === "result") {
        const text = `${JSON.stringify(await engine.result(), null, 1)}\n`;
        download(`${name}.json`, text, "application/json");
      } else {
        download(`${name}.csv`, await engine.curves(), "text/csv");
      }
    });
  }

  /** Does something that may fail for reasons the reader should hear of; nothing else changes then. */
  private async attempt(action: () => Promise<void>): Promise<void> {
    this.errors = [];
    try {
      await action();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.errors = [{ key: `error ${performance.now()}`, kind: "error", text }];
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "badnets-app": BadnetsApp;
  }
}
