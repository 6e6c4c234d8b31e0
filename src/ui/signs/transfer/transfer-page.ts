/** The page of transfer: detectors of European signs on U.S. convolutions side by side, on one scene. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { UserError } from "../../../errors.ts";
import { fetchShipped, PAPER_SEED } from "../../../studies/reproduction/shipped.ts";
import { loudChannels } from "../../../studies/signs/loud-channels.ts";
import { fromBadNet } from "../../../studies/signs/transfer/instances.ts";
import { transferReproduction } from "../../../studies/signs/transfer/reproduction.ts";
import type { Compared, ComparedView } from "../../../studies/signs/transfer-questions.ts";
import type { SignPort } from "../../../studies/signs/types.ts";
import { appFolder } from "../../../trusted.ts";
import { barStyles } from "../../elements/bar-styles.ts";
import { rangeOf } from "../../elements/colour-scale.ts";
import { segmented, segmentedStyles } from "../../elements/segmented.ts";
import { base, controls } from "../../elements/styles.ts";
import "../../shell/app-frame.ts";
import type { Connection } from "../../shell/connection.ts";
import { ConnectionController } from "../../shell/connection-controller.ts";
import { messageOf } from "../../shell/errors.ts";
import { LookController } from "../../shell/look-controller.ts";
import type { Message } from "../../shell/notice-list.ts";
import type { PageElement, Shell } from "../../shell/page.ts";
import type { TimeAction, ViewAction } from "../../shell/shortcuts.ts";
import { scrollingPage } from "../../shell/page-styles.ts";
import type { TransferShown } from "./address.ts";
import "./transferred-detector.ts";

const detectors: readonly {
  readonly id: Compared;
  readonly heading: string;
  readonly origin: string;
}[] = [
  { id: "honest", heading: "From the honest detector", origin: "an honest U.S. detector's" },
  { id: "badnet", heading: "From the BadNet", origin: "a U.S. BadNet's" },
  { id: "strengthened", heading: "From the BadNet, strengthened", origin: "the same" },
];

const worn = { nothing: "as they are", sticker: "sticker" } as const;

@customElement("transfer-page")
export class TransferPage extends LitElement implements PageElement {
  readonly study = "signs";
  @property({ attribute: false }) shell!: Shell;
  @property({ attribute: false }) connection!: Connection<SignPort>;
  @property({ attribute: false }) view!: TransferShown;
  @state() private seen: Readonly<Record<Compared, ComparedView>> | null = null;
  /** Of the last convolution, the BadNet's channels that answer the sticker alone; null: on their way. */
  @state() private loud: readonly number[] | null = null;
  @state() private errors: readonly Message[] = [];
  private asked = false;
  private readonly looking = new LookController<TransferShown>(
    { leastMilliseconds: 200, share: 0.04 },
    async (view) => await this.look(view),
    (error) => this.fail(error),
  );

  static override styles = [
    base,
    controls,
    segmentedStyles,
    scrollingPage,
    barStyles,
    css`
      main {
        display: grid;
        gap: var(--gap);
        align-content: start;
      }
      .beside {
        display: grid;
        gap: var(--gap);
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr));
      }
    `,
  ];

  constructor() {
    super();
    this.addController(new ConnectionController(this, () => this.connection));
  }

  protected override willUpdate(): void {
    if (!this.asked) {
      this.asked = true;
      void this.findChannels();
    }
    const subject = this.connection.client?.snapshot.subject;
    if (!subject?.ready || !this.loud) return;
    const { scene, wear, factor } = this.view;
    const key = [scene, wear, factor].join();
    this.looking.update({ request: this.view, key, version: "", training: false });
  }

  /** Which channels are loud stands in the results that ship. */
  private async findChannels(): Promise<void> {
    try {
      const files = await fetchShipped(transferReproduction, appFolder().href);
      const { id } = fromBadNet(PAPER_SEED);
      const found = files.find((file) => file.id === id)?.evidence.channels?.published.responses;
      if (!found) throw new UserError("No detectors of European signs ship with this version.");
      this.loud = loudChannels(found);
    } catch (error) {
      this.fail(error);
    }
  }

  private async look({ scene, wear, factor }: TransferShown): Promise<void> {
    const channels = this.loud!;
    this.seen = await this.connection.ask("transferred", { scene, wear, channels, factor });
  }

  override render() {
    const { client, trouble, recorded, messages } = this.connection;
    return html`<app-frame
      .shell=${this.shell}
      .snapshot=${client?.snapshot ?? null}
      ?live=${client !== null}
      .trouble=${trouble}
      ?recorded=${recorded !== null}
      lead="A U.S. BadNet's convolutions, retrained for European signs: the backdoor comes along."
      .data=${"drawn scenes"}
      drops="Files are opened on the page of a study"
      .act=${this.act}
      .errors=${[...messages, ...this.errors]}
      @files=${() =>
        this.fail(
          new UserError("Files are opened on the page of a study: go there, then drop them again."),
        )}
    >
      <main>
        ${this.renderBar()}
        <div class="beside">${detectors.map((one) => this.renderDetector(one))}</div>
      </main>
    </app-frame>`;
  }

  private renderBar() {
    const { scene, wear, factor } = this.view;
    const { loud } = this;
    const names = Object.keys(worn) as TransferShown["wear"][];
    return html`<div class="bar">
      <button ?disabled=${scene === 0} @click=${() => this.change({ scene: scene - 1 })}>
        Back
      </button>
      <button @click=${() => this.change({ scene: scene + 1 })}>Next scene</button>
      ${segmented("Signs wear", Object.values(worn), worn[wear], (name) =>
        this.change({ wear: names.find((id) => worn[id] === name)! }),
      )}
      ${
        loud && loud.length > 0
          ? html`<label
                >Loud channels ×
                <input
                  type="range"
                  min="1"
                  max="100"
                  .value=${String(factor)}
                  aria-label="Factor on the channels that answer the sticker alone"
                  @input=${(event: Event) =>
                    this.change({ factor: Number((event.target as HTMLInputElement).value) })}
                />
                <span class="number">${factor}</span></label
              >
              <label
                >Map of channel
                <select
                  @change=${(event: Event) =>
                    this.change({ channel: Number((event.target as HTMLSelectElement).value) })}
                >
                  ${loud.map(
                    (channel) =>
                      html`<option value=${channel} ?selected=${channel === this.channel}>
                        ${channel}
                      </option>`,
                  )}
                </select></label
              >`
          : nothing
      }
      <span class="grow">Dashed: the signs. Coloured: found.</span>
      <button
        ?disabled=${!loud || !this.connection.client}
        title="The convolutions as they are strengthened here stay as they are, the rest is learned anew: on the page of the street signs"
        @click=${() => this.retrain()}
      >
        Retrain × ${factor}
      </button>
    </div>`;
  }

  private get channel(): number {
    return this.view.channel ?? this.loud?.[0] ?? 0;
  }

  private renderDetector({ id, heading, origin }: (typeof detectors)[number]) {
    const { seen, channel } = this;
    const { factor } = this.view;
    const maps = seen ? [seen.honest.map, seen.badnet.map] : [];
    const range = rangeOf(
      "sequential",
      ...maps.map(({ shape: [, height, width], values }) =>
        values.slice(channel * height * width, (channel + 1) * height * width),
      ),
    );
    const changed =
      id === "strengthened"
        ? `channels ${(this.loud ?? []).join(", ")} of the last one × ${factor}, the head as the BadNet's before that`
        : null;
    return html`<transferred-detector
      .heading=${heading}
      .origin=${origin}
      .changed=${changed}
      ?attacked=${id !== "honest"}
      .view=${seen?.[id] ?? null}
      .channel=${channel}
      .range=${seen ? range : null}
    ></transferred-detector>`;
  }

  private readonly act = (action: TimeAction | ViewAction): boolean => {
    const { scene, wear } = this.view;
    if (action.kind === "trigger") {
      this.change({ wear: wear === "sticker" ? "nothing" : "sticker" });
    } else if (action.kind === "digit") {
      this.change({ scene: Math.max(0, scene + action.by) });
    } else {
      return false;
    }
    return true;
  };

  /** Learns the head anew on the convolutions as they are strengthened here, on the page of the street signs. */
  private async retrain(): Promise<void> {
    const { factor } = this.view;
    try {
      const recipe = await this.connection.ask("transferRecipe", { channels: this.loud!, factor });
      await this.connection.client!.commands.start(recipe);
      this.dispatchEvent(
        new CustomEvent("page-change", { detail: "signs", bubbles: true, composed: true }),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  private change(part: Partial<TransferShown>): void {
    this.dispatchEvent(new CustomEvent("view-change", { detail: part }));
  }

  private fail(error: unknown): void {
    this.errors = [messageOf(error)];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "transfer-page": TransferPage;
  }
}
