/** The bench on which a model is checked: what is there, what is trusted, and the verdict. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { megabytes } from "../../format.ts";
import { download } from "../elements/files.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { SUMS } from "../../signing/sums.ts";
import type { Checked, Expected } from "../shell/signing/check.ts";
import type { Given } from "../shell/signing/given.ts";
import "./verdict-card.ts";

/** Fires `give` with files, `check` with who is expected, and `clear`. */
@customElement("model-check")
export class ModelCheck extends LitElement {
  @property({ attribute: false }) given!: Given;
  @property({ attribute: false }) checked: Checked | null = null;
  /** From 0 to 1 while it checks; null: it does not. */
  @property({ attribute: false }) progress: number | null = null;
  @state() private expected: Expected = { identity: "", issuer: "" };
  @query("#files") private picker!: HTMLInputElement;
  @query("#folder") private folderPicker!: HTMLInputElement;

  static override styles = [
    base,
    panel,
    controls,
    css`
      :host {
        display: grid;
        gap: 10px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 2px 12px;
        margin: 0;
        overflow-wrap: anywhere;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
        gap: 6px 12px;
      }
      label {
        display: grid;
        gap: 2px;
        font-size: 12px;
        color: var(--muted);
      }
      pre {
        margin: 0;
        padding: 8px;
        border-radius: 7px;
        background: var(--sunken);
        font-size: 12px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      progress {
        width: 100%;
        accent-color: var(--clean);
      }
    `,
  ];

  override render() {
    const { given, progress } = this;
    return html`<h2>Check a model</h2>
      <p>
        Drop a model’s files here, with its signature (.sig) or list of digests (SHA256SUMS), and
        the public key, root certificate or trusted_root.json of whom you trust.
      </p>
      <div class="buttons">
        <button @click=${() => this.picker.click()}>Choose files</button>
        <button @click=${() => this.folderPicker.click()}>Choose a folder</button>
        <button
          class="primary"
          ?disabled=${given.files.length === 0 || progress !== null}
          @click=${() => this.fire("check", this.expected)}
        >
          Check
        </button>
        <button ?disabled=${given.files.length === 0} @click=${() => this.fire("clear", null)}>
          Clear
        </button>
      </div>
      <input id="files" type="file" multiple hidden aria-label="Files" @change=${this.chosen} />
      <input
        id="folder"
        type="file"
        webkitdirectory
        hidden
        aria-label="Folder"
        @change=${this.chosen}
      />
      ${this.listed()}
      ${given.signature?.bundle.method === "sigstore" ? this.expectation() : nothing}
      ${
        progress === null
          ? nothing
          : html`<progress max="1" .value=${progress} aria-label="Checking"></progress>`
      }
      <div role="status">${this.outcome()}</div>`;
  }

  private listed() {
    const { files, signature, sums, keys, roots, sigstore } = this.given;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const model = files.length === 1 ? files[0].name : `${files.length} files`;
    const who = {
      key: "a key",
      certificate: "certificates",
      sigstore: "a certificate and log of Sigstore",
    };
    const trusted = [
      ...keys.map((key) => `key ${key.hint.slice(0, 16)}`),
      ...(roots.length > 0
        ? [`${roots.length} root certificate${roots.length > 1 ? "s" : ""}`]
        : []),
      ...(sigstore ? ["Sigstore’s trust material"] : []),
    ];
    return html`<dl>
      <dt>Model</dt>
      <dd>${files.length === 0 ? "none yet" : `${model}, ${megabytes(size)}`}</dd>
      <dt>Against</dt>
      <dd>
        ${
          signature
            ? `${signature.path}, a signature by ${who[signature.bundle.method]}`
            : sums
              ? `${sums.path}, digests of ${sums.list.size} files that nobody signed`
              : "nothing: it is unsigned, as far as you gave it"
        }
      </dd>
      <dt>Trusted</dt>
      <dd>${trusted.length === 0 ? "nobody" : trusted.join(", ")}</dd>
    </dl>`;
  }

  private expectation() {
    const field = (name: keyof Expected, label: string) =>
      html`<label
        >${label}<input
          .value=${this.expected[name]}
          @input=${({ target }: InputEvent) =>
            (this.expected = { ...this.expected, [name]: (target as HTMLInputElement).value })}
      /></label>`;
    return html`<fieldset>
      <legend class="hidden">Who must have signed</legend>
      ${field("identity", "Who must have signed it")}
      ${field("issuer", "Which provider must vouch for that")}
    </fieldset>`;
  }

  private outcome() {
    const { checked } = this;
    if (!checked) return nothing;
    const { name, verdict, sums } = checked;
    if (verdict) return html`<verdict-card .model=${name} .verdict=${verdict}></verdict-card>`;
    return html`<p>
        ${name} is unsigned: nothing says who published it. These are its digests, to compare with
        what its author states elsewhere.
      </p>
      <pre>${sums}</pre>
      <button @click=${() => download(SUMS, sums!, "text/plain")}>Save as ${SUMS}</button>`;
  }

  private readonly chosen = ({ target }: Event) => {
    const input = target as HTMLInputElement;
    this.fire("give", [...(input.files ?? [])]);
    // So that the same may be chosen again.
    input.value = "";
  };

  private fire(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "model-check": ModelCheck;
  }
}
