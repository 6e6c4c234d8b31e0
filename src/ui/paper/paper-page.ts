/** The paper's page: its tables and figures as cards, each with the paper's figures, ours and the reader's own. */
import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { EngineClient } from "../../engine/client.ts";
import { UserError } from "../../errors.ts";
import { count } from "../../format.ts";
import type { Sample } from "../../studies/digits/port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { digitReproduction } from "../../studies/digits/paper/reproduction.ts";
import type { ItemId } from "../../studies/digits/paper/items.ts";
import { base } from "../elements/styles.ts";
import "../shell/app-frame.ts";
import type { Connection } from "../shell/connection.ts";
import { ConnectionController } from "../shell/connection-controller.ts";
import { messageOf } from "../shell/errors.ts";
import type { Message } from "../shell/notice-list.ts";
import type { PageElement, Shell } from "../shell/page.ts";
import type { PaperShown } from "./address.ts";
import { PaperController } from "./paper-controller.ts";
import "./paper-view.ts";

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
  @property({ attribute: false }) view!: PaperShown;
  @state() private errors: readonly Message[] = [];
  /** Test digits, the first of which figure 3 shows. */
  @state() private samples: readonly Sample[] = [];
  private readonly paper = new PaperController(
    this,
    digitReproduction,
    () => this.connection,
    (error) => this.fail(error),
  );
  /** The engine that was met last; after its death comes another. */
  private met: EngineClient<DigitPort> | null = null;
  private sampled = false;

  static override styles = [
    base,
    css`
      /* The parts are laid out by the frame. */
      :host {
        display: contents;
      }
      main {
        flex: 1;
        min-height: 0;
        padding-bottom: var(--gap);
      }
      @media (width >= 1200px) and (height >= 700px) {
        main {
          overflow-y: auto;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.connection));
    void this.paper.loadShipped();
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const { client, recorded } = this.connection;
    if (client && client !== this.met) {
      this.met = client;
      void this.paper.loadOwn();
    }
    if (!this.sampled && (recorded || client?.snapshot.data.set)) {
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
    const { connection, paper } = this;
    const { client, trouble, recorded, messages, evictable, snapshot } = connection;
    const set = snapshot?.data.set;
    return html`<app-frame
      .shell=${this.shell}
      .snapshot=${client?.snapshot ?? null}
      ?live=${client !== null}
      .trouble=${trouble}
      ?recorded=${recorded !== null}
      lead="The tables and figures of the BadNets paper, run again."
      .data=${set ? `${set.name}: ${count(set.train)} + ${count(set.test)} digits` : null}
      drops="Files are opened on the page of a study"
      .errors=${[...messages, ...(evictable ? [evictableNotice] : []), ...this.errors]}
      @files=${() =>
        this.fail(
          new UserError("Files are opened on the page of a study: go there, then drop them again."),
        )}
    >
      <main>
        <paper-view
          .shipped=${paper.shipped}
          .own=${paper.own}
          .begun=${paper.begun}
          .running=${paper.running}
          .problem=${paper.problem}
          .sample=${this.samples[0] ?? null}
          @reproduce=${(event: CustomEvent<ItemId>) => paper.run(event.detail)}
          @reproduce-stop=${() => paper.stop()}
          @reproduce-discard=${(event: CustomEvent<ItemId>) => paper.discard(event.detail)}
          @open-recipe=${this.passOn}
        ></paper-view>
      </main>
    </app-frame>`;
  }

  private readonly passOn = ({ detail }: CustomEvent<DigitRecipe>) => {
    this.dispatchEvent(new CustomEvent("open-recipe", { detail }));
  };

  private fail(error: unknown): void {
    this.errors = [messageOf(error)];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "paper-page": PaperPage;
  }
}
