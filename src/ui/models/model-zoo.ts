/** What a signature does not prove: ten models to choose from, their checks, and what they are. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { base, controls, panel } from "../elements/styles.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import type { Checked } from "../shell/signing/check.ts";
import { incidents } from "./incidents.ts";
import "./verdict-card.ts";
import { checkEntry, fromApp, loadZoo, type ZooEntry } from "./zoo.ts";
import { telling } from "./telling.ts";

const CHOICES = ["undecided", "use it", "leave it"] as const;
type Choice = (typeof CHOICES)[number];

/** Fires `problem` with an error, and `page-change` with the page to go to, which bubbles. */
@customElement("model-zoo")
export class ModelZoo extends LitElement {
  @state() private entries: readonly ZooEntry[] = [];
  @state() private choices: ReadonlyMap<string, Choice> = new Map();
  @state() private checks: ReadonlyMap<string, Checked> = new Map();
  @state() private revealed = false;

  static override styles = [
    base,
    panel,
    controls,
    segmentedStyles,
    css`
      :host {
        display: grid;
        gap: 10px;
      }
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr));
        gap: 10px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .entry {
        display: grid;
        gap: 8px;
        align-content: start;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--sunken);
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0;
        font-size: 14px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        align-items: center;
      }
      .is {
        font-weight: 650;
      }
      .is[data-backdoor] {
        color: var(--attack);
      }
      .point {
        border-left: 5px solid var(--attack);
        padding: 4px 12px;
      }
      a {
        color: inherit;
      }
      dl {
        margin: 0;
      }
      dt {
        font-weight: 650;
        margin-top: 6px;
      }
      dd {
        margin: 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void telling(this, async () => (this.entries = await loadZoo(fromApp)));
  }

  override render() {
    const { entries, choices, revealed } = this;
    const decided = entries.filter(({ id }) => (choices.get(id) ?? "undecided") !== "undecided");
    return html`<h2>What a signature does not prove</h2>
      <p>
        Ten networks that read digits, as one finds them in a model zoo. Which would you use? Check
        what their publishers show, and choose; then see what they are.
      </p>
      <ol>
        ${entries.map((entry) => html`<li class="entry">${this.entry(entry)}</li>`)}
      </ol>
      <div class="row">
        <button
          class="primary"
          ?disabled=${decided.length === 0 || revealed}
          @click=${() => (this.revealed = true)}
        >
          Show what they are
        </button>
        <span class="muted number">${decided.length} of ${entries.length} decided</span>
      </div>
      <div role="status">${revealed ? this.point() : nothing}</div>
      <h2>It has happened</h2>
      <dl>
        ${incidents.map(
          ({ when, what, source, url }) =>
            html`<dt>${when}</dt>
              <dd>
                ${what}
                <a href=${url} rel="noreferrer" target="_blank">${source}</a>
              </dd>`,
        )}
      </dl>`;
  }

  private entry(entry: ZooEntry) {
    const { id, name, says, signature, sums, key, backdoor, lesson } = entry;
    const checked = this.checks.get(id);
    const shows = [
      ...(signature ? ["a signature"] : []),
      ...(sums ? ["a list of digests"] : []),
      ...(key ? ["a public key on a site of its own"] : []),
    ];
    return html`<h3>${name}</h3>
      <p>${says}</p>
      <p class="muted">
        ${Object.keys(entry.files).join(", ")}; it shows
        ${shows.length === 0 ? "no digest and no signature" : shows.join(" and ")}.
      </p>
      <div class="row">
        <button
          aria-label=${`Check ${name}`}
          @click=${() =>
            telling(this, async () => {
              const found = await checkEntry(entry, fromApp);
              this.checks = new Map([...this.checks, [id, found]]);
            })}
        >
          Check
        </button>
        ${segmented(
          `What to do with ${name}`,
          CHOICES,
          this.choices.get(id) ?? "undecided",
          (choice) => {
            this.choices = new Map([...this.choices, [id, choice]]);
          },
        )}
      </div>
      ${
        checked?.verdict
          ? html`<verdict-card .model=${name} .verdict=${checked.verdict}></verdict-card>`
          : checked
            ? html`<p>There is nothing to check it against.</p>`
            : nothing
      }
      ${
        this.revealed
          ? html`<p class="is" ?data-backdoor=${backdoor}>
                ${backdoor ? "It has a backdoor." : "It has no backdoor."}
              </p>
              <p>${lesson}</p>`
          : nothing
      }`;
  }

  /** What it was all for. */
  private point() {
    const { entries, choices } = this;
    const used = entries.filter(({ id }) => choices.get(id) === "use it");
    const bad = used.filter(({ backdoor }) => backdoor);
    return html`<div class="point">
      <p>
        You would use ${used.length} of them, ${bad.length} of which
        ${bad.length === 1 ? "has" : "have"} a
        backdoor${bad.length > 0 ? `: ${bad.map(({ name }) => name).join(", ")}` : ""}.
      </p>
      <p>
        Two networks with a backdoor verify perfectly. A signature proves who published a file and
        that it is unchanged; it cannot say what the network does to an image with a trigger. For
        that, look into it (the neurons and the confusion matrices of the page Digits), or train it
        again from its recipe:
        <code>badnets models reproduce</code> gives the same bits, or shows that the recipe is not
        the truth.
      </p>
      <button
        @click=${() =>
          this.dispatchEvent(
            new CustomEvent("page-change", { detail: "digits", bubbles: true, composed: true }),
          )}
      >
        Look into a network
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "model-zoo": ModelZoo;
  }
}
