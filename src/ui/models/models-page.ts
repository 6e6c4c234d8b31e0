/** The models' page: whose a model is, and whether it is as it was published; signing; and what none of that proves. */
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DigitPort } from "../../studies/digits/types.ts";
import { base } from "../elements/styles.ts";
import "../shell/app-frame.ts";
import type { Connection } from "../shell/connection.ts";
import { ConnectionController } from "../shell/connection-controller.ts";
import { messageOf, wasCancelled } from "../shell/errors.ts";
import type { Message } from "../shell/notice-list.ts";
import type { PageElement, Shell } from "../shell/page.ts";
import { scrollingPage } from "../shell/page-styles.ts";
import type { ModelsShown } from "./address.ts";
import { check, type Checked, type Expected } from "../shell/signing/check.ts";
import { nothingGiven, withFiles, type Given } from "../shell/signing/given.ts";
import "./model-check.ts";
import "./model-signer.ts";
import "./model-zoo.ts";

@customElement("models-page")
export class ModelsPage extends LitElement implements PageElement {
  readonly study = "digits";
  @property({ attribute: false }) shell!: Shell;
  @property({ attribute: false }) connection!: Connection<DigitPort>;
  @property({ attribute: false }) view!: ModelsShown;
  @state() private given: Given = nothingGiven;
  @state() private checked: Checked | null = null;
  @state() private progress: number | null = null;
  @state() private errors: readonly Message[] = [];
  /** The end of all that was given so far: what comes while it is read is added to it. */
  private giving: Promise<void> = Promise.resolve();
  /** Ends the check that is going on. */
  private ending = new AbortController();

  static override styles = [
    base,
    scrollingPage,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--gap);
      }
      @media (width >= 1000px) {
        main {
          grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
        }
        model-zoo {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.connection));
  }

  override render() {
    const { client, trouble, recorded, snapshot } = this.connection;
    const set = snapshot?.data.set;
    return html`<app-frame
      .shell=${this.shell}
      .snapshot=${client?.snapshot ?? null}
      ?live=${client !== null}
      .trouble=${trouble}
      ?recorded=${recorded !== null}
      lead="Where a model came from, and whether it is what its author published."
      .data=${set ? set.name : null}
      drops="A model with its signature, and the key or certificate of whom you trust"
      .errors=${this.errors}
      @files=${({ detail }: CustomEvent<File[]>) => this.give(detail)}
    >
      <main>
        <model-check
          .given=${this.given}
          .checked=${this.checked}
          .progress=${this.progress}
          @give=${({ detail }: CustomEvent<File[]>) => this.give(detail)}
          @check=${({ detail }: CustomEvent<Expected>) => this.check(detail)}
          @clear=${() => this.show(nothingGiven)}
        ></model-check>
        <model-signer .files=${this.given.files} @problem=${this.problem}></model-signer>
        <model-zoo @problem=${this.problem}></model-zoo>
      </main>
    </app-frame>`;
  }

  private show(given: Given): void {
    this.ending.abort();
    this.given = given;
    this.checked = null;
    this.errors = [];
  }

  private give(files: readonly File[]): void {
    this.giving = this.giving
      .then(async () => this.show(await withFiles(this.given, files)))
      .catch((error: unknown) => this.fail(error));
  }

  private async check(expected: Expected): Promise<void> {
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.progress = 0;
    try {
      const onProgress = (done: number, total: number) => (this.progress = done / total);
      this.checked = await check(this.given, expected, { onProgress, signal });
    } catch (error) {
      if (!wasCancelled(error)) this.fail(error);
    } finally {
      this.progress = null;
    }
  }

  private readonly problem = ({ detail }: CustomEvent<unknown>) => this.fail(detail);

  private fail(error: unknown): void {
    this.errors = [messageOf(error)];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "models-page": ModelsPage;
  }
}
