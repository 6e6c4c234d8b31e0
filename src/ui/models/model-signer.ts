/** Signs a model with a key that was made in this browser and never leaves it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { portableHasher } from "../../signing/hashing.ts";
import type { PrivateKey } from "../../signing/keys.ts";
import { signModel } from "../../signing/sign.ts";
import { download } from "../elements/files.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { modelOf } from "../shell/signing/file-model.ts";
import { forgetOwnKey, makeOwnKey, ownKey } from "../shell/signing/key-store.ts";
import { telling } from "./telling.ts";

/** Fires `problem` with an error. */
@customElement("model-signer")
export class ModelSigner extends LitElement {
  /** The model to sign. */
  @property({ attribute: false }) files: readonly File[] = [];
  @state() private key: PrivateKey | null = null;
  @state() private signed: string | null = null;

  static override styles = [
    base,
    panel,
    controls,
    css`
      :host {
        display: grid;
        gap: 10px;
        align-content: start;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      code {
        font-size: 12px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void telling(this, async () => (this.key = await ownKey()));
  }

  override render() {
    const { key, files, signed } = this;
    return html`<h2>Sign a model</h2>
      <p>
        A network that you have trained here is a file like any other: export it on its page, drop
        it here, and sign it. Your key is made in this browser and cannot be copied out of it, not
        even by you.
      </p>
      ${key ? html`<p>Your key: <code>${key.public.hint}</code></p>` : nothing}
      <div class="buttons">
        ${
          key
            ? html`<button
                  class="primary"
                  ?disabled=${files.length === 0}
                  @click=${() => telling(this, async () => await this.sign(key))}
                >
                  Sign the model
                </button>
                <button @click=${() => download("signer.pub", key.public.pem, "text/plain")}>
                  Save the public key
                </button>
                <button @click=${() => telling(this, async () => await this.forget())}>
                  Forget the key
                </button>`
            : html`<button
                class="primary"
                @click=${() => telling(this, async () => (this.key = await makeOwnKey()))}
              >
                Make a key
              </button>`
        }
      </div>
      <p role="status" class="muted">
        ${signed ?? (files.length === 0 ? "There is no model yet." : "")}
      </p>`;
  }

  private async sign(key: PrivateKey): Promise<void> {
    const model = modelOf(this.files);
    const name = model.single ? `${model.name}.sig` : "model.sig";
    const text = await signModel(model, key, portableHasher, {
      ignore: model.single ? [] : [name],
    });
    download(name, text, "application/json");
    this.signed = `${name} is saved: publish it beside the model, and your public key where readers know it is yours.`;
  }

  private async forget(): Promise<void> {
    const sure = confirm(
      "Forget the key? What it has signed stays signed, but nothing can ever be signed with it again.",
    );
    if (!sure) return;
    await forgetOwnKey();
    this.key = null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "model-signer": ModelSigner;
  }
}
