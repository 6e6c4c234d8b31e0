/** The paper's page: its tables and figures as cards, each with the paper's figures, ours and the reader's own. */
import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { EngineClient } from "../../engine/client.ts";
import { UserError } from "../../errors.ts";
import { count } from "../../format.ts";
import type { Sample } from "../../studies/digits/port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import type { DigitPaper } from "../../studies/digits/paper/items.ts";
import { digitReproduction } from "../../studies/digits/paper/reproduction.ts";
import type { ReproductionTypes } from "../../studies/reproduction/reproduction.ts";
import type { SignPaper } from "../../studies/signs/paper/items.ts";
import { signReproduction } from "../../studies/signs/paper/reproduction.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base } from "../elements/styles.ts";
import "../shell/app-frame.ts";
import type { Connection, Connections } from "../shell/connection.ts";
import { ConnectionController } from "../shell/connection-controller.ts";
import { messageOf } from "../shell/errors.ts";
import type { Message } from "../shell/notice-list.ts";
import type { PageElement, Shell } from "../shell/page.ts";
import { scrollingPage } from "../shell/page-styles.ts";
import { paperSections, type PaperShown } from "./address.ts";
import "./digit-section.ts";
import { PaperController } from "./paper-controller.ts";
import "./sign-section.ts";

const evictableNotice: Message = {
  key: "evictable",
  kind: "notice",
  text: "This browser may delete your results when the disk runs low: export what you want to keep.",
};

@customElement("paper-page")
export class PaperPage extends LitElement implements PageElement {
  readonly study = "digits";
  @property({ attribute: false }) shell!: Shell;
  @property({ attribute: false }) connection!: Connection<DigitPort>;
  @property({ attribute: false }) connections!: Connections;
  @property({ attribute: false }) view!: PaperShown;
  @state() private errors: readonly Message[] = [];
  /** Test digits, the first of which figure 3 shows. */
  @state() private samples: readonly Sample[] = [];
  private readonly digits = new PaperController<DigitPaper>(
    this,
    digitReproduction,
    () => this.connection,
    (error) => this.fail(error),
  );
  private readonly signs = new PaperController<SignPaper>(
    this,
    signReproduction,
    () => this.signConnection,
    (error) => this.fail(error),
  );
  /** The engine that each section met last; after the death of one comes another. */
  private readonly met = new Map<PaperController<any>, EngineClient<any>>();
  private readonly shown = new Set<PaperController<any>>();
  private sampled = false;

  static override styles = [
    base,
    segmentedStyles,
    scrollingPage,
    css`
      .sections {
        display: flex;
        margin-bottom: var(--gap);
      }
    `,
  ];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.ofSection));
  }

  /** Opened when the signs are first looked at. */
  private get signConnection(): Connection<SignPort> {
    return this.connections.to("signs");
  }

  private get ofSection(): Connection<DigitPort> | Connection<SignPort> {
    return this.view.section === "digits" ? this.connection : this.signConnection;
  }

  private get controller(): PaperController<any> {
    return this[this.view.section];
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const { controller } = this;
    if (!this.shown.has(controller)) {
      this.shown.add(controller);
      void controller.loadShipped();
    }
    const { client } = this.ofSection;
    if (client && this.met.get(controller) !== client) {
      this.met.set(controller, client);
      void controller.loadOwn();
    }
    const { recorded, client: engine } = this.connection;
    if (!this.sampled && (recorded || engine?.snapshot.data.set)) {
      this.sampled = true;
      void this.readSamples();
    }
  }

  private async readSamples(): Promise<void> {
    const { recorded, ask } = this.connection;
    try {
      this.samples = await (recorded?.ask ?? ask)("samples", {});
    } catch (error) {
      this.fail(error);
    }
  }

  override render() {
    const { section } = this.view;
    const { client, trouble, recorded, messages, evictable } = this.ofSection;
    return html`<app-frame
      .shell=${this.shell}
      .snapshot=${client?.snapshot ?? null}
      ?live=${client !== null}
      .trouble=${trouble}
      ?recorded=${recorded !== null}
      lead="The tables and figures of the BadNets paper, run again."
      .data=${this.dataInWords()}
      drops="Files are opened on the page of a study"
      .errors=${[...messages, ...(evictable ? [evictableNotice] : []), ...this.errors]}
      @files=${() =>
        this.fail(
          new UserError("Files are opened on the page of a study: go there, then drop them again."),
        )}
    >
      <main>
        <div class="sections">
          ${segmented("Section of the paper", paperSections, section, (chosen) =>
            this.dispatchEvent(new CustomEvent("view-change", { detail: { section: chosen } })),
          )}
        </div>
        ${this.renderSection(section)}
      </main>
    </app-frame>`;
  }

  private dataInWords(): string | null {
    if (this.view.section !== "digits") return "drawn scenes";
    const set = this.connection.snapshot?.data.set;
    return set ? `${set.name}: ${count(set.train)} + ${count(set.test)} digits` : null;
  }

  private renderSection(section: PaperShown["section"]) {
    switch (section) {
      case "digits":
        return this.renderDigits();
      case "signs":
        return this.renderSigns();
    }
  }

  private renderDigits() {
    const { digits } = this;
    return html`<digit-section
      .shipped=${digits.shipped}
      .own=${digits.own}
      .begun=${digits.begun}
      .running=${digits.running}
      .problem=${digits.problem}
      .sample=${this.samples[0] ?? null}
      @reproduce=${run(digits)}
      @reproduce-stop=${() => digits.stop()}
      @reproduce-discard=${discard(digits)}
      @open-recipe=${this.passOn}
    ></digit-section>`;
  }

  private renderSigns() {
    const { signs } = this;
    return html`<sign-section
      .shipped=${signs.shipped}
      .own=${signs.own}
      .begun=${signs.begun}
      .running=${signs.running}
      .problem=${signs.problem}
      @reproduce=${run(signs)}
      @reproduce-stop=${() => signs.stop()}
      @reproduce-discard=${discard(signs)}
    ></sign-section>`;
  }

  private readonly passOn = ({ detail }: CustomEvent<DigitRecipe>) => {
    this.dispatchEvent(new CustomEvent("open-recipe", { detail }));
  };

  private fail(error: unknown): void {
    this.errors = [messageOf(error)];
  }
}

const run =
  <T extends ReproductionTypes>(controller: PaperController<T>) =>
  async ({ detail }: CustomEvent<T["item"]>) =>
    await controller.run(detail);

const discard =
  <T extends ReproductionTypes>(controller: PaperController<T>) =>
  async ({ detail }: CustomEvent<T["item"]>) =>
    await controller.discard(detail);

declare global {
  interface HTMLElementTagNameMap {
    "paper-page": PaperPage;
  }
}
