/** The defences' page: asks the network on view whether it carries a backdoor, shows what is found, and mends it. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Defence, ImageCounts } from "../../defences/defence.ts";
import { estimateSeconds } from "../../defences/estimate.ts";
import { defences as table } from "../../defences/table.ts";
import { overallVerdict } from "../../defences/verdict.ts";
import { UserError } from "../../errors.ts";
import { count, duration } from "../../format.ts";
import type { NeuronId } from "../../inspection/neurons.ts";
import { defenceReport, mendedBy } from "../../studies/digits/defence-report.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import { isBusy, type Subject } from "../../studies/port.ts";
import { jsonText } from "../../text/json.ts";
import { download } from "../elements/files.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/task-progress.ts";
import "../shell/app-frame.ts";
import type { Connection } from "../shell/connection.ts";
import { ConnectionController } from "../shell/connection-controller.ts";
import type { PageElement, Shell } from "../shell/page.ts";
import { RunController } from "../shell/run-controller.ts";
import { scrollingPage } from "../shell/page-styles.ts";
import type { DefencesShown } from "./address.ts";
import "./defence-card.ts";
import { DefenceController } from "./defence-controller.ts";
import "./defence-options.ts";
import "./defence-verdict.ts";
import { findingParts } from "./finding-styles.ts";
import { findingPicture } from "./findings.ts";
import { checkOptions, imagesOf, usualOptions, type OptionsDraft } from "./options-draft.ts";
import { removedPicture } from "./removed.ts";
import { networkInWords, obstacle, runningInWords } from "./words.ts";

@customElement("defences-page")
export class DefencesPage extends LitElement implements PageElement {
  readonly study = "digits";
  @property({ attribute: false }) shell!: Shell;
  @property({ attribute: false }) connection!: Connection<DigitPort>;
  @property({ attribute: false }) view!: DefencesShown;
  @state() private draft: OptionsDraft = usualOptions;
  @query("#file") private picker!: HTMLInputElement;
  private readonly control = new RunController<DigitPort>(this, () => this.connection);
  private readonly asked = new DefenceController(
    this,
    () => this.connection,
    (error) => this.control.fail(error),
  );

  static override styles = [
    base,
    controls,
    scrollingPage,
    findingParts,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--gap);
      }
      .head {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 10px;
        background: var(--panel);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        box-shadow: var(--shadow);
        padding: 14px 18px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
      }
      .running {
        font-size: 13px;
      }
      .tried {
        border: 1px solid var(--attack);
        border-radius: var(--radius);
        background: var(--attack-soft);
        padding: 8px 12px;
      }
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr));
        align-items: start;
        gap: var(--gap);
      }
      .answered {
        grid-column: 1 / -1;
      }
      .key .clean {
        color: var(--clean);
      }
      .key .attack {
        color: var(--attack);
      }
    `,
  ];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.connection));
  }

  /** The engine's; a recording has nothing that could be asked. */
  private get subject(): Subject<DigitPort> | null {
    return this.connection.client?.snapshot.subject ?? null;
  }

  private get set() {
    return this.connection.snapshot?.data.set ?? null;
  }

  private get training(): boolean {
    const run = this.connection.client?.snapshot.run;
    return run != null && isBusy(run.phase);
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    this.asked.update(!this.training);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { defence } = this.view;
    if (!changed.has("view") || defence === "") return;
    const card = this.renderRoot.querySelector(`defence-card[data-id="${defence}"]`);
    // The cards have their heights once they have drawn themselves.
    requestAnimationFrame(() => card?.scrollIntoView());
  }

  override render() {
    const { connection } = this;
    const { client, trouble, recorded, snapshot, messages } = connection;
    const set = snapshot?.data.set;
    return html`<app-frame
      .shell=${this.shell}
      .snapshot=${client?.snapshot ?? null}
      ?live=${client !== null}
      .trouble=${trouble}
      ?recorded=${recorded !== null}
      lead="Is there a backdoor in the network on view, and can it be taken out?"
      .data=${set ? `${set.name}: ${count(set.train)} + ${count(set.test)} digits` : null}
      opens="A model or a checkpoint of a digit network"
      drops="Drop a model or a checkpoint of a digit network, to ask the defences of it"
      .errors=${[...messages, ...this.control.messages]}
      @files=${({ detail }: CustomEvent<File[]>) => this.open(detail)}
    >
      <main>
        ${this.renderHead()}
        <div class="cards">${table.map((defence) => this.renderCard(defence))}</div>
      </main>
    </app-frame>`;
  }

  private renderHead() {
    const { asked, subject, connection } = this;
    const results = [...asked.results.values()];
    return html`<section class="head" aria-label="The network and what was found">
      <p>${networkInWords(subject, asked.conditions)}</p>
      <defence-verdict .verdict=${overallVerdict(table, results)}></defence-verdict>
      ${asked.leftOut ? html`<p class="muted">${asked.leftOut}</p>` : nothing} ${this.renderState()}
      <div class="row">
        <button
          class="primary"
          type="button"
          ?disabled=${!this.ready}
          @click=${() => this.ask(table.map(({ id }) => id))}
        >
          Ask all ${table.length}
        </button>
        <button
          type="button"
          ?disabled=${!this.ready || this.unasked.length === 0 || results.length === 0}
          @click=${() => this.ask(this.unasked)}
        >
          Ask those not asked yet
        </button>
        <button
          type="button"
          ?disabled=${connection.trouble !== null}
          @click=${() => this.picker.click()}
        >
          Open a network
        </button>
        <button type="button" ?disabled=${results.length === 0} @click=${() => this.export()}>
          Save findings (JSON)
        </button>
        <span class="muted">${this.total()}</span>
      </div>
      <input
        id="file"
        type="file"
        accept=".safetensors,.onnx"
        hidden
        aria-label="A network's file"
        @change=${this.chosen}
      />
      <defence-options
        .draft=${this.draft}
        .errors=${this.checked.errors}
        .attack=${subject?.recipe.attack ?? null}
        @draft-change=${({ detail }: CustomEvent<OptionsDraft>) => (this.draft = detail)}
      ></defence-options>
    </section>`;
  }

  /** What goes on, or what stands in the way of asking. */
  private renderState() {
    const { asked, connection } = this;
    const { running, tried } = asked;
    if (running) {
      const doing = runningInWords(running);
      return html`<div class="running">
        <span role="status"
          >${doing}; ${running.waiting.length}
          ${running.waiting.length === 1 ? "defence" : "defences"} to go.</span
        ><task-progress
          heading=${doing}
          .progress=${running.progress ?? { done: 0, secondsLeft: null }}
          @cancel=${() => asked.cancel()}
        ></task-progress>
      </div>`;
    }
    if (tried) {
      const name = table.find(({ id }) => id === tried.id)?.name ?? tried.id;
      return html`<div class="row tried" role="status">
        <span
          >On view is the network that ${name} leaves. The findings below are of the one before
          it.</span
        >
        <button type="button" @click=${() => this.goTo({})}>See it at work</button>
        <button type="button" @click=${() => asked.undo()}>Undo: put the other back</button>
      </div>`;
    }
    const why = obstacle({
      trouble: connection.trouble,
      stale: asked.stale,
      training: this.training,
      subject: this.subject,
    });
    return why === null ? nothing : html`<p class="muted" role="status">${why}</p>`;
  }

  private renderCard(defence: Defence) {
    const { asked, subject } = this;
    const { id } = defence;
    const result = asked.results.get(id) ?? null;
    const bytes = asked.mended.get(id);
    return html`<defence-card
      data-id=${id}
      class=${result ? "answered" : ""}
      .defence=${defence}
      .result=${result}
      .given=${asked.before}
      .running=${asked.running}
      ?disabled=${!this.ready}
      .seconds=${this.estimate(defence)}
      ?mended=${bytes !== undefined}
      ?tried=${asked.tried?.id === id}
      ?tryable=${subject?.kind !== "run" && !asked.busy}
      @run=${() => this.ask([id])}
      @cancel=${() => asked.cancel()}
      @save=${() => download(mendedBy(id), bytes!, "application/octet-stream")}
      @try=${() => asked.try(id, bytes!)}
      >${
        result
          ? html`${findingPicture(result, {
              trigger: asked.conditions?.attack?.trigger.pixels ?? null,
              images: this.trainingImages,
              look: (neuron) => this.look(neuron),
              remove: (id, neurons) => this.takeOut(id, neurons),
              fail: this.control.fail,
              disabled: !this.ready || asked.tried !== null,
            })}${removedPicture(id, asked)}`
          : nothing
      }</defence-card
    >`;
  }

  /** There is a network that can be asked, and nothing else goes on. */
  private get ready(): boolean {
    const { asked, subject } = this;
    return subject?.ready === true && !this.training && !asked.busy;
  }

  private get unasked(): string[] {
    return table.map(({ id }) => id).filter((id) => !this.asked.results.has(id));
  }

  /** Images for each purpose, as the worker will count them. */
  private images(): ImageCounts {
    return imagesOf(this.set, this.draft);
  }

  private estimate(defence: Defence): number | null {
    const { pace, results } = this.asked;
    return estimateSeconds(table, defence, this.images(), pace, [...results.values()]);
  }

  /** About how long all that is left would take. */
  private total(): string {
    const left = table.filter(({ id }) => !this.asked.results.has(id));
    const seconds = left.map((defence) => this.estimate(defence));
    if (!this.ready || left.length === 0 || seconds.some((one) => one === null)) return "";
    const sum = seconds.reduce<number>((total, one) => total + one!, 0);
    return `About ${duration(sum)} on this device for ${left.length === table.length ? "all" : "the rest"}, cheap ones first.`;
  }

  private ask(ids: readonly string[]): void {
    const { options } = this.checked;
    if (!options)
      return this.control.fail(new UserError("The settings have errors: mend them first."));
    void this.asked.run(ids, options);
  }

  private get checked() {
    return checkOptions(this.draft, this.set?.test ?? 0, this.subject?.recipe.attack ?? null);
  }

  private takeOut(id: string, neurons: readonly NeuronId[]): void {
    const { options } = this.checked;
    if (options) void this.asked.remove(id, neurons, options);
  }

  private readonly trainingImages = async (numbers: readonly number[]) => {
    const seed = this.asked.conditions?.seed ?? 0;
    return await this.connection.ask("trainingImages", { numbers, seed });
  };

  private look(neuron: NeuronId | null): void {
    this.goTo({ mode: "triggered", panel: "neurons", ...(neuron ? { neuron } : {}) });
  }

  /** Goes to the page Digits. */
  private goTo(view: object): void {
    this.dispatchEvent(new CustomEvent("open-view", { detail: { page: "digits", view } }));
  }

  private export(): void {
    const { conditions, before, results } = this.asked;
    if (!conditions) return;
    const ordered = table.flatMap(({ id }) => results.get(id) ?? []);
    const report = defenceReport(conditions, { before, results: ordered });
    download("badnets-defences.json", jsonText(report), "application/json");
  }

  private readonly chosen = ({ target }: Event) => {
    const input = target as HTMLInputElement;
    void this.open([...(input.files ?? [])]);
    // So that the same may be chosen again.
    input.value = "";
  };

  /** Puts a network on view, once it is known where it comes from. */
  private async open(given: readonly File[]): Promise<void> {
    await this.control.open(given, async (files) => {
      const [file] = files;
      if (files.length !== 1 || !/\.(safetensors|onnx)$/.test(file.name)) {
        throw new UserError(
          "One model or checkpoint (.safetensors), or a network of another tool (.safetensors, .onnx), is opened here, " +
            "with its signature if there is one; everything else on the page that it is for.",
        );
      }
      await this.control.take({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "defences-page": DefencesPage;
  }
}
